"""How a dossier moves: from which states, to which, by whose permission. One table; no ORM in it.

The steps are those of decision 26/2026/QĐ-TTg (domain §3): producer → commune → province → council → decision.
"""

from dataclasses import dataclass

from django.db import models

from ocop_portal.permissions import Permission


class State(models.TextChoices):
    """Where a dossier is. Stored: values outlive code and are never renamed."""

    DRAFT = "draft", "đang soạn"
    SUBMITTED = "submitted", "chờ xã kiểm tra"
    RETURNED = "returned", "xã trả lại để hoàn thiện"
    FORWARDED = "forwarded", "đã chuyển lên tỉnh"
    SUPPLEMENT = "supplement", "tỉnh yêu cầu bổ sung"
    RECEIVED = "received", "tỉnh đã tiếp nhận"
    CHECKED = "checked", "Tổ tư vấn đã báo cáo"
    ADMITTED = "admitted", "đã đưa vào đợt"
    SCORING = "scoring", "Hội đồng đang chấm"
    PROPOSED = "proposed", "Hội đồng đã đề nghị"
    MINISTRY = "ministry", "đã trình Bộ"
    RECOGNISED = "recognised", "được công nhận"
    NOT_RECOGNISED = "not_recognised", "không được công nhận"
    WITHDRAWN = "withdrawn", "chủ thể đã rút"
    EXCLUDED = "excluded", "bị loại"


CLOSED = (State.RECOGNISED, State.NOT_RECOGNISED, State.WITHDRAWN, State.EXCLUDED)
"""Nothing of such a dossier changes any more; the product may file another one."""
OPEN = tuple(s for s in State if s not in CLOSED)
EDITABLE = (State.DRAFT, State.RETURNED, State.SUPPLEMENT)
"""The producer (or an official for it) writes forms 01 and 02 and adds evidence."""
IN_ROUND = (
    State.ADMITTED,
    State.SCORING,
    State.PROPOSED,
    State.MINISTRY,
    State.RECOGNISED,
    State.NOT_RECOGNISED,
)
"""The dossier belongs to a round."""
REASONED = (State.RETURNED, State.SUPPLEMENT, State.NOT_RECOGNISED, State.WITHDRAWN, State.EXCLUDED)
"""States that are never entered without a reason that the producer reads."""


@dataclass(frozen=True)
class Move:
    """One step: its words on a button, where it may start, where it leads, and the permission it takes."""

    label: str
    sources: tuple[State, ...]
    target: State
    permission: Permission
    needs_reason: bool = False


MOVES: dict[str, Move] = {
    "submit": Move("Nộp hồ sơ", (State.DRAFT, State.RETURNED), State.SUBMITTED, Permission.DOSSIER_FILE),
    "resubmit": Move("Nộp bổ sung", (State.SUPPLEMENT,), State.FORWARDED, Permission.DOSSIER_FILE),
    "return": Move(
        "Trả lại để hoàn thiện",
        (State.SUBMITTED,),
        State.RETURNED,
        Permission.DOSSIER_CHECK,
        needs_reason=True,
    ),
    "forward": Move("Chuyển lên tỉnh", (State.SUBMITTED,), State.FORWARDED, Permission.DOSSIER_CHECK),
    "receive": Move("Tiếp nhận", (State.FORWARDED,), State.RECEIVED, Permission.DOSSIER_INTAKE),
    "ask_more": Move(
        "Yêu cầu bổ sung",
        (State.FORWARDED, State.RECEIVED, State.CHECKED),
        State.SUPPLEMENT,
        Permission.DOSSIER_INTAKE,
        needs_reason=True,
    ),
    "report": Move("Ghi báo cáo của Tổ tư vấn", (State.RECEIVED,), State.CHECKED, Permission.DOSSIER_INTAKE),
    "admit": Move("Đưa vào đợt đánh giá", (State.CHECKED,), State.ADMITTED, Permission.ROUND_KEEP),
    "open_scoring": Move("Mở chấm điểm", (State.ADMITTED,), State.SCORING, Permission.ROUND_KEEP),
    "propose": Move("Tổng hợp và đề nghị", (State.SCORING,), State.PROPOSED, Permission.RESULT_KEEP),
    "send_back": Move(
        "Trả lại Hội đồng", (State.PROPOSED,), State.SCORING, Permission.DECISION_SIGN, needs_reason=True
    ),
    "recognise": Move("Công nhận", (State.PROPOSED,), State.RECOGNISED, Permission.DECISION_SIGN),
    "refuse": Move(
        "Không công nhận",
        (State.PROPOSED,),
        State.NOT_RECOGNISED,
        Permission.DECISION_SIGN,
        needs_reason=True,
    ),
    "refer": Move("Trình Bộ", (State.PROPOSED,), State.MINISTRY, Permission.DECISION_SIGN),
    "ministry_recognise": Move(
        "Ghi kết quả của Bộ: 5 sao", (State.MINISTRY,), State.RECOGNISED, Permission.RESULT_KEEP
    ),
    "ministry_below": Move(
        "Ghi kết quả của Bộ: dưới 5 sao", (State.MINISTRY,), State.PROPOSED, Permission.RESULT_KEEP
    ),
    "withdraw": Move(
        "Rút hồ sơ",
        tuple(s for s in OPEN if s not in (State.PROPOSED, State.MINISTRY)),
        State.WITHDRAWN,
        Permission.DOSSIER_FILE,
        needs_reason=True,
    ),
    "exclude": Move(
        "Loại hồ sơ",
        (State.FORWARDED, State.RECEIVED, State.CHECKED, State.ADMITTED, State.SCORING),
        State.EXCLUDED,
        Permission.DOSSIER_INTAKE,
        needs_reason=True,
    ),
}


def moves_from(state: str) -> dict[str, Move]:
    """The steps that start in a state, whoever may take them."""
    return {name: move for name, move in MOVES.items() if state in move.sources}
