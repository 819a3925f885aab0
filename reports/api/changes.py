"""What changed since a revision: each record once, with its address, so that a copy of the register stays whole."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from ocop_portal.api.cursors import next_address, sliced
from ocop_portal.api.fields import told
from ocop_portal.api.problems import Refused
from ocop_portal.models import AdministrativeUnit, RegisterChange, RegisterRevision
from producers.models import PointOfSale, Producer
from products.models import Certificate, Decision, Product, ProductGroup
from ratings.models import Ruleset
from reports.api.common import BIGGEST_KEY, BeginAnew, Page, Paging, refusals, site
from reports.open_data.rows.decisions import resting
from reports.open_data.rows.units import of_register

router = Router(tags=["Thay đổi"])

Addressed = dict[int, tuple[str, str]]
"""{key in the database: (public key, path under the API)} of records that are public."""


def _products(keys: Iterable[int]) -> Addressed:
    found = Product.objects.filter(pk__in=keys, certificates__isnull=False).order_by()
    return {pk: (code, f"products/{code}") for pk, code in found.values_list("pk", "code")}


def _producers(keys: Iterable[int]) -> Addressed:
    found = Producer.objects.filter(pk__in=keys, products__certificates__isnull=False).order_by()
    return {pk: (str(pk), f"producers/{pk}") for pk in found.values_list("pk", flat=True)}


def _certificates(keys: Iterable[int]) -> Addressed:
    found = Certificate.objects.filter(pk__in=keys).order_by().values_list("pk", "public_id")
    return {pk: (public_id, f"certificates/{public_id}") for pk, public_id in found}


def _decisions(keys: Iterable[int]) -> Addressed:
    found = Decision.objects.filter(resting(Certificate.objects.all()), pk__in=keys).order_by()
    return {pk: (str(pk), f"decisions/{pk}") for pk in found.values_list("pk", flat=True)}


def _units(keys: Iterable[int]) -> Addressed:
    found: Iterable[AdministrativeUnit] = of_register().filter(pk__in=keys).order_by()
    return {unit.pk: (unit.reference, f"units/{unit.reference}") for unit in found}


def _groups(keys: Iterable[int]) -> Addressed:
    found = ProductGroup.objects.filter(pk__in=keys).order_by().values_list("pk", "code")
    return {pk: (code, "groups") for pk, code in found}


def _points(keys: Iterable[int]) -> Addressed:
    found = PointOfSale.objects.filter(pk__in=keys).order_by().values_list("pk", flat=True)
    return {pk: (str(pk), "points-of-sale") for pk in found}


def _rulesets(keys: Iterable[int]) -> Addressed:
    found = Ruleset.objects.filter(pk__in=keys).order_by().values_list("pk", "code")
    return {pk: (code, f"rulesets/{code}") for pk, code in found}


KINDS: dict[str, tuple[str, Callable[[Iterable[int]], Addressed]]] = {
    "product": ("sản phẩm, kể cả ảnh, quy cách, kênh bán, giấy chứng nhận của nó", _products),
    "certificate": ("giấy chứng nhận", _certificates),
    "producer": ("chủ thể", _producers),
    "decision": ("quyết định", _decisions),
    "unit": ("đơn vị hành chính", _units),
    "group": ("bộ sản phẩm", _groups),
    "point_of_sale": ("điểm bán", _points),
    "ruleset": ("bộ quy tắc đánh giá", _rulesets),
}


class ChangeQuery(Paging):
    since: int | None = Field(
        None,
        ge=0,
        le=BIGGEST_KEY,
        description="Phiên bản đã biết. Bỏ trống: chỉ hỏi phiên bản hiện nay để bắt đầu.",
    )


class ChangeOut(Schema):
    """A record that changed."""

    kind: str = told(
        "Loại", "ocop_portal_registerchange.kind", values=[(k, w) for k, (w, _) in KINDS.items()]
    )
    key: str = Field(title="Khóa công khai", description="Mã, mã tra cứu hoặc số, tùy loại.")
    url: str = Field(title="Địa chỉ để lấy lại")
    revision: int = Field(title="Phiên bản của lần thay đổi mới nhất")
    at: datetime = Field(title="Lúc thay đổi")


class Changes(Page):
    """A page of changes. Fetch `next` while there is one, then ask `later` another time."""

    revision: int = Field(title="Phiên bản hiện nay")
    changed_at: datetime = Field(title="Lúc sổ bộ thay đổi lần cuối")
    since: int = Field(title="Phiên bản đã hỏi")
    results: list[ChangeOut]
    later: str | None = Field(
        title="Lần hỏi sau", description="Địa chỉ để hỏi lần sau; null khi còn trang sau (next)."
    )


@router.get(
    "",
    response={200: Changes, 410: BeginAnew, **refusals(400)},
    url_name="changes",
    operation_id="listChanges",
    summary="Thay đổi từ một phiên bản",
)
def changes(request: HttpRequest, asked: Query[ChangeQuery]) -> dict[str, Any]:
    """Mỗi bản ghi công khai đã thay đổi sau phiên bản “since”, một lần, với địa chỉ để lấy lại; cũ trước.

    Bắt đầu: hỏi không có since để biết phiên bản, tải toàn bộ, rồi hỏi từ phiên bản đó. Không sót thay đổi nào,
    và không thay đổi nào hiện ra trước khi được lưu xong. Nhật ký không bị cắt; riêng sau khi khôi phục bản sao
    lưu, phiên bản cũ được trả lời 410 và phải tải lại từ đầu.
    """
    now = RegisterRevision.objects.get()
    place = site(request)
    address = place.api("changes")
    since = now.number if asked.since is None else asked.since
    if not now.whole_from <= since <= now.number:
        raise Refused(
            410,
            f"Nhật ký thay đổi không nối được từ phiên bản {since}: hãy tải lại toàn bộ, rồi hỏi từ phiên bản "
            f"{now.number}.",
            revision=now.number,
            begin=address,
        )
    log = RegisterChange.objects.filter(revision__gt=since, revision__lte=now.number)
    again = RegisterChange.objects.filter(
        kind=OuterRef("kind"),
        object_id=OuterRef("object_id"),
        revision__gt=OuterRef("revision"),
        revision__lte=now.number,
    )
    page = sliced(
        request, log.exclude(Exists(again)), ["revision", "kind", "object_id"], asked.limit, asked.cursor
    )
    following = next_address(request, page.next)
    return {
        "revision": now.number,
        "changed_at": now.raised_at,
        "since": since,
        "results": _addressed(page.rows, place.api("")),
        "next": following,
        "later": None if following else f"{address}?since={now.number}",
    }


def _addressed(rows: list[RegisterChange], base: str) -> list[dict[str, Any]]:
    """The changes of public records. One query a kind; what was never public is left out."""
    found = {
        kind: find(keys)
        for kind, (_, find) in KINDS.items()
        if (keys := [row.object_id for row in rows if row.kind == kind])
    }
    told_rows = []
    for row in rows:
        if known := found.get(row.kind, {}).get(row.object_id):
            key, path = known
            told_rows.append(
                {"kind": row.kind, "key": key, "url": base + path, "revision": row.revision, "at": row.at}
            )
    return told_rows
