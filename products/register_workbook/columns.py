"""Headings: where they stand, and which of the register's fields each column holds.

Headings are compared folded, so case, diacritics, tone placement, signs and spaces do not matter. They may stand below
titles, in two or three rows, with groups (`Công nhận lần 1`) merged over their columns.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from ocop_portal.folding import words
from products.register_workbook.reading import Cell, Sheet


@dataclass(frozen=True)
class Field:
    """What a column may hold. `help` explains it in the template."""

    label: str
    help: str
    needed: bool = False


FIELDS: dict[str, Field] = {
    "name": Field("Tên sản phẩm", "Đúng như trong quyết định công nhận.", needed=True),
    "code": Field("Mã sản phẩm", "Để trống: cổng cấp mã theo xã và năm công nhận."),
    "group": Field(
        "Bộ sản phẩm",
        "Mã từ 01 đến 26 hoặc tên bộ theo Quyết định 26/2026/QĐ-TTg; xem trang Danh mục.",
        needed=True,
    ),
    "legal_form": Field("Loại hình chủ thể", "HTX, THT, Công ty, Trang trại, Hộ kinh doanh, Hội."),
    "producer": Field("Chủ thể", "Tên đầy đủ của hợp tác xã, công ty, hộ kinh doanh …", needed=True),
    "registration_number": Field("Số đăng ký kinh doanh", "Giúp nhận đúng chủ thể đã có trong sổ bộ."),
    "commune": Field("Xã, phường", "Tên hoặc mã; đơn vị cũ thì ghi thêm huyện.", needed=True),
    "district": Field("Huyện (cũ)", "Chỉ cần khi ghi xã theo đơn vị trước 1/7/2025."),
    "address": Field("Địa chỉ", "Số nhà, thôn, tổ dân phố."),
    "representative": Field("Người đại diện", "Họ và tên."),
    "phone": Field("Điện thoại", "Bắt đầu bằng 0 hoặc +84."),
    "email": Field("Thư điện tử", ""),
    "stars": Field("Hạng sao hiện tại", "3, 4 hoặc 5; viết “3 sao”, “3*”, “★★★” cũng được.", needed=True),
    "valid_to": Field("Ngày hết hạn", "Ngày cuối cùng còn giá trị, như in trên giấy. Trống: 36 tháng."),
    "certificate_number": Field("Số giấy chứng nhận", "Của giấy hiện tại."),
    "first_stars": Field("Hạng sao lần 1", "Cần khi sản phẩm đã được công nhận hai lần."),
    "first_date": Field("Ngày công nhận lần 1", "Ngày ký quyết định, dạng 31/12/2022.", needed=True),
    "first_decision": Field("Số quyết định lần 1", "Ví dụ: 1234/QĐ-UBND."),
    "first_issuer": Field("Cơ quan ban hành lần 1", "Ví dụ: UBND tỉnh Bắc Kạn, UBND huyện Na Rì."),
    "second_stars": Field("Hạng sao lần 2", "Để trống: lấy hạng sao hiện tại."),
    "second_date": Field("Ngày công nhận lần 2", "Nâng hạng hoặc đánh giá lại."),
    "second_decision": Field("Số quyết định lần 2", ""),
    "second_issuer": Field("Cơ quan ban hành lần 2", ""),
}

LONGEST_LABEL = 120
IGNORED = ""
"""The choice for a column that holds nothing of the register."""

_SYNONYMS = {
    "name": "ten san pham|san pham|ten san pham ocop|san pham ocop|ten sp|ten san pham dich vu|san pham dich vu"
    "|ten goi san pham|san pham ten",
    "code": "ma san pham|ma so san pham|ma sp|ma ocop|ma san pham ocop",
    "group": "nhom|nhom san pham|bo san pham|ten bo san pham|phan nhom|nganh hang|nhom nganh|nhom nganh hang|ma bo"
    "|ma bo san pham|nhom sp|phan nhom san pham|nganh nhom san pham|bo nhom san pham|nhom bo san pham",
    "legal_form": "loai hinh|loai hinh chu the|hinh thuc to chuc|loai hinh to chuc|loai hinh kinh te"
    "|to chuc kinh te|hinh thuc phap ly|loai chu the|loai hinh to chuc kinh te|loai hinh san xuat"
    "|loai hinh san xuat kinh doanh|hinh thuc to chuc san xuat|loai hinh dn",
    "producer": "chu the|ten chu the|chu the ocop|chu the san xuat|co so san xuat|don vi san xuat|ten co so"
    "|ten co so san xuat|nha san xuat|chu the san pham|ten don vi|ten chu the ocop|chu the san pham ocop"
    "|ten chu the san xuat|ten don vi san xuat|chu the ten|co so|don vi chu the|ten nha san xuat",
    "registration_number": "so dang ky kinh doanh|ma so thue|so dkkd|ma so doanh nghiep|dkkd|mst|giay dkkd"
    "|so giay dkkd|giay dang ky kinh doanh|so giay dang ky kinh doanh|ma so kinh doanh|dang ky kinh doanh",
    "commune": "xa|xa phuong|xa phuong thi tran|ten xa|dia ban|don vi hanh chinh|phuong xa|xa thi tran"
    "|dia ban xa|noi san xuat|ten xa phuong|ma xa|dia ban san xuat|xa phuong dac khu|xa tt|xa p tt|xa phuong tt",
    "district": "huyen|huyen thanh pho|huyen tp|quan huyen|huyen thi xa thanh pho|ten huyen|huyen cu"
    "|huyen thi xa|dia ban huyen|thanh pho huyen|huyen thanh pho cu|quan huyen thi xa|huyen truoc 1 7 2025",
    "address": "dia chi|dia chi san xuat|dia chi chu the|dia chi co so|thon|thon ban|so nha|thon to|thon xom"
    "|dia chi san xuat kinh doanh|dia chi lien he|thon ban to dan pho|dia chi co so san xuat|thon to dan pho",
    "representative": "nguoi dai dien|dai dien|nguoi dai dien phap luat|ho ten nguoi dai dien|chu co so"
    "|ho va ten nguoi dai dien|dai dien phap luat|giam doc|nguoi dai dien theo phap luat|ten nguoi dai dien"
    "|dai dien chu the|nguoi dai dien chu the|ho ten dai dien|dai dien theo phap luat",
    "phone": "dien thoai|so dien thoai|sdt|dien thoai lien he|so dt|lien he|so dien thoai lien he|dtdd|tel"
    "|dien thoai di dong|so dt lien he",
    "email": "email|thu dien tu|e mail|hop thu dien tu|dia chi email",
    "stars": "hang sao|so sao|hang sao hien tai|hang sao hien nay|sao|xep hang|phan hang|ket qua phan hang"
    "|sao hien tai|hang sao dang giu|dat sao|hang sao ocop|cap sao|hang sao duoc cong nhan|hang sao dat|ket qua"
    "|so sao hien tai|sao hien nay|hien tai|so sao dat|xep hang sao|phan hang sao|hang sao san pham|ket qua xep hang",
    "valid_to": "ngay het han|han|ngay het hieu luc|het han|thoi han|hieu luc den|den ngay|co gia tri den"
    "|han giay chung nhan|thoi han giay chung nhan|ngay het han giay chung nhan|thoi diem het han|het hieu luc"
    "|ngay het han gcn|thoi han gcn|han su dung giay chung nhan|han gcn|hieu luc den ngay|co gia tri den ngay"
    "|thoi gian het han|thoi gian het hieu luc|ngay het han cong nhan|den het ngay|thoi han hieu luc",
    "certificate_number": "so giay chung nhan|so gcn|giay chung nhan|so giay chung nhan ocop|gcn|so giay cn",
    "date": "ngay cong nhan|ngay quyet dinh|ngay qd|ngay ky|ngay ky quyet dinh|ngay ban hanh|ngay cap"
    "|ngay cap giay chung nhan|thoi gian cong nhan|thoi diem cong nhan|nam cong nhan|ngay thang cong nhan"
    "|ngay thang nam cong nhan|ngay ra quyet dinh|ngay quyet dinh cong nhan|ngay ky quyet dinh cong nhan"
    "|ngay ban hanh quyet dinh|ngay duoc cong nhan|ngay cap gcn|ngay ky qd|nam dat|ngay thang quyet dinh",
    "decision": "so quyet dinh|quyet dinh|quyet dinh cong nhan|so quyet dinh cong nhan|so qd|qd cong nhan"
    "|so qd cong nhan|quyet dinh so|so ngay quyet dinh|so ngay thang quyet dinh|quyet dinh phe duyet"
    "|so quyet dinh phe duyet|qd|so ngay quyet dinh cong nhan|so quyet dinh ngay thang|so van ban|so hieu quyet dinh"
    "|quyet dinh so ngay thang|so ngay ky quyet dinh|quyet dinh cong nhan so ngay",
    "issuer": "co quan ban hanh|cap cong nhan|co quan cong nhan|don vi cong nhan|don vi ban hanh|cap ban hanh"
    "|co quan cap|noi ban hanh|co quan quyet dinh|co quan ra quyet dinh|cap quyet dinh|co quan ban hanh quyet dinh"
    "|co quan ky|cap co tham quyen|co quan cap giay|noi cap",
    IGNORED: "stt|tt|so thu tu|so tt|ghi chu|loi|thu tu|so|chu thich",
}
KNOWN = {" ".join(words(text)): name for name, texts in _SYNONYMS.items() for text in texts.split("|")}
_TURNS = (
    (
        "second",
        r"\b(cong nhan )?lan (thu )?(2|02|hai|ii)\b|\b(cong nhan|danh gia( va)?( phan hang)?|phan hang) lai\b",
    ),
    ("first", r"\b(cong nhan )?lan (thu )?(1|01|nhat|mot|i)\b|\b(cong nhan )?lan dau( tien)?\b"),
)
_LATER = re.compile(r"\blan (thu )?(0?[3-9]|ba|bon|tu|nam|iii|iv|v)\b")
_PARTS = (
    (
        "issuer",
        r"\b(co quan|tham quyen)\b|\b(cap|don vi|noi) (ban hanh|cong nhan|cap|ra|ki|quyet dinh|co tham)\b|^cap$",
    ),
    ("stars", r"\b(sao|hang)\b"),
    ("decision", r"\bso\b|^(quyet dinh|qd|van ban)( cong nhan)?$"),
    ("date", r"\b(ngay|thoi gian|thoi diem|nam)\b"),
)
_NUMBERING = re.compile(r"\(?(\d{1,2}|[A-Za-z])\)?(=.*)?")


@dataclass
class Layout:
    """Where the table begins and what its columns hold."""

    first: int
    """Row of the (first) headings."""
    last: int
    """The last row of the headings, a row of column numbers included."""
    labels: dict[int, str] = field(default_factory=dict)
    fields: dict[int, str] = field(default_factory=dict)
    """{column: field}, `IGNORED` for what is known to hold nothing; columns not understood are missing."""

    @property
    def columns(self) -> dict[str, int]:
        """{field: its column}."""
        return {name: column for column, name in self.fields.items() if name != IGNORED}

    @property
    def unknown(self) -> list[int]:
        """Columns with a heading that is not understood."""
        return [column for column in self.labels if column not in self.fields]

    @property
    def missing(self) -> list[str]:
        """Labels of the fields without which no line can be entered."""
        held = self.columns
        instead = {
            "commune": ("district",),
            "stars": ("first_stars", "second_stars"),
            "first_date": ("first_decision",),
        }
        return [
            item.label
            for name, item in FIELDS.items()
            if item.needed and name not in held and not any(other in held for other in instead.get(name, ()))
        ]

    @property
    def signature(self) -> str:
        """The headings as they are remembered: the same for the same headings however they are spelled."""
        folded = "\x1f".join(" ".join(words(label)) for _, label in sorted(self.labels.items()))
        return hashlib.sha256(folded.encode()).hexdigest()

    def label(self, name: str) -> str:
        """The heading of a field as the workbook has it."""
        column = self.columns.get(name)
        return self.labels[column] if column else FIELDS[name].label


Recall = Callable[[str], Mapping[str, str] | None]
"""From a signature to {folded heading and its place: field} as an official once said; None when never asked."""


def heading_keys(layout: Layout) -> dict[int, str]:
    """{column: its heading as it is remembered}: `3 ten san pham`, third of the headings wherever the table begins."""
    return {
        column: f"{place} {' '.join(words(label))}"
        for place, (column, label) in enumerate(sorted(layout.labels.items()), 1)
    }


def find_layout(sheet: Sheet, recall: Recall = lambda signature: None) -> Layout:
    """The headings that are understood best among the first rows; a layout with nothing known where there are none."""
    numbers = sorted(sheet.rows)[:40]
    best, best_known, best_depth = Layout(0, 0), -1, 0
    for place, number in enumerate(numbers):
        for depth in (1, 2, 3):
            rows = numbers[place : place + depth]
            if len(rows) < depth or rows[-1] - number != depth - 1:
                break
            layout = _read(sheet, rows)
            known = len(layout.columns)
            wider = known == best_known == 0 and len(layout.labels) > len(best.labels)
            # As much known from fewer rows: what stands above is a title.
            if known > best_known or (known == best_known and known and depth < best_depth) or wider:
                best, best_known, best_depth = layout, known, depth
    if after := _numbering_row(sheet, best.last):
        best.last = after
    remembered = recall(best.signature)
    if remembered is not None:
        keys = heading_keys(best)
        best.fields = {column: remembered[key] for column, key in keys.items() if key in remembered}
    return best


def fits(layout: Layout) -> bool:
    """Whether the sheet looks like a register: products and who makes them."""
    return {"name", "producer"} <= set(layout.columns)


def _text(cell: Cell | None) -> str:
    if cell is None or cell.kind in ("error", "formula"):
        return ""
    if isinstance(cell.value, float):
        return f"{cell.value:g}"
    return " ".join(str(cell.value).split())[:LONGEST_LABEL]


def _read(sheet: Sheet, rows: list[int]) -> Layout:
    """The layout if the headings stood in these rows."""
    layout = Layout(rows[0], rows[-1])
    width = max((max(sheet.rows[n]) for n in rows if sheet.rows[n]), default=0)
    grid = [[_text(sheet.rows[n].get(column)) for column in range(1, width + 1)] for n in rows]
    for upper, lower in pairwise(grid):
        _spread(upper, lower)
    for place in range(width):
        stack: list[str] = []
        for line in grid:
            if (label := line[place]) and label not in stack:
                stack.append(label)
        if stack:
            layout.labels[place + 1] = " – ".join(stack)
            meant = _meaning(stack)
            if meant is not None:
                _assign(layout, place + 1, meant)
    return layout


def _spread(upper: list[str], lower: list[str]) -> None:
    """Write the label of a group over each of its columns: it stands at the first, and the others are blank."""
    group = ""
    for place, label in enumerate(upper):
        if label:
            group = label if lower[place] and lower[place] != label else ""
        elif group and lower[place]:
            upper[place] = group
        else:
            group = ""


def _assign(layout: Layout, column: int, meant: str) -> None:
    """Give a column its field; what has no turn of its own goes to the first recognition, then to the second."""
    taken = set(layout.fields.values())
    if meant in ("date", "decision", "issuer"):
        turn = "second" if f"first_{meant}" in taken else "first"
        meant = f"{turn}_{meant}"
    if meant == IGNORED or meant not in taken:
        layout.fields[column] = meant


def _meaning(stack: list[str]) -> str | None:
    """The field of a column with these headings, from the topmost down; None when it is not understood."""
    for labels in (stack, [re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", label) for label in stack]):
        folded = [" ".join(words(label)) for label in labels]
        whole = " ".join(folded)
        if _LATER.search(whole):
            return None
        if (meant := _of_turn(whole)) is not None:
            return meant
        for text in (whole, folded[-1]):
            if text in KNOWN:
                return KNOWN[text]
        if len(folded) > 1 and folded[-1] in ("ten", "ten goi"):
            return KNOWN.get(folded[0])
    return None


def _of_turn(text: str) -> str | None:
    """`first_date` and the like for a heading that names its turn."""
    for turn, pattern in _TURNS:
        if re.search(pattern, text):
            rest = re.sub(pattern, " ", text).strip()
            if re.search(r"\b(het han|het hieu luc|den ngay)\b", rest):
                return None
            return next((f"{turn}_{part}" for part, shape in _PARTS if re.search(shape, rest)), None)
    return None


def _numbering_row(sheet: Sheet, last: int) -> int | None:
    """The row below the headings if it only numbers the columns: (1) (2) (3), A B C."""
    cells = [_text(cell) for cell in sheet.rows.get(last + 1, {}).values()]
    if len(cells) < 3 or not all(_NUMBERING.fullmatch(text) for text in cells if text):
        return None
    return last + 1 if len(set(cells)) == len(cells) else None
