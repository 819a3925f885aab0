"""Single values as people write them: days, stars, legal forms, telephones, numbers of decisions. Pure.

Each reader returns the value, None for an empty cell, or raises `Unread` with the reason in Vietnamese.
"""

import re
import unicodedata
from datetime import date, datetime, timedelta
from difflib import get_close_matches

from ocop_portal.folding import words
from ocop_portal.params import FIRST_DAY, LAST_DAY
from producers.models import Producer
from products.register_workbook.reading import Cell

EMPTY = {
    "",
    "-",
    "--",
    "–",
    "—",
    ".",
    "..",
    "...",
    "…",
    "/",
    "x",
    "n/a",
    "na",
    "không",
    "không có",
    "chưa có",
    "k",
}
"""What is written where there is nothing to write."""

_SPACES = re.compile(r"[\s\u00a0\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff]+")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


class Unread(ValueError):
    """A value that cannot be read: why, and what may be meant."""

    def __init__(self, reason: str, near: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.reason, self.near = reason, near


def clean(text: str) -> str:
    """NFC, single spaces, nothing invisible."""
    return unicodedata.normalize("NFC", _SPACES.sub(" ", _CONTROLS.sub(" ", text))).strip()


def key(text: str) -> str:
    """A name as it is matched: folded words, signs gone."""
    return " ".join(words(text))


def shown(cell: Cell | None, epoch_1904: bool = False) -> str:
    """The cell as its reader sees it, for reports."""
    if cell is None:
        return ""
    if cell.kind == "formula":
        return "(công thức)"
    if cell.kind == "truth":
        return "TRUE" if cell.value else "FALSE"
    if cell.kind == "date":
        day = from_serial(cell.value, epoch_1904)
        return f"{day:%d/%m/%Y}" if day else f"{cell.value:g}"
    if cell.kind == "number":
        return _number_text(cell.value)
    return clean(str(cell.value))


def _number_text(value: float) -> str:
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.10g}".replace(".", ",")


def text_of(cell: Cell | None, epoch_1904: bool = False) -> str:
    """The text of a cell, empty for what stands for nothing. Raises Unread for errors and formulas without a value."""
    ensure_value(cell)
    text = shown(cell, epoch_1904)
    return "" if text.lower() in EMPTY else text


def ensure_value(cell: Cell | None) -> None:
    """Raises Unread where the cell shows an error, or a formula whose value was not saved."""
    if cell is None:
        return
    if cell.kind == "error":
        raise Unread(f"Ô báo lỗi {cell.value}. Hãy sửa công thức hoặc gõ lại giá trị.")
    if cell.kind == "formula":
        raise Unread(
            "Ô là công thức chưa có kết quả lưu sẵn, mà cổng không tính công thức. Hãy mở tệp bằng Excel rồi lưu lại, "
            "hoặc dán giá trị (Paste Values)."
        )


# --- days -----------------------------------------------------------------------------------------

_DAY = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4}|\d{2})")
_ISO = re.compile(
    r"(\d{4})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{1,2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?"
)
_IN_WORDS = re.compile(r"(\d{1,2})\s+thang\s+(\d{1,2})\s+nam\s+(\d{4})")
_TIME = re.compile(r"\s+\d{1,2}:\d{2}(:\d{2})?\s*(AM|PM|SA|CH)?$", re.IGNORECASE)
WRITE_DAY = "Hãy viết ngày/tháng/năm, ví dụ 31/12/2022."


