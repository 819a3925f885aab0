"""Scoring as open data: what choices come to under a ruleset. Nothing is stored, nothing but choices is read."""

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.errors import HttpError
from pydantic import Field, StrictInt

from ratings.reading import current_rules
from ratings.scoring import BadChoices, score

router = Router()


class Choices(Schema):
    """Points chosen per criterion; an absent criterion counts 0. Whatever else is sent is not read."""

    choices: dict[str, StrictInt] = Field(max_length=200)


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


@router.post("/{code}/sets/{set_code}/score", response=ScoreOut, summary="Tính hạng sao từ các lựa chọn")
def score_choices(request: HttpRequest, code: str, set_code: str, given: Choices) -> ScoreOut:
    """404 for an unknown ruleset or set; 422 naming each choice that the criteria do not offer."""
    rules = current_rules(code)
    if rules is None or set_code not in rules.sets:
        raise HttpError(404, f"Không có bộ tiêu chí {set_code} của {code}.")
    try:
        result = score(given.choices, rules.sets[set_code], rules)
    except BadChoices as error:
        told = "; ".join(f"tiêu chí {c}: {fault}" for c, fault in error.faults.items())
        raise HttpError(422, f"Lựa chọn không hợp lệ: {told}.") from None
    return ScoreOut(
        parts=result.parts,
        total=result.total,
        band=result.band,
        stars=result.stars,
        unmet=[StepOut(**vars(step)) for step in result.unmet],
        next=[StepOut(**vars(step)) for step in result.next],
    )
