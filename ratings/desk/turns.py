"""Whose turn it is in each state, in words, and the buttons that a user may press there."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import NoReverseMatch, reverse

from ocop_portal.permissions import Permission, Role, has_permission
from ocop_portal.workdays import WorkCalendar
from ratings.models import Dossier
from ratings.transitions import MOVES, State, moves_from


@dataclass(frozen=True)
class Turn:
    """Who acts in a state and what comes next. `roles` are those whose list shows it as waiting for them."""

    who: str
    next: str
    tone: str = "info"
    icon: str = "clock"
    roles: tuple[Role, ...] = ()


AGENCY = (Role.PROVINCE, Role.ADMIN)
PROVINCE = "Cơ quan OCOP cấp tỉnh"
TURNS: dict[str, Turn] = {
    State.DRAFT: Turn(
        "Chủ thể",
        "Điền mẫu 01, tự chấm mẫu 02, thêm minh chứng rồi nộp cho xã.",
        "quiet",
        "pencil",
        (Role.PRODUCER,),
    ),
    State.SUBMITTED: Turn(
        "UBND cấp xã",
        "Xã kiểm tra hồ sơ, ghi mẫu 03 rồi chuyển lên tỉnh hoặc trả lại.",
        roles=(Role.COMMUNE,),
    ),
    State.RETURNED: Turn(
        "Chủ thể", "Sửa theo lý do xã đã ghi rồi nộp lại.", "warn", "alert", (Role.PRODUCER,)
    ),
    State.FORWARDED: Turn(PROVINCE, "Tỉnh kiểm tra và tiếp nhận hồ sơ.", roles=AGENCY),
    State.SUPPLEMENT: Turn(
        "Chủ thể", "Bổ sung theo yêu cầu của tỉnh rồi nộp bổ sung.", "warn", "alert", (Role.PRODUCER,)
    ),
    State.RECEIVED: Turn("Tổ tư vấn", "Tổ tư vấn kiểm tra hồ sơ và cơ sở, rồi báo cáo.", roles=AGENCY),
    State.CHECKED: Turn(PROVINCE, "Tỉnh đưa hồ sơ vào một đợt đánh giá.", roles=AGENCY),
    State.ADMITTED: Turn(PROVINCE, "Chờ phiên họp của Hội đồng.", icon="calendar", roles=AGENCY),
    State.SCORING: Turn("Hội đồng", "Từng thành viên chấm điểm và ký phiếu.", roles=(Role.COUNCIL,)),
    State.PROPOSED: Turn(
        "Chủ tịch UBND tỉnh", "Chờ quyết định theo đề nghị của Hội đồng.", roles=(Role.SIGNATORY,)
    ),
    State.MINISTRY: Turn("Bộ", "Chờ kết quả đánh giá cấp trung ương.", roles=AGENCY),
    State.RECOGNISED: Turn("", "Sản phẩm đã có giấy chứng nhận.", "good", "award"),
    State.NOT_RECOGNISED: Turn("", "Hồ sơ đã kết thúc; có thể lập hồ sơ mới.", "bad", "x"),
    State.WITHDRAWN: Turn("", "Hồ sơ đã kết thúc; có thể lập hồ sơ mới.", "quiet", "x"),
    State.EXCLUDED: Turn("", "Hồ sơ đã kết thúc; có thể lập hồ sơ mới.", "bad", "x"),
}


def waiting_for(user: Any) -> list[str]:
    """The states in which the user's role is the one to act."""
    return [state for state, turn in TURNS.items() if user.role in turn.roles]


@dataclass(frozen=True)
class Due:
    """The commune's term: its last day, told with the working days left."""

    text: str
    late: bool


def due_of(dossier: Dossier, day: date, calendar: WorkCalendar) -> Due | None:
    """The term of a dossier that lies with the commune; None elsewhere."""
    last = dossier.commune_due_on
    if dossier.state != State.SUBMITTED or last is None:
        return None
    if day > last:
        over = max(1, calendar.between(last, day))
        return Due(f"Quá hạn {over} ngày làm việc (hạn {last:%d/%m/%Y})", late=True)
    left = calendar.between(day, last)
    told = f"còn {left} ngày làm việc" if left else "hôm nay là ngày cuối"
    return Due(f"Đến hết {last:%d/%m/%Y}, {told}", late=False)


