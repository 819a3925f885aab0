"""What each printed document of an assessment states, and its PDF. Plain values only; no ORM.

Layout follows decree 30/2020/NĐ-CP. Text is written as given; numbers and dates are written in the
Vietnamese way (`written.py`). Times may come in any zone and are printed in Viet Nam's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from ocop_portal.papers import VIETNAM, Heading, Signature, long_date, short_date
from ocop_portal.typesetting import typeset
from ratings.written import STAR_NAMES, Number, mean, points, star_words


@dataclass(frozen=True)
class CertificateSheet:
    """A certificate of one product. `total` is printed only when given; `qr` is the source of an SVG."""

    heading: Heading
    number: str
    product: str
    product_set: str
    producer: str
    address: str
    stars: int
    decision_number: str
    decision_day: date
    decision_authority: str
    valid_from: date
    valid_to: date
    check_url: str
    qr: str
    signature: Signature
    level: str = "cấp tỉnh"
    product_code: str = ""
    packaging: tuple[str, ...] = ()
    total: Number | None = None
    illustrative: bool = False


@dataclass(frozen=True)
class Person:
    """Somebody at a meeting; `note` is the office held, or for who is absent, the reason."""

    name: str
    role: str = ""
    note: str = ""


@dataclass(frozen=True)
class MinutesLine:
    """What the council found for one product. `spread` is between the highest and the lowest total, in points;

    None where only averages are on record.
    """

    product: str
    producer: str
    kind: str
    sheets: int
    total: Number
    stars: int
    spread: Number | None
    rescored: bool = False
    why_not_higher: tuple[str, ...] = ()
    remarks: str = ""


@dataclass(frozen=True)
class Minutes:
    """The record of a council meeting. `members`, `attended` and `quorum` count those who score."""

    heading: Heading
    council: str
    round: str
    decision_number: str
    decision_day: date
    decision_authority: str
    started: datetime
    venue: str
    members: int
    attended: int
    quorum: int
    present: tuple[Person, ...]
    lines: tuple[MinutesLine, ...]
    chair: Signature
    secretary: Signature
    ended: datetime | None = None
    absent: tuple[Person, ...] = ()
    guests: tuple[Person, ...] = ()
    agenda: tuple[str, ...] = ()
    conclusions: tuple[str, ...] = ()
    illustrative: bool = False


@dataclass(frozen=True)
class ResultLine:
    """One product in the table of results: mean points of each part, mean total, proposed star (0: none)."""

    product: str
    producer: str
    commune: str
    kind: str
    part_a: Number
    part_b: Number
    part_c: Number
    total: Number
    stars: int
    note: str = ""


@dataclass(frozen=True)
class ResultTable:
    """The annexed table of results. `attached_to` says to what, such as "Kèm theo Biên bản số …"."""

    heading: Heading
    title: str
    attached_to: str
    lines: tuple[ResultLine, ...]
    signature: Signature
    illustrative: bool = False


@dataclass(frozen=True)
class CriterionRow:
    """One criterion: the label of the chosen option, its points, the most it can give; evidence where there is any."""

    code: str
    name: str
    section: str
    option: str
    points: Number
    maximum: Number
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class PartTable:
    """A part (A, B or C) with its criteria in order; rows of one section stand together."""

    code: str
    title: str
    rows: tuple[CriterionRow, ...]


@dataclass(frozen=True)
class ScoreSheetPrint:
    """One member's sheet for one product; sums are taken from its rows. `signed_at` is None while it is a draft."""

    heading: Heading
    round: str
    member: str
    member_role: str
    product: str
    producer: str
    address: str
    product_set: str
    ruleset: str
    parts: tuple[PartTable, ...]
    signed_at: datetime | None = None
    remarks: str = ""
    illustrative: bool = False


class LetterKind(StrEnum):
    """What a letter about results tells."""

    RECOGNISED = "recognised"
    NOT_RECOGNISED = "not_recognised"


@dataclass(frozen=True)
class RecognisedLine:
    """A product that holds a certificate by the decision told of."""

    product: str
    producer: str
    stars: int
    certificate_number: str
    valid_from: date
    valid_to: date


@dataclass(frozen=True)
class RefusedLine:
    """A product below three stars, with the reasons, each a sentence."""

    product: str
    producer: str
    total: Number
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Letter:
    """Results told to a commune and a producer. `basis` are the papers it rests on, after "Căn cứ".

    `recognised` or `refused` must hold what its kind tells of; else ValueError.
    """

    heading: Heading
    kind: LetterKind
    to: tuple[str, ...]
    round: str
    basis: tuple[str, ...]
    signature: Signature
    recognised: tuple[RecognisedLine, ...] = ()
    refused: tuple[RefusedLine, ...] = ()
    paragraphs: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    illustrative: bool = False

    def __post_init__(self) -> None:
        told = self.recognised if self.kind is LetterKind.RECOGNISED else self.refused
        if not told:
            raise ValueError(f"a letter of kind {self.kind} tells of no product")