def from_serial(serial: float, epoch_1904: bool = False) -> date | None:
    """The day that Excel means by a number; None where it means none.

    In the 1900 system day 60 is a 29 February that never was, so days before it count one less.
    """
    whole = int(serial // 1)
    if epoch_1904:
        whole += 1462
    if whole < 1 or whole == 60 or whole > 200_000:
        return None
    return date(1899, 12, 31 if whole < 60 else 30) + timedelta(days=whole)


def read_day(cell: Cell | None, epoch_1904: bool = False) -> date | None:
    """A day of the programme: a date cell, a bare serial, or text in any of the usual ways."""
    ensure_value(cell)
    if cell is None:
        return None
    if cell.kind in ("date", "number"):
        return _day_of_number(cell.value, epoch_1904)
    if cell.kind == "truth":
        raise Unread(f"Không phải là ngày. {WRITE_DAY}")
    text = unicodedata.normalize("NFKC", clean(str(cell.value))).strip("'\" .")
    if text.lower() in EMPTY:
        return None
    if re.fullmatch(r"\d{5}([.,]\d+)?", text):
        return _day_of_number(float(text.replace(",", ".")), epoch_1904)
    return day_in(text)


def _day_of_number(number: float, epoch_1904: bool) -> date:
    if number == int(number) and FIRST_DAY.year - 20 <= number <= LAST_DAY.year:
        raise _year_only(int(number))
    if number == int(number) and _is_compact(int(number)):
        return day_in(str(int(number)))
    day = from_serial(number, epoch_1904)
    if day is None:
        raise Unread(f"Số {_number_text(number)} không phải là ngày. {WRITE_DAY}")
    return _within(day)


def _is_compact(number: int) -> bool:
    """Whether the number is a day written as 20221231."""
    if not 19_000_101 <= number <= 21_001_231:
        return False
    try:
        datetime.strptime(str(number), "%Y%m%d")
    except ValueError:
        return False
    return True


def _year_only(year: int) -> Unread:
    return Unread(
        f"Chỉ ghi năm {year}. Quyết định phải có đủ ngày, tháng, năm ký. Hãy tra trong quyết định rồi ghi đủ."
    )


def day_in(text: str) -> date:
    """The day written in a text. Raises Unread."""
    text = _TIME.sub("", text)
    folded = key(text)
    if match := re.fullmatch(r"(?:nam )?(\d{4})", folded):
        raise _year_only(int(match[1]))
    if match := _IN_WORDS.search(folded):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    bare = re.sub(r"^(ngày|ngay)\s+", "", text, flags=re.IGNORECASE)
    if re.fullmatch(r"\d{8}", bare) and _is_compact(int(bare)):
        bare = f"{bare[:4]}-{bare[4:6]}-{bare[6:]}"
    if match := _ISO.fullmatch(bare):
        return _day(int(match[3]), int(match[2]), int(match[1]))
    if match := _DAY.fullmatch(bare):
        year = int(match[3])
        return _day(int(match[1]), int(match[2]), year + 2000 if year < 100 else year)
    if re.fullmatch(r"(?:thang )?\d{1,2}(?: nam)? \d{4}", folded):
        raise Unread(f"Chỉ ghi tháng và năm. Quyết định phải có đủ ngày, tháng, năm ký. {WRITE_DAY}")
    if len(_DAY.findall(bare)) > 1:
        raise Unread("Ô ghi nhiều ngày. Hãy ghi mỗi lần công nhận vào cột của lần đó.")
    raise Unread(f"Không đọc được ngày. {WRITE_DAY}")


def _day(day: int, month: int, year: int) -> date:
    try:
        return _within(date(year, month, day))
    except ValueError as error:
        if isinstance(error, Unread):
            raise
    if month > 12 >= day and day:
        try:
            turned = date(year, day, month)
        except ValueError:
            pass
        else:
            raise Unread(f"Không có tháng {month}: ngày và tháng có thể bị đảo.", (f"{turned:%d/%m/%Y}",))
    raise Unread(f"Không có ngày {day}/{month}/{year} trong lịch.")


def _within(day: date) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise Unread(
            f"Ngày {day:%d/%m/%Y} nằm ngoài thời gian của Chương trình (từ năm {FIRST_DAY.year}). "
            "Có thể gõ nhầm, hoặc ô chỉ ghi năm."
        )
    return day


# --- stars ----------------------------------------------------------------------------------------

_STAR_SIGNS = "★⭐✭✮✯🌟*"
_STAR_WORDS = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5}


