"""Writes on campaigns, promotions, points of sale and who takes part in them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction

from ocop_portal.db import constraints_in_words
from ocop_portal.history import acting
from producers.involvement import INVOLVEMENTS, Involvement, Joining
from producers.models import Campaign, PointOfSale, Promotion

Record = TypeVar("Record", bound=models.Model)
MOST_AT_ONCE = 200
"""Producers entered by one sending; more than any page offers."""


@transaction.atomic
def save_campaign(*, campaign: Campaign, joining: Sequence[Joining] = (), by: Any) -> Campaign:
    """Add a campaign, with producers taken over from an earlier one, or keep what was changed of it.

    Raises ValidationError at the field in fault.
    """
    return _save(campaign, "save_campaign", joining, by)


@transaction.atomic
def save_promotion(*, promotion: Promotion, joining: Sequence[Joining] = (), by: Any) -> Promotion:
    """As `save_campaign`, of a fair or another event."""
    return _save(promotion, "save_promotion", joining, by)


@transaction.atomic
def save_point_of_sale(*, point: PointOfSale, by: Any) -> PointOfSale:
    """Add a point of sale or keep what was changed of it. Raises ValidationError at the field in fault."""
    return _save(point, "save_point_of_sale", (), by)


def _save(record: Record, verb: str, joining: Sequence[Joining], by: Any) -> Record:
    record.full_clean()
    with acting(verb, by=by), constraints_in_words(type(record)):
        record.save()
        _enter(INVOLVEMENTS[type(record)], record, joining)
    return record


@transaction.atomic
def close_point_of_sale(*, point: PointOfSale, closed_on: date, by: Any) -> PointOfSale:
    """Write down from which day a point is shut; who sold there stays on record.

    Raises ValidationError where it is closed already, or the day lies before it opened.
    """
    point = PointOfSale.objects.select_for_update().get(pk=point.pk)
    if point.closed_on:
        raise ValidationError(f"Điểm bán này đã đóng từ ngày {point.closed_on:%d/%m/%Y}.")
    if closed_on <= point.opened_on:
        raise ValidationError(
            {
                "closed_on": f"Ngày đóng phải sau ngày mở, {point.opened_on:%d/%m/%Y}. Nếu ghi nhầm, hãy sửa điểm bán."
            }
        )
    point.closed_on = closed_on
    with acting("close_point_of_sale", by=by), constraints_in_words(PointOfSale):
        point.save()
    return point


@transaction.atomic
def add_participants(*, whole: models.Model, joining: Sequence[Joining], by: Any) -> int:
    """Enter producers in a campaign, a promotion or a point of sale; returns how many. All of them or none.

    Raises ValidationError where one of them is there already, a figure makes no sense, or the list is shut.
    """
    involvement = _opened(whole)
    if not joining:
        raise ValidationError("Chưa chọn chủ thể nào. Hãy đánh dấu ít nhất một chủ thể.")
    if len(joining) > MOST_AT_ONCE:
        raise ValidationError(f"Mỗi lần chỉ thêm được {MOST_AT_ONCE} chủ thể.")
    wanted = [line.producer.pk for line in joining]
    there = involvement.parts(whole).filter(producer__in=wanted)
    if names := [part.producer.name for part in there]:
        raise ValidationError(f"Đã có trong danh sách: {', '.join(names)}. Hãy bỏ dấu chọn rồi gửi lại.")
    with acting("add_participants", by=by), constraints_in_words(involvement.part):
        _enter(involvement, whole, joining)
    return len(joining)


@transaction.atomic
def change_participants(
    *, whole: models.Model, figures: Mapping[int, Mapping[str, Any]], removed: Sequence[int] = (), by: Any
) -> tuple[int, int]:
    """Correct the figures of parts ({part: {name: value}}) and take parts away; returns (changed, taken away).

    What is taken away stays in the trail. Raises ValidationError where a figure makes no sense or the list is shut.
    """
    involvement = _opened(whole)
    parts = {part.pk: part for part in involvement.parts(whole).filter(pk__in={*figures, *removed})}
    gone = [parts.pop(key) for key in removed if key in parts]
    changed = 0
    with acting("change_participants", by=by), constraints_in_words(involvement.part):
        for part in gone:
            part.delete()
        for key, part in parts.items():
            new = figures.get(key, {})
            if any(getattr(part, name) != value for name, value in new.items()):
                for name, value in new.items():
                    setattr(part, name, value)
                _save_part(part)
                changed += 1
    return changed, len(gone)


def ensure_open(whole: models.Model) -> None:
    """Raises ValidationError, in a sentence, where nothing is entered any more: called off, or shut."""
    if getattr(whole, "cancelled_reason", ""):
        raise ValidationError("Đã hủy nên danh sách chủ thể không sửa được nữa.")
    if getattr(whole, "closed_on", None):
        raise ValidationError("Điểm bán đã đóng nên danh sách chủ thể được giữ nguyên.")


def _opened(whole: models.Model) -> Involvement:
    """How producers take part in the whole, whose row is held until the end of the transaction."""
    ensure_open(type(whole)._default_manager.select_for_update().get(pk=whole.pk))
    return INVOLVEMENTS[type(whole)]


def _enter(involvement: Involvement, whole: models.Model, joining: Sequence[Joining]) -> None:
    for line in joining:
        _save_part(involvement.part(**{involvement.field: whole}, producer=line.producer, **line.figures))


def _save_part(part: Any) -> None:
    try:
        part.full_clean()
    except ValidationError as error:
        raise ValidationError([f"{part.producer.name}: {sentence}" for sentence in error.messages]) from error
    part.save()
