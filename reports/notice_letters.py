"""The letter that tells a producer in writing which certificates end: PDF and DOCX from the same content.

Layout follows decree 30/2020/NĐ-CP. All that is printed comes from the notice as it was recorded and from printed
columns of certificates, which never change: the letter made again later is the same letter.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from docx import Document
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from ocop_portal.typesetting import printable, typeset
from products.models import Certificate, Notice
from ratings.calendar import filing_window
from ratings.documents import Heading, Signature, plain
from ratings.written import long_date, short_date

PDF_TYPE = "application/pdf"
DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LAWS = (
    (date(2026, 5, 22), "26/2026/QĐ-TTg"),
    (date(2023, 2, 24), "148/QĐ-TTg"),
    (date(2019, 8, 21), "1048/QĐ-TTg"),
)
"""(first day, number) of the Prime Minister's decisions on OCOP, the newest first (domain §2)."""
SUBJECT = "giấy chứng nhận sản phẩm OCOP sắp hết hạn"
HEADS = (
    "STT",
    "Sản phẩm",
    "Hạng",
    "Số giấy chứng nhận",
    "Có giá trị đến hết ngày",
    "Nhận hồ sơ phân hạng lại",
)
NO_NUMBER = "(hồ sơ không ghi số)"
MARK = "BẢN MINH HỌA – KHÔNG CÓ GIÁ TRỊ"


@dataclass(frozen=True)
class NoticeRow:
    """A product told of: its star, certificate, last day, and when its re-assessment is taken in."""

    product: str
    stars: str
    number: str
    last_day: str
    filing: str


@dataclass(frozen=True)
class NoticeLetter:
    """One letter to one recipient; every sentence is written out, so that both files say the same."""

    heading: Heading
    to: tuple[str, ...]
    basis: str
    opening: str
    rows: tuple[NoticeRow, ...]
    requests: tuple[str, ...]
    signature: Signature
    copies: tuple[str, ...]
    illustrative: bool = False


def letter_of(notice: Notice) -> NoticeLetter:
    """The letter of a notice `with_lines()`. No query."""
    lines = list(notice.lines.all())
    places = {p: None for line in lines if (p := _commune(line.certificate))}
    count = "sản phẩm" if len(lines) == 1 else f"{len(lines)} sản phẩm"
    unit = notice.issuer_unit
    copies = ["Như trên"]
    copies += ["Cơ quan OCOP cấp tỉnh"] if unit else [f"UBND {p}" for p in places]
    return NoticeLetter(
        heading=Heading(
            authority=notice.issuer,
            number=notice.number,
            place=unit.short_name if unit else settings.SITE["committee_place"],
            day=notice.dated_on,
            subject=SUBJECT,
        ),
        to=tuple(t for t in (notice.recipient, notice.address) if t),
        basis=_basis(notice.dated_on),
        opening=f"{notice.issuer} thông báo: giấy chứng nhận của {count} dưới đây sắp hết thời hạn.",
        rows=tuple(_row(line.product_name, line.certificate, notice) for line in lines),
        requests=_requests(tuple(places)),
        signature=Signature(
            tuple(line.strip() for line in notice.capacity.splitlines() if line.strip()), notice.signer
        ),
        copies=(*copies, "Lưu: VT"),
        illustrative=settings.DEMO or any(line.certificate.product.made_up for line in lines),
    )


def _basis(day: date) -> str:
    """The decision in force on the day, as a letter cites it."""
    since, number = next((law for law in LAWS if law[0] <= day), LAWS[-1])
    return f"Căn cứ Quyết định số {number} {long_date(since)} của Thủ tướng Chính phủ;"


def _commune(certificate: Certificate) -> str:
    """The commune of the day at which the product's dossier is handed in, inside a sentence."""
    place = certificate.product.place.current or certificate.product.place
    return f"{place.name[:1].lower()}{place.name[1:]}"


def _row(product: str, certificate: Certificate, notice: Notice) -> NoticeRow:
    window = filing_window(certificate.valid_to)
    if notice.dated_on > window.last:
        filing = f"đã hết hạn nộp từ sau ngày {short_date(window.last)}"
    else:
        filing = f"từ {short_date(window.first)} đến hết {short_date(window.last)}"
    stars, number = f"{certificate.stars} sao", certificate.number or NO_NUMBER
    return NoticeRow(product, stars, number, short_date(certificate.valid_to), filing)


def _requests(communes: tuple[str, ...]) -> tuple[str, ...]:
    site = settings.SITE
    where = " hoặc ".join(f"Ủy ban nhân dân {c}" for c in communes) or "Ủy ban nhân dân cấp xã"
    phone = f", điện thoại {site['office_phone']}" if site["office_phone"] else ""
    return (
        f"Nếu tiếp tục tham gia Chương trình OCOP, đề nghị chủ thể nộp hồ sơ phân hạng lại tại {where} trong thời gian "
        "ghi ở bảng trên (không sớm hơn 180 ngày và không muộn hơn 120 ngày trước ngày giấy chứng nhận hết hạn). "
        "Sản phẩm đã hết hạn nộp: đề nghị liên hệ ngay để được hướng dẫn.",
        "Sau ngày giấy chứng nhận hết hạn, nếu chưa được công nhận lại hoặc gia hạn, chủ thể không còn quyền in, gắn "
        "biểu trưng và hạng sao OCOP trên sản phẩm, bao bì, biển hiệu và tài liệu giới thiệu.",
        f"Cần hướng dẫn lập hồ sơ, xin liên hệ {where} hoặc {site['office_name']}{phone}.",
    )


