"""How a citizen's report moves: from which states, to which, by whom. One table; no ORM in it.

The office that holds a report (its commune, or the province) acts on it; the province may always act, since it
answers for the whole register.
"""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from ocop_portal.permissions import Permission


class State(models.TextChoices):
    """Where a report is. Stored: values outlive code and are never renamed."""

    RECEIVED = "received", _("mới nhận")
    CHECKING = "checking", _("đang xác minh")
    ANSWERED = "answered", _("đã trả lời")
    DUPLICATE = "duplicate", _("trùng phản ánh khác")
    SET_ASIDE = "set_aside", _("xếp riêng, không xử lý")


class Holder(models.TextChoices):
    """Whose turn it is."""

    COMMUNE = "commune", "cấp xã"
    PROVINCE = "province", "cấp tỉnh"


OPEN = (State.RECEIVED, State.CHECKING)
"""An answer is owed; the term runs."""
CLOSED = (State.ANSWERED, State.DUPLICATE, State.SET_ASIDE)
"""Nothing is owed; from here the days run after which the contact is erased."""
SHOWN_TO_PRODUCER = (State.CHECKING, State.ANSWERED)
"""The producer reads a report once an official has found it to be one: neither unread ones nor spam."""


@dataclass(frozen=True)
class Step:
    """One step: its words on a button, where it may start, where it leads (None: stays), the permission it takes."""

    label: str
    sources: tuple[State, ...]
    target: State | None = None
    permission: Permission = Permission.COMPLAINT_KEEP
    held_by: tuple[Holder, ...] = (Holder.COMMUNE, Holder.PROVINCE)
    needs_reason: bool = False


STEPS: dict[str, Step] = {
    "check": Step("Bắt đầu xác minh", (State.RECEIVED,), State.CHECKING),
    "answer": Step("Trả lời", (State.CHECKING,), State.ANSWERED),
    "identify": Step("Xác định sản phẩm", OPEN),
    "assign": Step("Giao người xử lý", OPEN),
    "forward": Step("Chuyển lên tỉnh", OPEN, held_by=(Holder.COMMUNE,), needs_reason=True),
    "hand-down": Step("Chuyển về xã", OPEN, held_by=(Holder.PROVINCE,), needs_reason=True),
    "duplicate": Step("Ghép vào phản ánh khác", OPEN, State.DUPLICATE),
    "set-aside": Step("Xếp riêng, không xử lý", OPEN, State.SET_ASIDE, needs_reason=True),
    "reopen": Step("Xác minh lại", CLOSED, State.CHECKING, needs_reason=True),
    "publish": Step("Công bố tóm tắt", (State.ANSWERED,)),
    "withdraw": Step("Thôi công bố", (State.ANSWERED,), needs_reason=True),
    "reply": Step("Trả lời phản ánh", SHOWN_TO_PRODUCER, permission=Permission.COMPLAINT_REPLY),
}


def possible(name: str, complaint: Any) -> bool:
    """Whether the step may start where the report is, whoever asks."""
    step = STEPS[name]
    return complaint.state in step.sources and complaint.holder in step.held_by