def read_stars(cell: Cell | None) -> int | None:
    """3, 4 or 5 from `3`, `3*`, `3 sao`, `★★★`, `Ba sao`, `OCOP 4 sao`."""
    text = unicodedata.normalize("NFKC", text_of(cell))
    if not text:
        return None
    folded = key(text)
    if "tiem nang" in folded:
        raise Unread("“Tiềm năng” chưa phải là hạng đã công nhận. Hãy ghi hạng sao của quyết định đang có.")
    numbers = {int(n) for n in re.findall(r"(?<![\d.,])(\d{1,2})(?:[.,]0+)?(?![\d.,])", text)}
    signs = sum(text.count(sign) for sign in _STAR_SIGNS)
    worded = {_STAR_WORDS[w] for w in re.findall(r"\b(mot|hai|ba|bon|tu|nam) sao\b", folded)}
    if not numbers and not worded and signs > 1:
        numbers = {signs}
    found = numbers | worded
    if not found and folded in _STAR_WORDS:
        found = {_STAR_WORDS[folded]}
    if len(found) > 1:
        raise Unread("Ô ghi nhiều hạng sao khác nhau. Hãy ghi một hạng: 3, 4 hoặc 5.")
    if not found:
        raise Unread("Không đọc được hạng sao. Hãy ghi 3, 4 hoặc 5.")
    stars = found.pop()
    if stars in (1, 2):
        raise Unread(f"{stars} sao không được công nhận, không có giấy chứng nhận: không ghi vào sổ bộ.")
    if stars not in (3, 4, 5):
        raise Unread(f"Không có hạng {stars} sao. Hãy ghi 3, 4 hoặc 5.")
    return stars


# --- legal forms ----------------------------------------------------------------------------------

_Form = Producer.LegalForm
# Folded words write y after consonants as i: `cong ti`.
_FORMS = (
    (_Form.COOPERATIVE_GROUP, r"\b(to hop tac|tht|nhom san xuat|to san xuat)\b"),
    (_Form.COOPERATIVE, r"\b(hop tac xa|htx|lien hiep (hop tac xa|htx)|lhhtx)\b"),
    (_Form.ASSOCIATION, r"\b(hoi|hiep hoi|chi hoi|cau lac bo)\b"),
    (_Form.FARM, r"\b(trang trai|tt)\b"),
    (
        _Form.COMPANY,
        r"\b(cong ti|cti|ct|tnhh|co phan|ctcp|dntn|doanh nghiep|dn|mtv|tap doan|xi nghiep|nha may|lam truong)\b",
    ),
    (
        _Form.HOUSEHOLD,
        r"\b(ho|hkd|hkdct|hkdcn|co so( san xuat)?( kinh doanh)?|cssx|cs|csx|ca nhan|ong|ba|lang nghe)\b",
    ),
)
_WEAK = r"\b(ho|cs|ong|ba|tt|ct|hoi|dn|lang nghe|nha may|co so|csx|ca nhan)\b"


def read_legal_form(cell: Cell | None) -> str | None:
    """A legal form by any of its usual names and abbreviations."""
    text = text_of(cell)
    if not text:
        return None
    if (form := _form_in(key(text))) is not None:
        return form
    labels = {key(str(label)): str(label) for _, label in _Form.choices}
    near = tuple(labels[k] for k in get_close_matches(key(text), list(labels), 2, 0.7))
    raise Unread(
        "Không nhận ra loại hình. Hãy ghi HTX, THT, Công ty, Trang trại, Hộ kinh doanh hoặc Hội.", near
    )


def form_of_name(name: str) -> str | None:
    """The legal form that a producer's name begins with: `HTX Tài Hoan`. None where it says none."""
    first = " ".join(key(name).split()[:3])
    for form, shape in _FORMS:
        if match := re.match(shape, first):
            return None if re.fullmatch(_WEAK, match[0]) and match[0] not in ("ho", "co so") else form
    return None


def _form_in(folded: str) -> str | None:
    return next((form for form, shape in _FORMS if re.search(shape, folded)), None)


_SHORTER = (
    (r"\bhop tac xa\b", "htx"),
    (r"\bto hop tac\b", "tht"),
    (r"\b(cong ti|cti) (trach nhiem huu han|tnhh)\b", "cti tnhh"),
    (r"\b(cong ti|cti) (co phan|cp)\b|\bctcp\b", "cti cp"),
    (r"\bcong ti\b", "cti"),
    (r"\b(mot thanh vien|1 thanh vien|1tv)\b", "mtv"),
    (r"\bdoanh nghiep tu nhan\b", "dntn"),
    (r"\b(ho kinh doanh|ho kd|hkd)\b", "ho"),
    (r"\bcssx\b|\bco so san xuat\b", "co so"),
    (r"\bsxkd\b|\bsan xuat kinh doanh\b|\bsan xuat va kinh doanh\b", "sxkd"),
    (r"\bnong nghiep\b", "nn"),
    (r"\b(thuong mai|tm)\b", "tm"),
    (r"\b(dich vu|dv)\b", "dv"),
    (r"\bva\b", ""),
)


