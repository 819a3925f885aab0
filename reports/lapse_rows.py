"""A row of the lapse desk in words: what ends and when, the filing window, notice and dossier, and what to do next."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from ocop_portal.permissions import Permission, has_permission
from products.catalogue import place_text, told_standing
from products.models import Certificate, NoticeLine
from products.models.notices import notice_due
from products.standing import EXPIRING_DAYS, Standing
from ratings.calendar import Window, filing_window
from ratings.models import Dossier

WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


@dataclass(frozen=True)
class Told:
    """A remark with its tone (good, warn, bad, info, quiet) and, where there is one, the page behind it."""

    text: str
    tone: str = "quiet"
    url: str = ""


@dataclass(frozen=True)
class LapseRow:
    """One certificate as the desk tells it on a day."""

    certificate: Certificate
    place: str
    status: str
    label: str
    ends: str
    days_left: int
    window: Told
    notice: Told
    dossier: Told
    next: Told | None


def lapse_row(certificate: Any, day: date, user: Any) -> LapseRow:
    """The row of a certificate that carries `told`, `renewal` and `follower`. No query after `with_product()`."""
    status, label = told_standing(certificate, day)
    return LapseRow(
        certificate=certificate,
        place=place_text(certificate.product.place, day),
        status=status,
        label=label,
        ends=_ends(certificate, day),
        days_left=(certificate.last_day - day).days,
        window=_window(certificate, day),
        notice=_notice(certificate, day),
        dossier=_dossier(certificate),
        next=_next(certificate, day, user),
    )


def long_day(day: date) -> str:
    """thứ Năm, 31/12/2026."""
    return f"{WEEKDAYS[day.weekday()]}, {day:%d/%m/%Y}"


def left(days: int) -> str:
    """Days ahead or gone by, in words."""
    if days == 0:
        return "hôm nay là ngày cuối"
    return f"còn {days} ngày" if days > 0 else f"đã qua {-days} ngày"


def _ends(c: Any, day: date) -> str:
    """What ends, on which day, how long still."""
    if c.revoked_on and c.revoked_on <= day:
        return f"Hạng {c.stars} sao bị thu hồi từ {c.revoked_on:%d/%m/%Y}"
    days = left((c.last_day - day).days)
    if c.extended_to:
        return f"Hạng {c.stars} sao in hạn {c.valid_to:%d/%m/%Y}, gia hạn đến hết {long_day(c.extended_to)}: {days}"
    word = "hết hạn sau" if c.valid_to >= day else "đã hết hạn sau"
    return f"Hạng {c.stars} sao {word} {long_day(c.valid_to)}: {days}"


def _window(c: Any, day: date) -> Told:
    """The filing window (domain §3.5): what may be filed still, or was in time."""
    if c.standing_on(day) in (Standing.REVOKED, Standing.REPLACED):
        return Told("không còn áp dụng")
    if c.follower:
        return Told("không cần: đã có giấy mới", "good")
    window = filing_window(c.valid_to)
    filed = c.renewal.filed_on if c.renewal and c.renewal.filed_on and c.renewal.filed_on <= day else None
    if filed:
        late = filed > window.last
        return Told(
            f"đã nộp {filed:%d/%m/%Y}{', sau hạn nộp' if late else ', trong hạn'}", "warn" if late else "good"
        )
    match window.on(day):
        case Window.EARLY:
            return Told(f"nhận hồ sơ từ {window.first:%d/%m/%Y} đến hết {window.last:%d/%m/%Y}")
        case Window.OPEN:
            return Told(f"đang nhận hồ sơ, đến hết {window.last:%d/%m/%Y}", "info")
        case Window.CLOSING:
            return Told(f"sắp đóng: {left((window.last - day).days)}, đến hết {window.last:%d/%m/%Y}", "warn")
        case Window.MISSED:
            return Told(f"đã quá hạn nộp từ sau {window.last:%d/%m/%Y}", "bad")
    return Told(f"đã đóng từ sau {window.last:%d/%m/%Y}")


def _notice(c: Any, day: date) -> Told:
    """Whether the producer was told in writing, and if not, until when that is in time."""
    if c.told:
        line: NoticeLine = c.told[0]
        notice, due = line.notice, notice_due(c.valid_to)
        url = f"{reverse('desk:notices')}?{urlencode({'lo': notice.batch})}"
        text = f"đã gửi {notice.sent_on:%d/%m/%Y}, số {notice.number}"
        if notice.sent_on <= due:
            return Told(f"{text}: đúng hạn", "good", url)
        return Told(f"{text}: muộn {(notice.sent_on - due).days} ngày", "warn", url)
    standing = c.standing_on(day)
    if standing in (Standing.REVOKED, Standing.REPLACED) or c.follower:
        return Told("không cần")
    due = notice_due(c.valid_to)
    if c.valid_to < day:
        return Told("không có thông báo", "bad")
    if due < day:
        return Told(f"chưa gửi, quá hạn {(day - due).days} ngày", "bad")
    if (c.valid_to - day).days <= EXPIRING_DAYS:
        return Told(f"chưa gửi: phải gửi chậm nhất {due:%d/%m/%Y} ({left((due - day).days)})", "warn")
    return Told(f"chưa đến lúc; chậm nhất {due:%d/%m/%Y}")


def _dossier(c: Any) -> Told:
    """The follow-up dossier that is open, and where it stands."""
    if c.renewal:
        dossier: Dossier = c.renewal
        # Of a day gone by it is only known that the dossier was open.
        state = "đang xử lý khi đó" if dossier.closed else dossier.get_state_display()
        text = f"{dossier.get_kind_display()}: {state}"
        return Told(text, "info", reverse("desk:dossier", args=[dossier.pk]))
    if c.follower:
        return Told(f"giấy mới {c.follower.stars} sao từ {c.follower.valid_from:%d/%m/%Y}", "good")
    return Told("chưa có hồ sơ")


def _next(c: Any, day: date, user: Any) -> Told | None:
    """The next thing to do about the certificate, as far as the user's role may; None where nothing is to be done."""
    standing = c.standing_on(day)
    if standing in (Standing.REVOKED, Standing.REPLACED) or c.follower:
        return None
    within = 0 <= (c.valid_to - day).days <= EXPIRING_DAYS
    if within and not c.told and has_permission(user, Permission.NOTICE_KEEP):
        return Told("Lập thông báo", url=f"{reverse('desk:notice-make')}?{urlencode({'certificate': c.pk})}")
    if c.renewal:
        return Told("Xem hồ sơ", url=reverse("desk:dossier", args=[c.renewal.pk]))
    if standing != Standing.IN_FORCE and has_permission(user, Permission.DOSSIER_FILE):
        query = urlencode({"producer": c.product.producer_id, "product": c.product_id})
        return Told("Lập hồ sơ", url=f"{reverse('desk:dossier-start')}?{query}")
    return None


HEADER = (
    "Mã sản phẩm",
    "Tên sản phẩm",
    "Chủ thể",
    "Điện thoại",
    "Nơi sản xuất",
    "Bộ sản phẩm",
    "Hạng sao",
    "Số giấy chứng nhận",
    "Hạn in trên giấy",
    "Gia hạn đến hết ngày",
    "Số ngày còn lại",
    "Tình trạng",
    "Nộp hồ sơ phân hạng lại",
    "Thông báo bằng văn bản",
    "Hồ sơ",
    "Ghi chú",
)


def export_rows(rows: list[LapseRow]) -> Iterator[list[Any]]:
    """The rows under `HEADER`."""
    for row in rows:
        c, product = row.certificate, row.certificate.product
        yield [
            product.code,
            product.name,
            product.producer.name,
            product.producer.phone,
            row.place,
            product.group.name,
            c.stars,
            c.number,
            c.valid_to,
            c.extended_to,
            row.days_left,
            row.label,
            row.window.text,
            row.notice.text,
            row.dossier.text,
            "Dữ liệu minh họa" if product.made_up else "",
        ]
