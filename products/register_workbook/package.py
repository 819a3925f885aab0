"""Opening a workbook without trusting it: what it is, how large it really is, XML without document types.

Nothing is unpacked to disk, nothing is evaluated, no link is followed. Parts are inflated piece by piece and counted,
so neither a declared nor a hidden size can fill the memory.
"""

import io
import zipfile
import zlib
from collections.abc import Callable
from typing import Any, BinaryIO
from xml.parsers import expat

from defusedxml.common import DTDForbidden

MAX_BYTES = 15 * 2**20
MAX_PART = 100 * 2**20
"""Bytes of one part after inflation; 200 000 formatted but empty rows take about 90 MB."""
MAX_WHOLE = 200 * 2**20
MAX_PARTS = 3_000
MAX_DEPTH = 64
"""Elements within elements; Excel needs a dozen, and each one open costs memory."""
MAX_TOKEN = 2**20
"""Bytes of one tag or comment, which are held until it ends."""
MAX_PIECES = 512
"""Pieces of one text, each of at most 64 thousand characters."""
CHUNK = 2**16

OLE, ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
SAVE_AS = (
    "Hãy mở tệp bằng Excel, chọn Lưu thành (Save As), kiểu “Excel Workbook (.xlsx)”, rồi tải tệp mới lên."
)

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]


class BadWorkbook(ValueError):
    """The workbook cannot be read; the message says why and what to do, in Vietnamese."""


def open_package(file: BinaryIO) -> zipfile.ZipFile:
    """The parts of an .xlsx, checked before any of them is read. Raises BadWorkbook."""
    size = file.seek(0, io.SEEK_END)
    if size > MAX_BYTES:
        raise BadWorkbook(
            f"Tệp lớn hơn {MAX_BYTES // 2**20} MB. Hãy bỏ ảnh, các trang tính không dùng, hoặc chia tệp."
        )
    file.seek(0)
    if not size:
        raise BadWorkbook("Tệp rỗng. Hãy chọn một tệp khác.")
    start = file.read(4096)
    if not start.startswith(ZIP):
        file.seek(0)
        raise BadWorkbook(_what_it_is(start, file))
    file.seek(0)
    try:
        package = zipfile.ZipFile(file)
        parts = package.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise BadWorkbook(_BROKEN) from error
    if any(part.flag_bits & 1 for part in parts):
        raise BadWorkbook("Tệp có đặt mật khẩu. Hãy gỡ mật khẩu rồi tải lên lại.")
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        raise BadWorkbook(_BROKEN)
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_WHOLE:
        raise BadWorkbook(_BOMB)
    _refuse_others({part.filename for part in parts})
    return package


_BROKEN = "Tệp Excel bị hỏng hoặc chưa được tải lên đầy đủ. Hãy mở bằng Excel, lưu lại rồi tải lên lần nữa."
_BOMB = f"Tệp khi giải nén ra quá lớn (hơn {MAX_WHOLE // 2**20} MB), không giống một sổ sản phẩm. " + SAVE_AS


def _what_it_is(start: bytes, file: BinaryIO) -> str:
    """What a file that is no .xlsx is, in a sentence."""
    if start.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in file.read():
            return "Tệp có đặt mật khẩu nên không đọc được. Hãy gỡ mật khẩu rồi tải lên lại."
        return "Tệp là Excel đời cũ (.xls), dù tên có thể đã đổi thành .xlsx. " + SAVE_AS
    if start.startswith(b"%PDF"):
        return "Tệp là PDF, không phải Excel. Hãy tải lên tệp .xlsx gốc."
    text = start.lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t").lower()
    if text.startswith((b"<html", b"<!doctype html", b"<?xml", b"<table")):
        return "Tệp là trang web hoặc XML mang tên Excel. " + SAVE_AS
    if b"\x00" not in start or start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "Tệp là văn bản (CSV), không phải Excel. " + SAVE_AS
    return "Tệp không phải là Excel (.xlsx)."


def _refuse_others(names: set[str]) -> None:
    """Raises BadWorkbook for packages that are no plain .xlsx."""
    if "xl/vbaProject.bin" in names:
        raise BadWorkbook("Tệp có macro (.xlsm), cổng không nhận để tránh mã độc. " + SAVE_AS)
    if "xl/workbook.bin" in names:
        raise BadWorkbook("Tệp là Excel nhị phân (.xlsb). " + SAVE_AS)
    if "content.xml" in names:
        raise BadWorkbook("Tệp là bảng tính OpenDocument (.ods). " + SAVE_AS)
    if any(name.startswith(("word/", "ppt/")) for name in names):
        raise BadWorkbook("Tệp là văn bản Word hoặc trình chiếu, không phải Excel.")
    if "[Content_Types].xml" not in names:
        raise BadWorkbook("Tệp nén (.zip) không phải là Excel. Hãy tải lên tệp .xlsx, không nén.")


class Enough(Exception):
    """Raised by a handler that has seen what it wanted."""


def _parser(start: Start, end: End, text: dict[str, Any]) -> expat.XMLParserType:
    """A parser that refuses document types and anything nested or long beyond reason."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.buffer_size = CHUNK

    depth = 0

    def opened(tag: str, attrs: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise BadWorkbook(_BOMB)
        start(tag.rpartition(":")[2], attrs)

    def closed(tag: str) -> None:
        nonlocal depth
        depth -= 1
        end(tag.rpartition(":")[2])

    def characters(data: str) -> None:
        if (parts := text["parts"]) is not None:
            if len(parts) > MAX_PIECES:
                raise BadWorkbook(_BOMB)
            parts.append(data)

    def doctype(*args: Any) -> None:
        raise DTDForbidden(*args[:3])

    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    parser.CharacterDataHandler = characters
    parser.StartDoctypeDeclHandler = doctype
    return parser


def parse(package: zipfile.ZipFile, name: str, start: Start, end: End, text: dict[str, Any]) -> None:
    """Send one part through the handlers, namespace prefixes dropped.

    While `text["parts"]` is a list, character data are added to it. Raises BadWorkbook where the part is missing, is no
    XML, carries a document type or inflates too far; `Enough` ends the parsing quietly.
    """
    parser = _parser(start, end, text)
    try:
        with package.open(name) as part:
            inflated = 0
            while piece := part.read(CHUNK):
                inflated += len(piece)
                if inflated > MAX_PART:
                    raise BadWorkbook(_BOMB)
                parser.Parse(piece, False)
                if inflated - parser.CurrentByteIndex > MAX_TOKEN:
                    raise BadWorkbook(_BOMB)
            parser.Parse(b"", True)
    except Enough:
        return
    except DTDForbidden as error:
        raise BadWorkbook(
            "Tệp có khai báo DTD, thứ mà Excel không bao giờ ghi. Cổng không đọc tệp này."
        ) from error
    except BadWorkbook:
        raise
    except (
        expat.ExpatError,
        KeyError,
        ValueError,
        OverflowError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
    ) as error:
        raise BadWorkbook(_BROKEN) from error
