"""Rulesets as open data, and scoring: what choices come to. Nothing is stored, nothing but choices is read."""

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Router, Schema
from ninja.errors import HttpError
from pydantic import Field, StrictInt

from ocop_portal.api.answers import refusals
from ocop_portal.api.fields import told
from products.models import Decision
from ratings.models import Ruleset
from ratings.reading import current_rules
from ratings.rulesets import PART_NAMES, Rules, Table
from ratings.scoring import BadChoices, Result, score

router = Router(tags=["Bộ tiêu chí"])
RulesetCode = Annotated[str, Field(pattern=r"^[0-9a-z][0-9a-z-]{1,19}$", examples=["26-2026"])]
SetCode = Annotated[str, Field(pattern=r"^\d{2}$", examples=["06"])]
NO_SET = "Không có bộ tiêu chí {} của {}."


ASKED, SENT = refusals(404), refusals(400, 404)


class BandOut(Schema):
    """From how many points on the total is of so many stars, and who certifies it."""

    stars: int = Field(title="Hạng sao")
    least: int = Field(title="Từ số điểm", json_schema_extra={"x-unit": "điểm"})
    certified_by: str | None = told(
        "Cấp công nhận", "ratings_band.certified_by", values=Decision.Level.choices, nullable=True
    )


class SetHead(Schema):
    code: str = Field(title="Mã bộ sản phẩm")
    name: str = Field(title="Tên bộ sản phẩm")
    criteria: int = Field(title="Số tiêu chí")


class RulesetHead(Schema):
    code: str = Field(title="Mã bộ quy tắc")
    edition: int = Field(title="Bản")
    name: str = Field(title="Tên")
    issued_on: date = Field(title="Ngày ban hành")
    in_force_from: date = Field(title="Có hiệu lực từ ngày")
    in_force_to: date | None = Field(title="Đến hết ngày")


class Rulesets(Schema):
    results: list[RulesetHead]


class RulesetOut(RulesetHead):
    """One edition of a decision's criteria: the newest of its code."""

    parts: dict[str, int] = Field(title="Điểm tối đa của từng phần")
    bands: list[BandOut] = Field(title="Ngưỡng điểm của từng hạng")
    remarks: list[str] = Field(title="Lỗi in của văn bản và cách đọc đã dùng")
    sets: list[SetHead] = Field(title="Các bộ tiêu chí")


class OptionOut(Schema):
    """One answer to a criterion."""

    points: int = Field(title="Điểm", json_schema_extra={"x-unit": "điểm"})
    label: str = Field(title="Nội dung")
    case: str = Field(title="Trường hợp")
    star: int | None = Field(
        title="Tối thiểu cho hạng sao", description="Hạng sao cần ít nhất mức này; null: không."
    )


class CriterionOut(Schema):
    """A choose-one criterion; none of its options, worth 0 points, is always possible."""

    code: str = Field(title="Mã tiêu chí")
    part: str = Field(title="Phần")
    section: str = Field(title="Mục")
    parent: str = Field(title="Thuộc")
    name: str = Field(title="Tên tiêu chí")
    maximum: int = Field(title="Điểm tối đa", json_schema_extra={"x-unit": "điểm"})
    notes: dict[str, str] = Field(title="Điều kiện và giải thích")
    options: list[OptionOut]


class SectionOut(Schema):
    code: str = Field(title="Mã mục")
    part: str = Field(title="Phần")
    part_name: str = Field(title="Tên phần")
    name: str = Field(title="Tên mục")
    maximum: int = Field(title="Điểm tối đa", json_schema_extra={"x-unit": "điểm"})


class SetOut(SetHead):
    """The criteria of one product set with their options, points and star marks."""

    criteria: int = Field(title="Số tiêu chí")
    ruleset: str = Field(title="Mã bộ quy tắc")
    edition: int = Field(title="Bản")
    samples: int = Field(title="Số mẫu sản phẩm nộp kèm")
    disqualify: list[str] = Field(title="Hồ sơ bị loại khi")
    sections: list[SectionOut]
    all_criteria: list[CriterionOut] = Field(title="Các tiêu chí")


class Choices(Schema):
    """Points chosen per criterion; an absent criterion counts 0. Whatever else is sent is not read."""

    choices: dict[str, StrictInt] = Field(
        max_length=200, title="Số điểm chọn theo mã tiêu chí", examples=[{"1.1": 2, "1.2": 1}]
    )


