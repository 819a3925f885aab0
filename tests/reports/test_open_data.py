"""Open data as files: whole, proved, the same bytes for the same register, and every column explained."""

import csv
import hashlib
import io
import json
import re
from datetime import date

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from openpyxl import load_workbook

from ocop_portal.api.windows import SLOTS, Windows
from ocop_portal.models import AdministrativeUnit, UnitCentre, UnitShape
from producers.models import PointOfSale
from products.models import Certificate, Product
from reports.open_data import files
from reports.open_data.dictionary import described
from reports.open_data.rows.ptnt import WIDTHS, ptnt_row, short_code
from reports.open_data.tables import FILES, TABLES
from tests.factories import CertificateFactory, DecisionFactory
from tests.producers.support_rows import SupplyFactory
from tests.products.registers import random_register
from tests.reports.test_api import whole

pytestmark = pytest.mark.django_db
BULK = "/api/v1/bulk/"


@pytest.fixture
def register(settings):
    settings.SITE_URL = "http://testserver"
    certificates = random_register(4, 15)
    SupplyFactory(producer=certificates[0].product.producer)
    return certificates


def fetched(client, name):
    response = client.get(BULK + name)
    assert response.status_code == 200, name
    return b"".join(response.streaming_content) if response.streaming else response.content


def lines(client, name):
    return [json.loads(line) for line in fetched(client, name).splitlines()]


def table(client, name):
    return list(csv.DictReader(io.StringIO(fetched(client, name).decode("utf-8-sig"))))


def test_every_file_is_proved_and_the_same_each_time(client, register, settings, tmp_path):
    told = client.get(BULK).json()
    assert {f["name"] for f in told["files"]} == set(FILES)
    assert told["licence"] == "CC BY 4.0" and told["as_of"] == "2026-08-15"
    kept = {}
    for file in told["files"]:
        body = kept[file["name"]] = fetched(client, file["name"])
        assert (len(body), hashlib.sha256(body).hexdigest()) == (file["size"], file["sha256"]), file["name"]
        assert fetched(client, file["name"] + ".sha256").decode() == f"{file['sha256']}  {file['name']}\n"
    response = client.get(BULK + "products.csv")
    assert response["ETag"] == f'"{hashlib.sha256(kept["products.csv"]).hexdigest()}"'
    assert 'rel="license"' in response["Link"] and "attachment" in response["Content-Disposition"]
    assert client.get(BULK + "products.csv", headers={"If-None-Match": response["ETag"]}).status_code == 304
    # Made anew elsewhere, the same register on the same day gives the same bytes, workbooks too.
    settings.OPEN_DATA_FILES = tmp_path / "elsewhere"
    assert {name: fetched(client, name) for name in FILES} == kept


def test_a_change_shows_in_the_next_file_and_old_ones_go(client, register, settings):
    before = fetched(client, "products.jsonl")
    for n in range(3):
        Product.objects.filter(pk=register[0].product_id).update(name=f"Miến dong đổi tên {n}")
        after = fetched(client, "products.jsonl")
        assert f"đổi tên {n}" in after.decode() and after != before
    assert len(list(settings.OPEN_DATA_FILES.iterdir())) == files.KEPT_EDITIONS
    settings.TODAY = date(2040, 1, 1)
    assert all(row["status"] in ("expired", "revoked") for row in lines(client, "products.jsonl"))


LISTS = {
    "products": "products?status=all",
    "certificates": "certificates",
    "decisions": "decisions",
    "producers": "producers",
    "points-of-sale": "points-of-sale",
    "units": "units?ended=true",
    "groups": "groups",
}


@pytest.mark.parametrize("name", LISTS)
def test_a_file_holds_what_the_api_lists(client, register, name):
    address = f"/api/v1/{LISTS[name]}"
    rows = client.get(address).json()["results"] if name == "groups" else whole(client, address)
    by_text = lambda found: sorted(json.dumps(row, sort_keys=True) for row in found)
    assert by_text(lines(client, f"{name}.jsonl")) == by_text(rows) and rows
    cells = table(client, f"{name}.csv")
    assert len(cells) == len(rows) and list(cells[0]) == list(rows[0])
    first = lines(client, f"{name}.jsonl")[0]
    for column, cell in cells[0].items():
        value = first[column]
        shown = "; ".join(map(str, value)) if isinstance(value, list) else value
        shown = {None: "", True: "1", False: "0"}.get(shown, shown) if not isinstance(shown, str) else shown
        assert cell == str(shown), column