@dataclass(frozen=True)
class DossierForm:
    """Forms 01 and 02 as filed: (label, value) pairs of the registration, then the producer's own scores."""

    product: str
    producer: str
    commune: str
    product_set: str
    kind: str
    registration: tuple[tuple[str, str], ...]
    parts: tuple[PartTable, ...]
    signature: Signature
    receipt_number: str = ""
    place: str = ""
    day: date | None = None
    illustrative: bool = False


@dataclass(frozen=True)
class CommuneForm:
    """Form 03: the commune's four assessments of a dossier, whether it is complete, and its conclusion."""

    heading: Heading
    product: str
    producer: str
    address: str
    product_set: str
    kind: str
    origin: str
    labour: str
    idea: str
    identity: str
    complete: bool
    conclusion: str
    signature: Signature
    missing: tuple[str, ...] = ()
    receipt_number: str = ""
    received_on: date | None = None
    copies: tuple[str, ...] = ()
    illustrative: bool = False


def certificate_pdf(sheet: CertificateSheet, *, made_at: datetime) -> bytes:
    """The certificate, A4 landscape. Raises TypesetError, as all of these do."""
    total = None if sheet.total is None else mean(sheet.total)
    return typeset(
        "certificate", plain(sheet) | {"total": total, "words": STAR_NAMES[sheet.stars]}, made_at=made_at
    )


def minutes_pdf(minutes: Minutes, *, made_at: datetime) -> bytes:
    """The minutes of a council meeting; whether it had its quorum follows from the counts."""
    lines = [
        plain(n)
        | {
            "total": mean(n.total),
            "stars": star_words(n.stars),
            "spread": "–" if n.spread is None else points(n.spread),
        }
        for n in minutes.lines
    ]
    quorate = minutes.attended >= minutes.quorum
    return typeset("minutes", plain(minutes) | {"lines": lines, "quorate": quorate}, made_at=made_at)


def result_table_pdf(table: ResultTable, *, made_at: datetime) -> bytes:
    """The table of results, A4 landscape, numbered in the given order, with how many reach each star."""
    lines = [
        plain(line)
        | {name: mean(getattr(line, name)) for name in ("part_a", "part_b", "part_c", "total")}
        | {"stars": star_words(line.stars)}
        for line in table.lines
    ]
    data = plain(table) | {"lines": lines, "summary": _summary([line.stars for line in table.lines])}
    return typeset("result_table", data, made_at=made_at)


def score_sheet_pdf(sheet: ScoreSheetPrint, *, made_at: datetime) -> bytes:
    """One member's sheet, with the sum of each part and of all."""
    return typeset("score_sheet", plain(sheet) | _scored(sheet.parts), made_at=made_at)


def letter_pdf(letter: Letter, *, made_at: datetime) -> bytes:
    """The letter that tells of recognised products, or of those below three stars and why."""
    recognised = [plain(line) | {"stars": star_words(line.stars)} for line in letter.recognised]
    refused = [plain(line) | {"total": mean(line.total)} for line in letter.refused]
    return typeset("letter", plain(letter) | {"recognised": recognised, "refused": refused}, made_at=made_at)


def dossier_form_pdf(form: DossierForm, *, made_at: datetime) -> bytes:
    """Registration and self-assessment in one print."""
    return typeset("dossier_form", plain(form) | _scored(form.parts), made_at=made_at)


def commune_form_pdf(form: CommuneForm, *, made_at: datetime) -> bytes:
    """The commune's assessments."""
    return typeset("commune_form", plain(form), made_at=made_at)


def plain(value: Any) -> Any:
    """JSON values of a document: dataclasses as objects, numbers but whole ones as text, days and times written out."""
    match value:
        case datetime():
            local = value.astimezone(VIETNAM)
            day = local.date()
            clock = f"{local:%H} giờ {local:%M} phút"
            return {"clock": clock, "short": short_date(day), "long": long_date(day)}
        case date():
            return {"short": short_date(value), "long": long_date(value)}
        case Decimal() | Fraction():
            return points(value)
        case tuple() | list():
            return [plain(item) for item in value]
        case _ if is_dataclass(value):
            return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    return value


def _summary(stars: Sequence[int]) -> str:
    counts = {star: stars.count(star) for star in (5, 4, 3)}
    reached = [f"{count} sản phẩm {star} sao" for star, count in counts.items() if count]
    below = len(stars) - sum(counts.values())
    if below:
        reached.append(f"{below} sản phẩm dưới 3 sao")
    return f"Tổng số {len(stars)} sản phẩm" + (": " + "; ".join(reached) if reached else "") + "."


def _scored(parts: Sequence[PartTable]) -> dict[str, Any]:
    """Parts with their sums, rows grouped by section, and the sums of all."""
    tables = [
        {
            "code": part.code,
            "title": part.title,
            "rows": plain(part.rows),
            "points": points(sum(Fraction(row.points) for row in part.rows)),
            "maximum": points(sum(Fraction(row.maximum) for row in part.rows)),
        }
        for part in parts
    ]
    rows = [row for part in parts for row in part.rows]
    return {
        "parts": tables,
        "points": points(sum(Fraction(row.points) for row in rows)),
        "maximum": points(sum(Fraction(row.maximum) for row in rows)),
    }
