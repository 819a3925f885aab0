"""What the catalogue lists, and when it stops: one small register per rule."""

from datetime import date, timedelta

import pytest
from django.http import QueryDict

from products.models import ExportMarket, ProductMark, RawMaterialArea, SalesChannel
from products.reading import Reading
from tests.factories import CertificateFactory, DecisionFactory, ProductFactory
from tests.products.lists import csv_codes, json_rows, page_codes, xlsx_codes
from tests.products.registers import TODAY

pytestmark = pytest.mark.django_db


def test_what_a_reader_types_is_escaped(client):
    html = client.get("/san-pham/", {"q": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>alert" not in html


def test_list_facets_and_exports_change_the_day_after_the_end_with_no_job(client, settings):
    certificate = CertificateFactory(decision=DecisionFactory(signed_on=date(2023, 9, 1)))
    end = certificate.valid_to
    code = certificate.product.code
    settings.TODAY = end
    assert page_codes(client, "")[0] == csv_codes(client, "") == xlsx_codes(client, "") == [code]
    assert json_rows(client, "")["results"][0]["status"] == "expiring"
    settings.TODAY = end + timedelta(days=1)
    assert page_codes(client, "") == ([], 0)
    assert csv_codes(client, "") == xlsx_codes(client, "") == json_rows(client, "")["results"] == []
    assert page_codes(client, "status=expired")[0] == [code]
    assert json_rows(client, "status=expired")["results"][0]["status"] == "expired"
    assert page_codes(client, f"as_of={end.isoformat()}")[0] == [code]
    counts = {o["value"]: o["count"] for o in Reading(QueryDict("")).facets.status}
    assert (counts[""], counts["expired"], counts["all"]) == (0, 1, 1)
    for path in (f"/san-pham/{code}/", f"/giay-chung-nhan/?number={certificate.number}"):
        assert "Hết hiệu lực từ 02/09/2026" in client.get(path).content.decode()
    assert client.get("/api/v1/statistics").json()["lapsed_not_reassessed"] == 1


def test_place_is_found_by_old_district_old_commune_and_new_commune(client):
    certificate = CertificateFactory(decision=DecisionFactory(signed_on=date(2025, 1, 1)))
    place = certificate.product.place
    for query in (
        f"district={place.district.reference}",
        f"district={place.district.code}",
        f"commune={place.reference}",
        f"commune={place.current.code}",
        f"commune={place.code}&as_of=2025-06-01",
    ):
        assert page_codes(client, query)[1] == 1, query
    assert page_codes(client, "district=060@2025-06-30")[1] == 0


def test_source_only_product_is_never_listed_as_lapsed(client, settings):
    product = ProductFactory(listed_only_while_standing=True)
    certificate = CertificateFactory(product=product, decision=DecisionFactory(signed_on=date(2022, 1, 1)))
    settings.TODAY = certificate.valid_to
    assert page_codes(client, "status=all")[1] == 1
    settings.TODAY = certificate.valid_to + timedelta(days=1)
    assert page_codes(client, "status=all")[1] == page_codes(client, "status=expired")[1] == 0


def test_a_product_without_certificate_is_not_public(client):
    product = ProductFactory()
    assert page_codes(client, "status=all")[1] == 0
    assert client.get(product.get_absolute_url()).status_code == 404


def test_exports_never_start_a_formula(client):
    CertificateFactory(
        product=ProductFactory(name="=HYPERLINK(1)"), decision=DecisionFactory(signed_on=TODAY)
    )
    text = b"".join(client.get("/san-pham.csv").streaming_content).decode("utf-8-sig")
    assert '"\'=HYPERLINK(1)"' in text


def test_traits_list_the_products_behind_the_figures(client):
    plain, rich = (CertificateFactory(decision=DecisionFactory(signed_on=date(2025, 1, 1))) for _ in range(2))
    product = rich.product
    RawMaterialArea.objects.create(product=product, standard="vietgap")
    RawMaterialArea.objects.create(product=product, standard="organic")
    ExportMarket.objects.create(product=product, market="Nhật Bản")
    SalesChannel.objects.create(product=product, kind="postmart")
    SalesChannel.objects.create(product=plain.product, kind="shopee")
    ProductMark.objects.create(product=product, kind="collective", name="Dấu")
    for trait, codes in {
        "area": [product.code],
        "export": [product.code],
        "postmart": [product.code],
        "collective": [product.code],
        "geographical": [],
    }.items():
        assert page_codes(client, f"has={trait}") == (codes, len(codes)), trait
    assert "Không có đặc điểm" in client.get("/san-pham/?has=khac").content.decode()
    statistics = client.get("/thong-ke/").content.decode()
    assert "/san-pham/?has=area" in statistics
