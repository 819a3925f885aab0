"""Which sheet of a workbook is the register, and what its reader should know about the others."""

from products.register_workbook.columns import Layout, Recall, find_layout, fits
from products.register_workbook.package import BadWorkbook
from products.register_workbook.reading import Book, Sheet

MOST_SHEETS = 30


def candidates(book: Book, recall: Recall) -> list[str]:
    """The shown sheets that have products and producers among their headings."""
    found = []
    for name in book.sheets[:MOST_SHEETS]:
        try:
            head = book.head(name)
        except BadWorkbook:  # another sheet may be the register; this one is told of when it is chosen
            continue
        if fits(find_layout(head, recall)):
            found.append(name)
    return found


def choose(book: Book, recall: Recall, wanted: str | None = None) -> tuple[Sheet, Layout]:
    """The sheet that is asked for, else the only one that looks like a register, else the only one.

    Raises BadWorkbook where several may be meant.
    """
    name = wanted or chosen_sheet(book, recall)
    if name is None:
        several = candidates(book, recall) or book.sheets
        listed = ", ".join(f"“{n}”" for n in several[:8])
        raise BadWorkbook(f"Tệp có nhiều trang tính có thể là sổ sản phẩm: {listed}. Hãy chọn một trang.")
    sheet = book.sheet(name)
    return sheet, find_layout(sheet, recall)


def chosen_sheet(book: Book, recall: Recall) -> str | None:
    """The sheet that is meant without being asked for; None where an official must choose."""
    if len(book.sheets) == 1:
        return book.sheets[0]
    found = candidates(book, recall)
    return found[0] if len(found) == 1 else None


def notes(book: Book, sheet: Sheet, layout: Layout) -> list[str]:
    """What is not read of the workbook, in sentences."""
    told = [f"Đọc trang “{sheet.name}”, tiêu đề ở dòng {_span(layout)}."]
    if book.hidden:
        told.append(f"Không đọc trang đang ẩn: {_listed(book.hidden)}.")
    if others := [name for name in book.sheets if name != sheet.name]:
        told.append(f"Không đọc trang khác: {_listed(others)}.")
    if layout.unknown:
        told.append(
            f"Không dùng các cột không nhận ra: {_listed([layout.labels[c] for c in layout.unknown])}."
        )
    if sheet.hidden_rows:
        told.append(f"Có {sheet.hidden_rows} dòng đang ẩn (do lọc); vẫn được đọc.")
    if book.has_links:
        told.append("Tệp có liên kết tới tệp Excel khác; cổng không mở các tệp đó, chỉ đọc giá trị đã lưu.")
    return told


def _span(layout: Layout) -> str:
    return str(layout.first) if layout.first == layout.last else f"{layout.first}–{layout.last}"


def _listed(names: list[str]) -> str:
    listed = ", ".join(f"“{name}”" for name in names[:8])
    return listed + (f" và {len(names) - 8} mục khác" if len(names) > 8 else "")