def core(name: str) -> str:
    """A producer's name with its usual words abbreviated, to tell near duplicates."""
    text = key(name)
    for shape, short in _SHORTER:
        text = re.sub(shape, short, text)
    return " ".join(text.split())


# --- the rest -------------------------------------------------------------------------------------


def read_phone(cell: Cell | None) -> str:
    """A telephone number as the register keeps it; a zero that Excel ate is put back."""
    text = text_of(cell)
    if not text:
        return ""
    if cell is not None and cell.kind == "number" and re.fullmatch(r"[1-9]\d{8,9}", text):
        text = "0" + text if not text.startswith("84") or len(text) < 11 else "+" + text
    parts = [part for part in re.split(r"[/;,]|\s-\s|\bhoặc\b", text) if sum(c.isdigit() for c in part) >= 9]
    if len(parts) > 1:
        raise Unread("Ô ghi nhiều số điện thoại. Hãy giữ lại một số.")
    number = re.sub(r"[^\d+]", "", text)
    if number.startswith("84") and len(number) >= 11:
        number = "+" + number
    digits = number.lstrip("+")
    if not re.fullmatch(r"(0\d{8,10}|\+84\d{8,10})", number) or re.search(r"[A-Za-zÀ-ỹ]", text):
        raise Unread(
            f"Số điện thoại phải gồm 9 đến 11 chữ số, bắt đầu bằng 0 hoặc +84 (ô này có {len(digits)} chữ số)."
        )
    return number


_DECISION_WORDS = re.compile(r"^(?:quyết định|qđ|quyet dinh)?\s*(?:số|so)?\s*[:.]?\s*", re.IGNORECASE)
_DECISION_DAY = re.compile(
    r"[\s,;(]*(?:ký|ban hành)?\s*(?:ngày|ngay|,)\s*(\d{1,2}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*\d{2,4}"
    r"|\d{1,2} tháng \d{1,2} năm \d{4})\)?",
    re.IGNORECASE,
)
_DECISION_OF = re.compile(r"[\s,;]+(?:của|do)\s+(.+?)(?:\s+ban hành)?$", re.IGNORECASE)


Citation = tuple[str, date | None, str]
"""(number, day, issuer) of a decision; day and issuer where the citation names them."""


def read_decision(cell: Cell | None) -> Citation:
    """(number, day, issuer) of a decision as it is cited: `QĐ số 12/QĐ-UBND ngày 1/2/2022 của UBND tỉnh`.

    Day and issuer are what the citation names, if it does.
    """
    text = text_of(cell)
    if not text:
        return "", None, ""
    day = None
    if match := _DECISION_DAY.search(text):
        day = day_in(match[1])
        text = (text[: match.start()] + " " + text[match.end() :]).strip()
    issuer = ""
    if match := _DECISION_OF.search(text):
        issuer, text = match[1].strip(), text[: match.start()]
    stripped = _DECISION_WORDS.sub("", text, count=1)
    number = re.sub(r"\s*([/\-–])\s*", lambda m: "-" if m[1] == "–" else m[1], stripped).strip(" ,;.()")
    if number and not re.search(r"\d", number):
        raise Unread("Không thấy số của quyết định. Hãy ghi dạng 1234/QĐ-UBND.")
    if len(number) > 60:
        raise Unread("Số quyết định dài quá 60 ký tự. Ô có thể ghi nhiều quyết định; hãy ghi một.")
    return number, day, issuer


def decision_key(number: str) -> str:
    """A decision's number as it is matched, however it is spaced and written: `0012 / QĐ-UBND` as `12/QĐUBND`."""
    return "".join(f" {word.lstrip('0')} " if word.isdigit() else word for word in words(number)).strip()
