"""The council's results in words, for pages and prints: totals as they are shown, the star, and why no higher one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Prefetch, QuerySet

from ratings.actions.decisions import shown_total
from ratings.models import AgreedOption, CouncilResult, Dossier
from ratings.reading import table_of
from ratings.rulesets import Rules, Scale, Table
from ratings.scoring import RECOGNISED, band_of, star_of, unmet
from ratings.transitions import State
from ratings.written import mean, star_words

SETTLED = (State.PROPOSED, State.MINISTRY, State.RECOGNISED, State.NOT_RECOGNISED)
"""The council has spoken: its last result may be told."""
NO_OPTION = "không có mức nào"


def told(points: Fraction | Decimal | int) -> str:
    """Points with two decimals, cut and never rounded up: 69.995 reads "69,99", as its band says."""
    return mean(shown_total(Fraction(points)))


@dataclass(frozen=True)
class Missed:
    """A star's least option for a criterion which the council's agreed option does not reach."""

    code: str
    name: str
    for_stars: int
    needed: str
    needed_points: int
    agreed: str
    agreed_points: int

    @property
    def sentence(self) -> str:
        return (
            f"Tiêu chí {self.code} {self.name}: Hội đồng thống nhất “{self.agreed}” ({self.agreed_points} điểm), "
            f"hạng {self.for_stars} sao cần ít nhất “{self.needed}” ({self.needed_points} điểm)."
        )


def label_of(scale: Scale, points: int) -> str:
    """The words of the option worth so many points; of none where there is no such option."""
    return next((g.label for g in scale.grades if g.points == points), NO_OPTION)


def missed(points: Mapping[str, int], table: Table, *, above: int, upto: int) -> tuple[Missed, ...]:
    """The unmet minimums of the stars above one up to another, the lowest star first."""
    found = []
    for step in sorted(unmet(points, table, upto), key=lambda s: s.for_stars):
        scale = table.by_code[step.criterion]
        if step.for_stars > above:
            found.append(
                Missed(
                    step.criterion,
                    scale.name,
                    step.for_stars,
                    label_of(scale, step.needed),
                    step.needed,
                    label_of(scale, step.chosen),
                    step.chosen,
                )
            )
    return tuple(found)


def short_of(total: Fraction, stars: int, rules: Rules, whose: str = "Tổng điểm trung bình") -> str:
    """That the total does not reach the next star's band, in a sentence; empty where it does."""
    following = next((s for s in RECOGNISED if s > stars), None)
    if following is None or total >= rules.band(following).least:
        return ""
    return f"{whose} {told(total)} chưa đến mức {rules.band(following).least} điểm của {following} sao."


@dataclass(frozen=True)
class Finding:
    """What a settled dossier came to: the council's last result, with the ministry's answer where there is one."""

    dossier: Dossier
    result: CouncilResult
    points: Mapping[str, int]
    """Agreed points of each marked criterion."""
    judged: Fraction
    """The total that the star goes by: the council's mean, or the ministry's total once it answered."""
    stars: int
    certified_by: str
    """The level that certifies the star; empty for none."""
    short: str
    missed: tuple[Missed, ...]
    ministry: Decimal | None = None

    @property
    def total(self) -> str:
        return told(self.result.mean)

    @property
    def parts(self) -> list[tuple[str, str]]:
        return [(part, told(points)) for part, points in self.result.part_means.items()]

    @property
    def why(self) -> tuple[str, ...]:
        """Why it is not a higher star, in sentences."""
        return tuple(filter(None, (self.short, *(m.sentence for m in self.missed))))

    @property
    def refusal(self) -> str:
        """The reasons for which no star is recognised, as a notice would give them."""
        needed = [m.sentence for m in self.missed if m.for_stars == min(RECOGNISED)]
        return "\n".join(filter(None, (self.short, *needed)))

    @property
    def note(self) -> str:
        """What the table of results says beside the line."""
        noted = [self.dossier.get_state_display()] if self.dossier.state == State.MINISTRY else []
        if self.ministry is not None:
            noted.append(f"Bộ chấm {told(self.ministry)} điểm")
        if self.missed:
            codes = ", ".join(dict.fromkeys(m.code for m in self.missed))
            noted.append(f"Chưa đạt mức tối thiểu: {codes}")
        return "; ".join(noted)


def finding_of(dossier: Dossier, result: CouncilResult) -> Finding:
    """The finding of a dossier loaded by `settled`. No query."""
    table, rules = table_of(dossier.criteria_set)
    points = {a.criterion.code: a.option.points if a.option else 0 for a in result.agreed.all()}
    referral = getattr(dossier, "referral", None)
    answer = referral.total if referral else None
    judged = result.mean if answer is None else Fraction(answer)
    if dossier.issued:
        stars = dossier.issued.stars
    elif answer is None:
        stars = result.stars
    else:
        stars = min(4, star_of(judged, points, table, rules))
    band = band_of(judged, rules)
    whose = "Tổng điểm trung bình" if answer is None else "Điểm của Bộ"
    return Finding(
        dossier=dossier,
        result=result,
        points=points,
        judged=judged,
        stars=stars,
        certified_by=rules.band(stars).certified_by if stars else "",
        short=short_of(judged, stars, rules, whose),
        missed=missed(points, table, above=stars, upto=max(band, min(RECOGNISED))),
        ministry=answer,
    )


def settled(dossiers: QuerySet[Dossier]) -> QuerySet[Dossier]:
    """The dossiers on which the council has spoken, with all that a finding tells, in name order."""
    agreed = Prefetch("agreed", AgreedOption.objects.select_related("criterion", "option"))
    results = CouncilResult.objects.order_by("attempt").prefetch_related(agreed)
    found: Any = dossiers.filter(state__in=SETTLED)
    return (
        found.with_line()
        .select_related("referral", "issued", "decision", "session")
        .prefetch_related(Prefetch("results", results))
        .order_by("product__name_key", "pk")
    )


def findings_of(dossiers: QuerySet[Dossier]) -> list[Finding]:
    """The findings of those of the dossiers on which the council has spoken. The same queries for any number."""
    found = []
    for dossier in settled(dossiers):
        results = list(dossier.results.all())
        if results:
            found.append(finding_of(dossier, results[-1]))
    return found


HEADER = (
    "Sản phẩm",
    "Chủ thể",
    "Xã, phường",
    "Hình thức",
    "Phần A",
    "Phần B",
    "Phần C",
    "Tổng điểm",
    "Hạng đề xuất",
    "Ghi chú",
)


def commune_of(dossier: Dossier) -> str:
    """The commune that took the dossier in."""
    return str(dossier.unit.name)


def table_rows(findings: Iterable[Finding]) -> list[list[str | Decimal]]:
    """The table of results, as page, workbook and PDF give it alike; points are cut to two decimals."""
    return [
        [
            f.dossier.product.name,
            f.dossier.product.producer.name,
            commune_of(f.dossier),
            f.dossier.get_kind_display().capitalize(),
            *(shown_total(points) for points in f.result.part_means.values()),
            shown_total(f.result.mean),
            star_words(f.stars),
            f.note,
        ]
        for f in findings
    ]
