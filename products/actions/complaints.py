"""Writes on citizens' reports: taking one in, its steps at the desk, the producer's reply, what is published of it."""

import io
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction

from ocop_portal.clock import today
from ocop_portal.db import constraints_in_words
from ocop_portal.history import acting
from ocop_portal.images import WIDTHS, Photo
from ocop_portal.models import AdministrativeUnit, User
from ocop_portal.permissions import has_permission
from ocop_portal.workdays import work_calendar
from products.complaint_steps import STEPS, Holder, State, possible
from products.models import Complaint, Product, PublishedComplaint

LONGEST_TIMES = 4
"""A contact is kept at most this many times the days after closing, whatever became of the report."""


def may_act(user: Any, name: str, complaint: Complaint) -> bool:
    """Whether the user may take the step: the permission, and for a commune that the report lies with it and no other.

    Scope is asked elsewhere; whether the step may start in the report's state is `possible`.
    """
    step = STEPS[name]
    if not has_permission(user, step.permission):
        return False
    own = step.permission != STEPS["check"].permission
    if own or user.sees_whole_territory:
        return True
    held = complaint.holder == Holder.COMMUNE and complaint.unit_id is not None
    return held and complaint.unit_id in (user.unit_id, user.unit and user.unit.current_id)


@transaction.atomic
def receive_complaint(
    *, product: Product | None, photo: Photo | None = None, by: Any, **sent: Any
) -> Complaint:
    """Take in a report as a citizen sent it; `by` is None. It goes to the commune of the product, else to the province.

    `sent`: kind, seen, pack, where_bought, bought_on, contact_phone, contact_email. Raises ValidationError.
    """
    day, unit = today(), _commune_of(product)
    complaint = Complaint(
        product=product,
        unit=unit,
        holder=Holder.COMMUNE if unit else Holder.PROVINCE,
        received_on=day,
        state_since=day,
        due_on=work_calendar().after(day, settings.COMPLAINT_ANSWER_DAYS),
        **sent,
    )
    if photo:
        complaint.photo = ContentFile(_jpeg(photo), name="anh.jpg")
    complaint.full_clean()
    with acting("receive_complaint", by=by), constraints_in_words(Complaint):
        complaint.save()
    return complaint


def _commune_of(product: Product | None) -> AdministrativeUnit | None:
    """The commune of today in which the product is made; None where it is known less closely."""
    place = product and (product.place.current or product.place)
    if not place or place.level != AdministrativeUnit.Level.COMMUNE or not place.stands_on(today()):
        return None
    return place


def _jpeg(photo: Photo) -> bytes:
    """The pixels alone, no larger than an official needs."""
    image, out = photo.image.copy(), io.BytesIO()
    image.thumbnail((WIDTHS[-1], WIDTHS[-1]))
    image.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()


def _locked(complaint: Complaint, name: str) -> Complaint:
    """The report as it is now, its row held. Raises ValidationError where the step does not start from there."""
    found = Complaint.objects.select_for_update(of=("self",), no_key=True).get(pk=complaint.pk)
    if not possible(name, found):
        told = f"{found.get_state_display()}, do {found.get_holder_display()} xử lý"
        raise ValidationError(f"Phản ánh đang ở trạng thái “{told}” nên không làm bước này được.")
    return found


def _reasoned(reason: str) -> str:
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do."})
    return reason.strip()


def _save(complaint: Complaint, name: str, *, by: Any, reason: str = "") -> Complaint:
    """Keep the step, with its new state if it has one."""
    if target := STEPS[name].target:
        complaint.state, complaint.state_since, complaint.state_reason = target, today(), reason
    verb = f"complaint_{name.replace('-', '_')}"
    with acting(verb, by=by, reason=reason), constraints_in_words(Complaint):
        complaint.save()
    return complaint


@transaction.atomic
def start_checking(*, complaint: Complaint, by: Any) -> Complaint:
    """An official has read it: it is a report. From here its producer reads it, without the contact."""
    found = _locked(complaint, "check")
    if found.assignee is None:
        found.assignee = by
    return _save(found, "check", by=by)


@transaction.atomic
def answer_complaint(*, complaint: Complaint, outcome: str, answer: str, by: Any) -> Complaint:
    """Answer the citizen: what came out and what was done. Raises ValidationError at the field in fault."""
    found = _locked(complaint, "answer")
    if outcome not in Complaint.Outcome.values:
        raise ValidationError({"outcome": "Hãy chọn kết quả xác minh."})
    if not answer.strip():
        raise ValidationError({"answer": "Hãy viết lời trả lời cho người dân."})
    found.outcome, found.answer, found.answered_on = outcome, answer.strip(), today()
    return _save(found, "answer", by=by)


@transaction.atomic
def identify_product(*, complaint: Complaint, product: Product, by: Any) -> Complaint:
    """Say of which product a report speaks that came without one; it then goes by that product's commune."""
    found = _locked(complaint, "identify")
    if not found.pack:
        raise ValidationError("Người gửi đã chọn sản phẩm nên không đổi được. Hãy nêu trong lời trả lời.")
    found.product, found.unit = product, _commune_of(product) or found.unit
    return _save(found, "identify", by=by)


@transaction.atomic
def assign_complaint(*, complaint: Complaint, assignee: User, by: Any) -> Complaint:
    """Give the report to one official."""
    found = _locked(complaint, "assign")
    found.assignee = assignee
    return _save(found, "assign", by=by)


@transaction.atomic
def forward_complaint(*, complaint: Complaint, reason: str, by: Any) -> Complaint:
    """From the commune up to the province."""
    found, reason = _locked(complaint, "forward"), _reasoned(reason)
    found.holder, found.assignee = Holder.PROVINCE, None
    return _save(found, "forward", by=by, reason=reason)


