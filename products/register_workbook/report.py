"""What an official is told about a workbook: each fault and remark with its row, column, value and reason."""

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

MOST_REMARKS = 20_000
"""Beyond which faults are counted but no longer listed."""

Progress = Callable[[str, int, int], None]
"""Called with a stage in words, what is done and how much there is."""


def quiet(stage: str, done: int, total: int) -> None:
    """No progress to show."""


@dataclass(frozen=True)
class Offer:
    """What may be meant: words, and the record behind them where there is one (`kind`: producer, product, …)."""

    text: str
    kind: str = ""
    pk: int = 0


@dataclass(frozen=True)
class Remark:
    """One thing about one cell. A grave one keeps the workbook from being entered."""

    row: int
    column: str
    value: str
    reason: str
    near: tuple[Offer, ...] = ()
    grave: bool = True

    @property
    def sentence(self) -> str:
        """Reason and near matches on one line."""
        if not self.near:
            return self.reason
        return f"{self.reason} Có phải là: {'; '.join(offer.text for offer in self.near)}?"


@dataclass
class Report:
    """The outcome of a dry run, or of an import."""

    sheet: str = ""
    remarks: list[Remark] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    """rows, unchanged, producers, products, decisions, certificates, faults, warnings."""
    notes: list[str] = field(default_factory=list)
    """About the workbook as a whole: hidden sheets, columns not read."""
    skipped: list[tuple[int, str]] = field(default_factory=list)
    """(row, text) of lines that are no products: sums, signatures, names of sections."""

    def add(self, remark: Remark) -> None:
        self.counts["faults" if remark.grave else "warnings"] += 1
        if len(self.remarks) < MOST_REMARKS:
            self.remarks.append(remark)

    @property
    def faults(self) -> list[Remark]:
        """Those that keep it from being entered, by row."""
        return sorted((remark for remark in self.remarks if remark.grave), key=lambda r: r.row)

    @property
    def warnings(self) -> list[Remark]:
        """Those that an official should look at, by row."""
        return sorted((remark for remark in self.remarks if not remark.grave), key=lambda r: r.row)

    @property
    def ready(self) -> bool:
        """Whether nothing stands against entering it."""
        return not self.counts["faults"]

    @property
    def added(self) -> int:
        """How many records would be (or were) added."""
        return sum(self.counts[name] for name in ("producers", "products", "decisions", "certificates"))

    def summary(self, applied: bool) -> str:
        """What was or would be added, in words."""
        counts = self.counts
        added = (
            f"{'Đã thêm' if applied else 'Sẽ thêm'} {counts['producers']} chủ thể, {counts['products']} sản phẩm, "
            f"{counts['decisions']} quyết định, {counts['certificates']} giấy chứng nhận."
        )
        return (
            f"{counts['rows']} dòng sản phẩm, {counts['unchanged']} dòng đã có đủ trong sổ bộ. "
            f"{added if self.ready else 'Chưa nhập gì.'} {counts['faults']} lỗi, {counts['warnings']} lưu ý."
        )

    def by_row(self) -> dict[int, list[Remark]]:
        """Remarks of each row, faults first."""
        rows: dict[int, list[Remark]] = {}
        for remark in sorted(self.remarks, key=lambda r: not r.grave):
            rows.setdefault(remark.row, []).append(remark)
        return rows

    def to_json(self) -> dict[str, Any]:
        return {
            "sheet": self.sheet,
            "remarks": [asdict(remark) for remark in self.remarks],
            "counts": dict(self.counts),
            "notes": self.notes,
            "skipped": self.skipped,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Report":
        remarks = [
            Remark(**{**item, "near": tuple(Offer(**offer) for offer in item["near"])})
            for item in data["remarks"]
        ]
        return cls(
            data["sheet"],
            remarks,
            Counter(data["counts"]),
            list(data["notes"]),
            [(row, text) for row, text in data["skipped"]],
        )