class StepOut(Schema):
    """A criterion whose choice falls short of a star."""

    criterion: str
    needed: int
    chosen: int
    for_stars: int


class ScoreOut(Schema):
    """Points by part and in all, the total's band (1 to 5), the star (0: none), what bars it, what lifts it."""

    parts: dict[str, int]
    total: int
    band: int
    stars: int
    unmet: list[StepOut]
    next: list[StepOut]


@router.get(
    "",
    response={200: Rulesets, **ASKED},
    url_name="rulesets",
    operation_id="listRulesets",
    summary="Danh sách bộ quy tắc đánh giá",
)
def rulesets(request: HttpRequest) -> dict[str, Any]:
    """Bản mới nhất của mỗi bộ quy tắc có tiêu chí trong sổ bộ."""
    found = (
        Ruleset.objects.filter(sets__isnull=False).order_by("-in_force_from", "code", "-edition").distinct()
    )
    newest: dict[str, Ruleset] = {}
    for ruleset in found:
        newest.setdefault(ruleset.code, ruleset)
    return {"results": list(newest.values())}


def _rules(code: str) -> Rules:
    rules = current_rules(code)
    if rules is None:
        raise HttpError(404, f"Không có bộ quy tắc {code} trong sổ bộ.")
    return rules


@router.get(
    "/{code}",
    response={200: RulesetOut, **ASKED},
    url_name="ruleset",
    operation_id="getRuleset",
    summary="Một bộ quy tắc đánh giá",
)
def ruleset(request: HttpRequest, code: Path[RulesetCode]) -> dict[str, Any]:
    """Điểm của từng phần, ngưỡng của từng hạng sao và danh sách bộ tiêu chí."""
    rules = _rules(code)
    return {
        **{name: getattr(rules, name) for name in RulesetHead.model_fields},
        "parts": rules.maxima,
        "bands": [
            {"stars": band.stars, "least": band.least, "certified_by": band.certified_by or None}
            for band in rules.bands
        ],
        "remarks": list(rules.remarks),
        "sets": [_head(table) for table in rules.sets.values()],
    }


@router.get(
    "/{code}/sets/{set_code}",
    response={200: SetOut, **ASKED},
    url_name="criteria-set",
    operation_id="getCriteriaSet",
    summary="Một bộ tiêu chí",
)
def criteria_set(request: HttpRequest, code: Path[RulesetCode], set_code: Path[SetCode]) -> dict[str, Any]:
    """Tiêu chí của một bộ sản phẩm với mọi mức điểm; “star” là hạng sao cần ít nhất mức đó."""
    rules = _rules(code)
    table = rules.sets.get(set_code)
    if table is None:
        raise HttpError(404, NO_SET.format(set_code, code))
    return {
        **_head(table),
        "ruleset": rules.code,
        "edition": rules.edition,
        "samples": table.samples,
        "disqualify": list(table.disqualify),
        "sections": [{**vars(head), "part_name": PART_NAMES[head.part]} for head in table.sections],
        "all_criteria": [
            {
                **{
                    name: getattr(scale, name)
                    for name in ("code", "part", "section", "parent", "name", "maximum")
                },
                "notes": dict(scale.notes),
                "options": list(scale.grades),
            }
            for scale in table.scales
        ],
    }


def _head(table: Table) -> dict[str, Any]:
    return {"code": table.code, "name": table.name, "criteria": len(table.scales)}


@router.post(
    "/{code}/sets/{set_code}/score",
    response={200: ScoreOut, **SENT},
    operation_id="scoreChoices",
    summary="Tính hạng sao từ các lựa chọn",
)
def score_choices(
    request: HttpRequest, code: Path[RulesetCode], set_code: Path[SetCode], given: Choices
) -> Result:
    """Tổng điểm, hạng sao, mức tối thiểu chưa đạt và cách nâng hạng, từ số điểm chọn ở mỗi tiêu chí (thiếu là 0).

    404 khi không có bộ tiêu chí; 422 nêu từng lựa chọn mà tiêu chí không có. Không gì được lưu lại.
    """
    rules = current_rules(code)
    if rules is None or set_code not in rules.sets:
        raise HttpError(404, NO_SET.format(set_code, code))
    try:
        return score(given.choices, rules.sets[set_code], rules)
    except BadChoices as error:
        told = "; ".join(f"tiêu chí {c}: {fault}" for c, fault in error.faults.items())
        raise HttpError(422, f"Lựa chọn không hợp lệ: {told}.") from None
