"""The sourced recognitions of real products: names, places, stars and years, and nothing else.

The sources give a year. The register needs days, so a recognition is entered as of the last day of its year and
runs the 36 months of the law from there; the note says so. Such products are listed only while that stands.
"""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from producers.models import Producer
from products.models import Decision
from products.standing import proposed_end

PATH = Path(__file__).parent / "data" / "recognitions.csv"
FORMS = (
    ("HTX", Producer.LegalForm.COOPERATIVE),
    ("Tổ hợp tác", Producer.LegalForm.COOPERATIVE_GROUP),
    ("Công ty", Producer.LegalForm.COMPANY),
    ("Hộ kinh doanh", Producer.LegalForm.HOUSEHOLD),
)


@dataclass(frozen=True)
class Fact:
    """One recognition as a public source tells it. `unit`: the code of commune, district or province named there."""

    name: str
    producer: str
    unit: str
    group: str
    stars: int
    year: int
    source: str

    @property
    def day(self) -> date:
        return date(self.year, 12, 31)

    @property
    def last_day(self) -> date:
        return proposed_end(self.day)

    @property
    def note(self) -> str:
        host = urlsplit(self.source).hostname or ""
        return (
            f"Theo {host.removeprefix('www.')}. Nguồn chỉ ghi năm {self.year}: ngày lấy theo ngày cuối năm."
        )

    @property
    def level(self) -> str:
        """The level that the rules of that day gave the decision to."""
        if self.stars == 5:
            return Decision.Level.CENTRE
        return Decision.Level.DISTRICT if self.year == 2023 and self.stars == 3 else Decision.Level.PROVINCE

    @property
    def legal_form(self) -> str:
        """What the producer's name says; nothing is guessed beyond it."""
        found = (form for prefix, form in FORMS if self.producer.startswith(prefix))
        return next(found, Producer.LegalForm.UNRECORDED)


def recognitions() -> list[Fact]:
    """All sourced recognitions with a year, oldest first."""
    with PATH.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return [Fact(**{**row, "stars": int(row["stars"]), "year": int(row["year"])}) for row in rows]  # type: ignore[arg-type]