def letters_pdf(letters: Sequence[NoticeLetter], *, made_at: datetime) -> bytes:
    """One PDF, each letter from a page of its own. Raises TypesetError."""
    illustrative = any(letter.illustrative for letter in letters)
    data = {"letters": plain(list(letters)), "illustrative": illustrative, "heads": list(HEADS)}
    return typeset("notice", data, made_at=made_at)


def letters_docx(letters: Sequence[NoticeLetter], *, made_at: datetime) -> bytes:
    """One DOCX in Times New Roman, each letter a section of its own, pages numbered from the second on."""
    document = Document()
    style: Any = document.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(13)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "Times New Roman")
    style.paragraph_format.space_after = Pt(6)
    document.core_properties.title = f"V/v {SUBJECT}"
    document.core_properties.author = letters[0].heading.authority if letters else ""
    document.core_properties.created = document.core_properties.modified = made_at
    for index, letter in enumerate(letters):
        section = document.add_section(WD_SECTION.NEW_PAGE) if index else document.sections[0]
        _page(section, illustrative=letter.illustrative)
        _letter(document, letter)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _page(section: Any, *, illustrative: bool) -> None:
    """A4 with the decree's margins; the page number at the head, not on a letter's first page."""
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(30), Mm(18)
    section.top_margin = section.bottom_margin = Mm(20)
    section.different_first_page_header_footer = True
    number = OxmlElement("w:pgNumType")
    number.set(qn("w:start"), "1")
    section._sectPr.append(number)
    for header, numbered in ((section.first_page_header, False), (section.header, True)):
        header.is_linked_to_previous = False
        paragraph = header.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        if numbered:
            field = OxmlElement("w:fldSimple")
            field.set(qn("w:instr"), "PAGE")
            paragraph._p.append(field)
        if illustrative:
            mark = paragraph.add_run(f"   {MARK}" if numbered else MARK)
            mark.bold, mark.font.size, mark.font.color.rgb = True, Pt(9), RGBColor(0xA0, 0x25, 0x17)


def _say(holder: Any, text: str, *, align: Any = None, **look: Any) -> Any:
    """A paragraph of printable text. `look`: bold, italic, size (points), indent (mm)."""
    paragraph = holder.add_paragraph()
    return _into(paragraph, text, align=align, **look)


def _into(paragraph: Any, text: str, *, align: Any = None, **look: Any) -> Any:
    run = paragraph.add_run(printable(text))
    run.bold, run.italic = look.get("bold"), look.get("italic")
    if size := look.get("size"):
        run.font.size = Pt(size)
    if indent := look.get("indent"):
        paragraph.paragraph_format.first_line_indent = Mm(indent)
    if align is not None:
        paragraph.alignment = align
    return paragraph


def _letter(document: Any, letter: NoticeLetter) -> None:
    centre, justify = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY
    _letterhead(document, letter.heading)
    _say(document, f"Kính gửi: {letter.to[0]}", align=centre, size=14)
    for line in letter.to[1:]:
        _say(document, line, align=centre, italic=True)
    _say(document, letter.basis, align=justify, indent=10)
    _say(document, letter.opening, align=justify, indent=10)
    table = document.add_table(rows=1, cols=len(HEADS))
    table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
    for cell, head in zip(table.rows[0].cells, HEADS, strict=True):
        _into(cell.paragraphs[0], head, align=centre, bold=True, size=11)
    for number, row in enumerate(letter.rows, 1):
        told = (str(number), row.product, row.stars, row.number, row.last_day, row.filing)
        for cell, text in zip(table.add_row().cells, told, strict=True):
            _into(cell.paragraphs[0], text, align=None if text == row.product else centre, size=11)
    for width, column in zip((11, 45, 15, 34, 27, 32), table.columns, strict=True):
        for cell in column.cells:
            cell.width = Mm(width)
    _say(document, "", size=6)
    for number, text in enumerate(letter.requests, 1):
        _say(document, f"{number}. {text}", align=justify, indent=10)
    _say(document, "Trân trọng./.", indent=10)
    _closing(document, letter)


def _letterhead(document: Any, heading: Heading) -> None:
    centre = WD_ALIGN_PARAGRAPH.CENTER
    left, right = document.add_table(rows=2, cols=2).rows
    _into(left.cells[0].paragraphs[0], heading.authority.upper(), align=centre, bold=True, size=12.5)
    _into(
        left.cells[1].paragraphs[0], "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", align=centre, bold=True, size=12.5
    )
    _say(left.cells[1], "Độc lập – Tự do – Hạnh phúc", align=centre, bold=True, size=13.5)
    _into(right.cells[0].paragraphs[0], f"Số: {heading.number}", align=centre)
    _say(right.cells[0], f"V/v {heading.subject}", align=centre, size=12)
    day = long_date(heading.day) if heading.day else ""
    _into(right.cells[1].paragraphs[0], f"{heading.place}, {day}", align=centre, italic=True)


def _closing(document: Any, letter: NoticeLetter) -> None:
    centre = WD_ALIGN_PARAGRAPH.CENTER
    receivers, signing = document.add_table(rows=1, cols=2).rows[0].cells
    _into(receivers.paragraphs[0], "Nơi nhận:", bold=True, italic=True, size=12)
    for index, who in enumerate(letter.copies):
        end = ";" if index + 1 < len(letter.copies) else "."
        _say(receivers, f"- {who}{end}", size=11).paragraph_format.space_after = Pt(0)
    first, *more = letter.signature.capacity or ("",)
    _into(signing.paragraphs[0], first.upper(), align=centre, bold=True)
    for line in more:
        _say(signing, line.upper(), align=centre, bold=True)
    for _ in range(3):
        _say(signing, "", align=centre)
    _say(signing, letter.signature.name, align=centre, bold=True)


__all__ = ["DOCX_TYPE", "PDF_TYPE", "NoticeLetter", "NoticeRow", "letter_of", "letters_docx", "letters_pdf"]