@transaction.atomic
def hand_down_complaint(
    *, complaint: Complaint, reason: str, by: Any, unit: AdministrativeUnit | None = None
) -> Complaint:
    """From the province to a commune of today: the product's own, or the one named. Raises ValidationError."""
    found, reason = _locked(complaint, "hand-down"), _reasoned(reason)
    unit = unit or found.unit
    if unit is None or unit.level != AdministrativeUnit.Level.COMMUNE or not unit.stands_on(today()):
        raise ValidationError({"unit": "Hãy chọn một xã, phường hiện nay."})
    found.unit, found.holder, found.assignee = unit, Holder.COMMUNE, None
    return _save(found, "hand-down", by=by, reason=reason)


@transaction.atomic
def link_duplicate(*, complaint: Complaint, original: Complaint, by: Any) -> Complaint:
    """Close a report as one that says what another one says; its sender reads that one's answer."""
    found = _locked(complaint, "duplicate")
    original = Complaint.objects.select_for_update(of=("self",), no_key=True).get(pk=original.pk)
    if original.pk == found.pk or original.state in (State.DUPLICATE, State.SET_ASIDE):
        raise ValidationError({"original": "Hãy chọn một phản ánh khác đang được xử lý hoặc đã trả lời."})
    if found.duplicates.exists():
        raise ValidationError("Đã có phản ánh khác ghép vào phản ánh này: hãy ghép theo chiều ngược lại.")
    found.duplicate_of = original
    return _save(found, "duplicate", by=by)


@transaction.atomic
def set_aside(*, complaint: Complaint, reason: str, by: Any) -> Complaint:
    """Spam and the like: kept, with the reason, and not dealt with."""
    found = _locked(complaint, "set-aside")
    if found.duplicates.exists():
        raise ValidationError(
            "Đã có phản ánh khác ghép vào phản ánh này, nên phải trả lời chứ không xếp riêng được."
        )
    return _save(found, "set-aside", by=by, reason=_reasoned(reason))


@transaction.atomic
def reopen_complaint(*, complaint: Complaint, reason: str, by: Any) -> Complaint:
    """Check again what was closed; an answer given before stays in the trail, and nothing stays published of it."""
    found, reason = _locked(complaint, "reopen"), _reasoned(reason)
    _withdraw(found, f"Đang xác minh lại: {reason}", by)
    found.outcome, found.answer, found.answered_on, found.duplicate_of = "", "", None, None
    found.due_on = work_calendar().after(today(), settings.COMPLAINT_ANSWER_DAYS)
    return _save(found, "reopen", by=by, reason=reason)


@transaction.atomic
def reply_complaint(*, complaint: Complaint, reply: str, by: Any) -> Complaint:
    """The producer's word. It is published once an official releases it with the summary, each new wording anew."""
    found = _locked(complaint, "reply")
    if not reply.strip():
        raise ValidationError({"reply": "Hãy viết lời trả lời."})
    found.reply, found.replied_on = reply.strip(), today()
    return _save(found, "reply", by=by)


@transaction.atomic
def publish_complaint(*, complaint: Complaint, summary: str, by: Any) -> PublishedComplaint:
    """Release an official's summary of an answered report, and the producer's reply as it reads now."""
    found = _locked(complaint, "publish")
    if found.product is None:
        raise ValidationError("Chưa xác định được sản phẩm nên chưa có trang nào để công bố.")
    shown = PublishedComplaint.objects.filter(complaint=found).first() or PublishedComplaint(complaint=found)
    shown.product, shown.summary = found.product, summary.strip()
    shown.reply, shown.replied_on = found.reply, found.replied_on
    shown.released_on, shown.withdrawn_on, shown.withdrawn_because = today(), None, ""
    shown.full_clean()
    with acting("complaint_publish", by=by), constraints_in_words(PublishedComplaint):
        shown.save()
    return shown


@transaction.atomic
def withdraw_complaint(*, complaint: Complaint, reason: str, by: Any) -> None:
    """Stop publishing. Raises ValidationError where nothing is published."""
    found = _locked(complaint, "withdraw")
    if not _withdraw(found, _reasoned(reason), by):
        raise ValidationError("Phản ánh này chưa được công bố.")


def _withdraw(complaint: Complaint, reason: str, by: Any) -> bool:
    shown = PublishedComplaint.objects.filter(complaint=complaint, withdrawn_on=None).first()
    if shown is None:
        return False
    shown.withdrawn_on, shown.withdrawn_because = today(), reason[:300]
    with acting("complaint_withdraw", by=by, reason=reason):
        shown.save()
    return True


def contacts_to_erase(day: date) -> Any:
    """The reports whose contact has served on the day, by `COMPLAINT_CONTACT_DAYS`."""
    days = settings.COMPLAINT_CONTACT_DAYS
    return Complaint.objects.to_erase(day, days, days * LONGEST_TIMES)


@transaction.atomic
def erase_complaint_contacts(*, by: Any = None) -> int:
    """Erase them. Repeatable: returns how many were erased this time."""
    with acting("erase_complaint_contacts", by=by):
        return contacts_to_erase(today()).update(
            contact_phone="", contact_email="", contact_erased_on=today()
        )


__all__ = [
    "answer_complaint",
    "assign_complaint",
    "contacts_to_erase",
    "erase_complaint_contacts",
    "forward_complaint",
    "hand_down_complaint",
    "identify_product",
    "link_duplicate",
    "may_act",
    "publish_complaint",
    "receive_complaint",
    "reopen_complaint",
    "reply_complaint",
    "set_aside",
    "start_checking",
    "withdraw_complaint",
]