def test_cells_never_start_a_formula_and_lines_stay_whole(client, settings):
    CertificateFactory(product__name='=HYPERLINK("http://a")', product__producer__name="Dòng một\nDòng hai")
    (row,) = table(client, "products.csv")
    assert row["name"] == '\'=HYPERLINK("http://a")' and row["producer"] == "Dòng một\nDòng hai"
    (told,) = lines(client, "products.jsonl")
    assert told["name"] == '=HYPERLINK("http://a")' and told["producer"] == "Dòng một\nDòng hai"
    book = load_workbook(io.BytesIO(fetched(client, "ptnt-ocop.xlsx"))).active
    assert book["E2"].value == '=HYPERLINK("http://a")' and book["E2"].data_type == "s"


def test_geojson_says_null_where_no_place_is_on_record(client, register):
    found = json.loads(fetched(client, "communes.geojson"))
    assert found["type"] == "FeatureCollection" and len(found["features"]) == 37
    assert {feature["geometry"] for feature in found["features"]} == {None}
    standing = client.get("/api/v1/statistics").json()["products"]
    in_communes = Certificate.objects.standing(date(2026, 8, 15)).filter(product__place__level="commune")
    assert sum(f["properties"]["products"] for f in found["features"]) == in_communes.count() <= standing


def test_geojson_places_what_has_coordinates(client, register):
    PointOfSale.objects.update(longitude="105.9", latitude="22.1")
    (feature,) = json.loads(fetched(client, "points-of-sale.geojson"))["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [105.9, 22.1]}
    assert feature["id"] == feature["properties"]["id"]
    shaped, centred = AdministrativeUnit.objects.in_territory().filter(level="commune", valid_to=None)[:2]
    outline = {"type": "Polygon", "coordinates": [[[105, 22], [105.1, 22], [105.1, 22.1], [105, 22]]]}
    UnitShape.objects.create(unit=shaped, geometry=outline, longitude="105.05", latitude="22.05")
    UnitCentre.objects.create(unit=centred, longitude="105.5", latitude="22.5")
    found = json.loads(fetched(client, "communes.geojson"))["features"]
    placed = {f["id"]: f["geometry"] for f in found if f["geometry"]}
    assert placed == {
        shaped.reference: outline,
        centred.reference: {"type": "Point", "coordinates": [105.5, 22.5]},
    }


# --- the dictionary -----------------------------------------------------------------------------------------------


def test_every_column_is_in_the_dictionary(client, register):
    told = {t["name"]: t for t in client.get("/api/v1/dictionary.json").json()["tables"]}
    assert list(told) == [t.name for t in TABLES]
    for name, file in FILES.items():
        fields = [field["name"] for field in told[file.table.name]["fields"]]
        assert f"http://testserver{BULK}{name}" in told[file.table.name]["files"]
        if file.ending == "csv":
            assert fetched(client, name).decode("utf-8-sig").splitlines()[0] == ",".join(
                f'"{field}"' for field in fields
            )
        elif file.ending == "jsonl":
            assert all(
                list(row) == list(file.table.fields) or set(row) == set(fields) for row in lines(client, name)
            )


@pytest.mark.parametrize("opened", TABLES, ids=lambda t: t.name)
def test_the_dictionary_tells_label_type_unit_values_source_and_since(opened, client, register):
    fields = described(opened.schema)
    for field in fields:
        assert field["label"][:1].isupper() and field["type"] and field["since"] == "0.4.0", field
        source = re.fullmatch(r"([a-z]+(?:_portal)?_[a-z]+)\.([a-z_, ]+)", field["source"])
        if source:
            model = next(m for m in apps.get_models() if m._meta.db_table == source[1])
            for column in source[2].split(", "):
                try:
                    model._meta.get_field(column.removesuffix("_id"))
                except FieldDoesNotExist:
                    model._meta.get_field(column)
        else:
            assert not re.search(r"^[a-z_]+\.", field["source"]), field["source"]
    # What is told of the values holds for the rows.
    told = {field["name"]: field for field in fields}
    for row in opened.rows(date(2026, 8, 15), files.site()):
        for name, value in row.items():
            if told[name]["values"] and value is not None:
                assert str(value) in {v["value"] for v in told[name]["values"]}, (name, value)
            assert value is not None or told[name]["nullable"], name
        opened.schema(**row)


# --- exchange tables ----------------------------------------------------------------------------------------------


def test_the_ministrys_table_fits_its_widths(client, register):
    rows = table(client, "ptnt-ocop.csv")
    assert list(rows[0]) == [
        "MA_OCOP",
        "Ma_DonViHanhChinh",
        "Ma_ThoiGian",
        "Ma_SanPham",
        "TenSanPham",
        "XepHang",
        "ChuTheSXKD",
        "DoanhThuNam",
        "TrangThai",
    ]
    shown = Certificate.objects.public(date(2026, 8, 15))
    assert sorted(int(row["MA_OCOP"]) for row in rows) == sorted(shown.values_list("product", flat=True))
    for row in rows:
        assert all(len(row[name]) <= width for name, width in WIDTHS.items())
        assert row["XepHang"] in ("3*", "4*", "5*") and row["DoanhThuNam"] == ""
        assert row["Ma_SanPham"] == short_code(int(row["MA_OCOP"])) and row["Ma_ThoiGian"] == "2026"
    assert len(short_code(99_999_999)) == 10
    certificate = register[0]
    certificate.product.pk = 10**8
    with pytest.raises(ValueError, match="Ma_SanPham"):
        ptnt_row(certificate, date(2026, 8, 15))
    sheet = load_workbook(io.BytesIO(fetched(client, "ptnt-ocop.xlsx")), read_only=True).active
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == [
        int(r["MA_OCOP"]) for r in rows
    ]


def test_a_shop_gets_what_may_use_its_star_today(client, settings):
    settings.SITE_URL = "https://ocop.example.vn"
    product = CertificateFactory(product__code="06-TEST-1", product__summary="Sợi dai.", stars=4).product
    CertificateFactory(decision=DecisionFactory(signed_on=date(2020, 1, 1)))  # ran out
    product.packagings.create(label="túi 500 g", barcode="893")
    product.channels.create(kind="postmart", url="https://postmart.vn/a")
    product.channels.create(kind="shopee")
    product.images.create(alt="Gói miến", width=640, height=480, widths=[320, 640])
    (row,) = table(client, "ket-noi-ocop.csv")
    assert (row["code"], row["stars"], row["description"]) == ("06-TEST-1", "4", "Sợi dai.")
    assert (row["packagings"], row["barcodes"], row["channels"]) == (
        "túi 500 g",
        "893",
        "https://postmart.vn/a",
    )
    assert (
        row["photo"].startswith("https://ocop.example.vn/media/products/") and row["photo_text"] == "Gói miến"
    )
    assert row["url"] == "https://ocop.example.vn/san-pham/06-TEST-1/"
    assert row["status_text"] == "Còn hiệu lực đến 15/01/2028" and row["valid_until"] == "2028-01-15"


# --- pages and limits ---------------------------------------------------------------------------------------------


def test_the_page_tells_what_the_files_are(client, register):
    page = client.get("/du-lieu-mo/").content.decode()
    for file in client.get(BULK).json()["files"]:
        assert file["sha256"] in page and file["url"] in page, file["name"]
    assert "CC BY 4.0" in page and page.count("<h1") == 1


def test_a_register_too_big_to_prove_at_once_proves_what_was_made(client, register, monkeypatch):
    monkeypatch.setattr("reports.api.bulk.PROVED_AT_ONCE", 3)
    fetched(client, "groups.csv")
    told = {f["name"]: f for f in client.get(BULK).json()["files"]}
    assert told["groups.csv"]["rows"] == 26 and told["products.csv"]["sha256"] is None
    assert "được làm khi tải" in client.get("/du-lieu-mo/").content.decode()
    assert len(fetched(client, "products.csv.sha256")) > 64


def test_pages_for_developers_name_every_operation_and_field(client, db):
    page = client.get("/api/v1/").content.decode()
    document = client.get("/api/v1/openapi.json").json()
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert f'id="{operation["operationId"]}"' in page and path in page
            for param in operation["parameters"]:
                assert f"<code>{param['name']}</code>" in page
    for status in (400, 404, 405, 410, 422, 429, 500):
        assert f'id="loi-{status}"' in page
    dictionary = client.get("/du-lieu-mo/tu-dien/").content.decode()
    for opened in TABLES:
        assert all(f"<code>{name}</code>" in dictionary for name in opened.fields)


def test_windows_count_each_reader_apart_and_forget_the_fewest(tmp_path):
    one, other = Windows(tmp_path / "w"), Windows(tmp_path / "w")
    assert [one.take("a", 1), other.take("a", 1), one.take("b", 1), other.take("a", 1)] == [1, 2, 1, 3]
    assert one.take("a", 2) == 1  # another minute
    for n in range(2 * SLOTS):
        one.take(str(n), 3)
    assert other.take("a", 3) == 1
    apart = Windows(tmp_path / "w" / "no-folder")  # where no file can be, this process counts for itself
    assert apart.take("a", 1) == 1
    for windows in (one, other, apart):
        windows.close()
