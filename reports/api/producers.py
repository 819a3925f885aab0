"""Producers: who makes what stands in the register."""

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Query, Router
from pydantic import Field

from ocop_portal.api.cursors import next_address, sliced
from ocop_portal.api.fields import AS_OF, Day, OneOf, or_today
from ocop_portal.api.problems import Refused
from ocop_portal.territory import Territory
from producers.models import Producer
from reports.api.common import (
    FOUND,
    LISTED,
    AsOf,
    Key,
    Page,
    Paging,
    Text,
    UnitKey,
    places_of,
    site,
)
from reports.open_data.rows.producers import ProducerRow, counted, listed, producer_row

router = Router(tags=["Chủ thể"])
Form = Annotated[str, OneOf(tuple(Producer.LegalForm.choices))]


class ProducerQuery(Paging):
    q: Text | None = Field(None, description="Từ trong tên, có dấu hay không dấu đều được.")
    legal_form: Form | None = Field(None, description="Loại hình.")
    district: UnitKey | None = Field(None, description="Mã huyện, thành phố trước 1/7/2025.")
    commune: UnitKey | None = Field(None, description="Mã xã, phường.")
    as_of: Day = AS_OF


class ProducerPage(Page):
    as_of: date = Field(title="Ngày xem")
    results: list[ProducerRow]


class ProducerOut(ProducerRow):
    as_of: date = Field(title="Ngày xem")
    products_url: str = Field(title="Sản phẩm của chủ thể")


@router.get(
    "",
    response={200: ProducerPage, **LISTED},
    url_name="producers",
    operation_id="listProducers",
    summary="Danh sách chủ thể",
)
def producers(request: HttpRequest, asked: Query[ProducerQuery]) -> dict[str, Any]:
    """Chủ thể có sản phẩm trong sổ bộ công khai vào ngày xem. Liên hệ của hộ chỉ có khi đã đồng ý công khai."""
    day = or_today(asked.as_of)
    found = listed(day).search(asked.q or "")  # type: ignore[attr-defined]
    if asked.legal_form:
        found = found.filter(legal_form=asked.legal_form)
    places = places_of(Territory(day), asked.district, asked.commune)
    if places is not None:
        found = found.filter(place__in=places)
    page = sliced(request, found, ["name_key", "pk"], asked.limit, asked.cursor)
    counts = counted(day, [producer.pk for producer in page.rows])
    return {
        "as_of": day,
        "results": [producer_row(producer, counts, site(request)) for producer in page.rows],
        "next": next_address(request, page.next),
    }


@router.get(
    "/{id}",
    response={200: ProducerOut, **FOUND},
    url_name="producer",
    operation_id="getProducer",
    summary="Một chủ thể",
)
def producer(request: HttpRequest, id: Path[Key], asked: Query[AsOf]) -> dict[str, Any]:
    """Chủ thể mang số này. Chủ thể chưa có sản phẩm nào được công nhận thì không có trong sổ bộ công khai."""
    day = or_today(asked.as_of)
    known = Producer.objects.filter(pk=id, products__certificates__isnull=False)
    found = known.with_place().first()  # type: ignore[attr-defined]
    if found is None:
        raise Refused(404, f"Không có chủ thể số {id} trong sổ bộ công khai.")
    place = site(request)
    row = producer_row(found, counted(day, [found.pk]), place)
    return {**row, "as_of": day, "products_url": place.api(f"products?producer={found.pk}&status=all")}
