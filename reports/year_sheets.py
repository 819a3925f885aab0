"""The report of a year as sheets: the figures first, then each list behind them once."""

from collections.abc import Iterator, Sequence

from reports.asking import Asked
from reports.figures import Section, list_of
from reports.tables import TABLES, Table
from reports.tables.base import Cell, Column, Kind, in_year


def figures_table(asked: Asked, sections: Sequence[Section]) -> Table:
    """The figures as a table: section, name, unit, the year before, the year, the change, how it is reckoned."""
    rows: list[Sequence[Cell]] = [
        (section.name, f.rule.name, f.rule.unit, f.before, f.value, f.change, f.detail, f.rule.formula)
        for section in sections
        for f in section.figures
    ]
    return Table(
        title="Báo cáo năm: số liệu Chương trình mỗi xã một sản phẩm",
        about=in_year(asked),
        columns=(
            Column("Phần", width=1.6),
            Column("Chỉ tiêu", width=2.2),
            Column("Đơn vị tính", width=0.8),
            Column(f"Năm {asked.year - 1}", Kind.NUMBER, width=0.8),
            Column(f"Năm {asked.year}", Kind.NUMBER, width=0.8),
            Column("Tăng, giảm", Kind.NUMBER, width=0.8),
            Column("Chi tiết", width=1.8),
            Column("Cách tính", width=4),
        ),
        rows=rows,
        footnotes=("Số liệu được tính từ sổ bộ khi tải tệp; danh sách của từng chỉ tiêu ở các trang sau.",),
    )


def sheets_of(asked: Asked, sections: Sequence[Section]) -> Iterator[tuple[str, Table]]:
    """(name, table): the figures, then every list that a figure names, whole and once."""
    yield "Số liệu", figures_table(asked, sections)
    slugs = dict.fromkeys(f.rule.listed[0] for s in sections for f in s.figures if f.rule.listed)
    for slug in slugs:
        yield TABLES[slug].title, list_of(slug, {}, asked)