@dataclass(frozen=True)
class Line:
    """A dossier as a list tells it."""

    dossier: Dossier
    turn: Turn
    due: Due | None

    @property
    def who(self) -> str:
        """Who acts, the commune by its name."""
        if self.dossier.state == State.SUBMITTED:
            return committee(self.dossier)
        return self.turn.who


def committee(dossier: Dossier) -> str:
    """`UBND xã Côn Minh`: the commune that receives the dossier."""
    name = dossier.unit.name
    return f"UBND {name[:1].lower()}{name[1:]}"


def line_of(dossier: Dossier, day: date, calendar: WorkCalendar) -> Line:
    return Line(dossier, TURNS[dossier.state], due_of(dossier, day, calendar))


@dataclass(frozen=True)
class Step:
    """A button: its words, where it leads, how it looks."""

    label: str
    url: str
    look: str = "secondary"
    icon: str = "arrow-right"


BACKWARDS = ("return", "ask_more", "withdraw", "exclude", "send_back", "refuse")
"""Steps that stop a dossier or send it back: shown after the others and less loudly."""
ICONS = {
    "submit": "upload",
    "resubmit": "upload",
    "receive": "check",
    "report": "file-text",
    "return": "chevron-left",
    "ask_more": "chevron-left",
    "withdraw": "x",
    "exclude": "x",
}


def steps_for(user: Any, dossier: Dossier, *, reviewed: bool) -> list[Step]:
    """The buttons of the steps that state and permission allow, the ones that lead on first."""
    names = [n for n, m in moves_from(dossier.state).items() if has_permission(user, m.permission)]
    found: list[Step] = []
    if "forward" in names:
        look = "secondary" if reviewed else "primary"
        label = "Sửa mẫu 03" if reviewed else "Kiểm tra và ghi mẫu 03"
        found.append(Step(label, reverse("desk:dossier-review", args=[dossier.pk]), look, "pencil"))
        if not reviewed:
            names.remove("forward")
    seen: set[str] = set()
    for name in sorted(names, key=lambda n: n in BACKWARDS):
        url = _address(name, dossier)
        if url and url not in seen:
            seen.add(url)
            look = "quiet" if name in BACKWARDS else "primary"
            label = "Kiểm tra và nộp" if name in ("submit", "resubmit") else _label(name)
            found.append(Step(label, url, look, ICONS.get(name, "arrow-right")))
    return sorted(found, key=lambda s: ("primary", "secondary", "quiet").index(s.look))


ELSEWHERE = {
    "admit": ("desk:rounds", False),
    "open_scoring": ("desk:round", True),
    **dict.fromkeys(
        ("propose", "send_back", "recognise", "refuse", "refer", "ministry_recognise", "ministry_below"),
        ("desk:result", False),
    ),
}
"""Steps taken in the rooms of rounds and results: (view, whether it is of the round)."""


def _label(name: str) -> str:
    """Several steps of the result share its page and one button."""
    if ELSEWHERE.get(name, ("",))[0] == "desk:result":
        return "Xem tổng hợp và kết quả"
    return MOVES[name].label


def _address(name: str, dossier: Dossier) -> str:
    """Where a step is taken; empty where no page of the desk takes it."""
    if name in ("submit", "resubmit"):
        return reverse("desk:dossier-submit", args=[dossier.pk])
    if name == "report":
        return reverse("desk:dossier-report", args=[dossier.pk])
    if name in ELSEWHERE:
        view, of_round = ELSEWHERE[name]
        args = [] if view == "desk:rounds" else [dossier.round_id if of_round else dossier.pk]
        try:
            return reverse(view, args=args)
        except NoReverseMatch:
            return ""
    return reverse("desk:dossier-step", args=[dossier.pk, name])


def may_write(user: Any, dossier: Dossier) -> bool:
    """Whether forms 01 and 02 and the evidence are open to this user now."""
    return dossier.editable and has_permission(user, Permission.DOSSIER_FILE)
