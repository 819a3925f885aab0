"""The report of a year: every figure equals its list, is compared with the year before, and is told in three forms."""

import io
import re

import openpyxl
import pytest
from django.urls import reverse
from pypdf import PdfReader

from products.models import Product
from reports.asking import Asked
from reports.figure_rules import SECTIONS
from reports.figures import list_of, sections_of
from tests.factories import UserFactory
from tests.products.registers import random_register
from tests.reports.grids import text_of as words
from tests.reports.office import fill_office
from tests.scenes import built_once
from tests.statuses import answer_without_pages

office = built_once(fill_office)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office")]
KEYS = [rule.key for _, rules in SECTIONS for rule in rules]


def asked_of(user, year, **params):
    return Asked({"year": str(year), **params}, user, by_year=True)


def told(user, year, **params):
    return {f.rule.key: f for s in sections_of(asked_of(user, year, **params)) for f in s.figures}


def disagreements(user, year, **params):
    """Figures that their list does not give."""
    asked, wrong = asked_of(user, year, **params), {}
    for key, figure in told(user, year, **params).items():
        rule = figure.rule
        if rule.listed and rule.proved:
            given = rule.proved(list_of(*rule.listed, asked))
            if given != figure.value:
                wrong[key] = (figure.value, given)
    return wrong


def test_every_figure_is_what_its_list_gives(tinh):
    random_register(5, 30)
    district = Product.objects.get(name="Miến dong Nà Sao").place.district.reference
    for year in (2021, 2025, 2026):
        assert disagreements(tinh, year) == {}, year
    assert disagreements(tinh, 2025, district=district) == {}
    assert disagreements(UserFactory(commune=True), 2025) == {}
    proved = [rule for _, rules in SECTIONS for rule in rules if rule.listed and rule.proved]
    assert len(proved) >= 40 and len(KEYS) == len(set(KEYS))


def test_figures_of_the_small_register(tinh):
    figures = told(tinh, 2025)
    values = {key: f.value for key, f in figures.items()}
    assert values["products"] == 5 and values["target"] == 6 and str(values["target_percent"]) == "83.3"
    assert (values["lapsed_not_reassessed"], values["revoked"], values["recognised"]) == (1, 1, 6)
    assert (values["communes"], values["communes_with_product"], values["communes_without_product"]) == (
        37,
        2,
        35,
    )
    assert str(values["revenue_grown_percent"]) == "66.7"
    assert figures["exported"].detail == "Thị trường: Nhật Bản"
    assert values["campaigns_on_site"] == 1, "what was called off counts nowhere"
    assert (values["products"], figures["products"].before) == (5, 1)
    assert figures["products"].shown(figures["products"].change, signed=True) == "+4"
    # The year that is not over is read today and compared with the whole year before.
    assert told(tinh, 2026)["products"].before == 5
    assert told(tinh, 2018)["products"].before is None
    assert told(tinh, 2026)["target"].value is None


def test_page_workbook_and_paper_tell_the_same(client, tinh):
    client.force_login(tinh)
    figures = told(tinh, 2025)
    page = client.get("/can-bo/bao-cao/nam/?year=2025").content.decode()
    rows = re.findall(r'data-figure="(\w+)".*?</tr>', page, re.S)
    assert rows == list(figures), "every figure, in order"
    book = openpyxl.load_workbook(io.BytesIO(client.get("/can-bo/bao-cao/nam.xlsx?year=2025").content))
    first = book.worksheets[0]
    head = next(n for n in range(1, 12) if first.cell(n, 1).value == "STT")
    sheet = {
        first.cell(n, 3).value: (first.cell(n, 6).value, first.cell(n, 9).value)
        for n in range(head + 1, head + 1 + len(figures))
    }
    pdf = client.get("/can-bo/bao-cao/nam.pdf?year=2025").content
    printed = re.sub(r"\s", "", "".join(p.extract_text() for p in PdfReader(io.BytesIO(pdf)).pages))
    for figure in figures.values():
        value, formula = sheet[figure.rule.name]
        assert value is None if figure.value is None else float(value) == float(figure.value)
        assert formula == figure.rule.formula
        assert (
            re.sub(r"\s", "", figure.rule.name) in printed and f"{figure.url}".replace("&", "&amp;") in page
        )
        assert re.sub(r"\s", "", figure.shown(figure.value)) in printed
        assert figure.rule.formula in words(client_page(page))
    lists = {rule.listed[0] for _, rules in SECTIONS for rule in rules if rule.listed}
    assert len(book.worksheets) == 1 + len(lists)
    assert "BÁOCÁO" in printed and "CỘNGHÒAXÃHỘICHỦNGHĨAVIỆTNAM" in printed and "Nơinhận" in printed
    assert "có5sảnphẩmtừ3saocònhiệulực" in printed


def client_page(page):
    class Answer:
        content = page.encode()

    return Answer()


def test_every_link_of_the_report_answers(client, tinh, monkeypatch):
    answer_without_pages(monkeypatch)
    client.force_login(tinh)
    for figure in told(tinh, 2025).values():
        assert client.get(figure.url).status_code == 200, figure.url
    signs = UserFactory(signatory=True)
    client.force_login(signs)
    for figure in told(signs, 2025).values():
        if figure.url and not figure.rule.listed:
            assert client.get(figure.url).status_code == 200, "a list that the role may not open"


def test_a_commune_is_told_its_own_and_garbage_is_answered(client, tinh):
    own = told(UserFactory(commune=True), 2025)
    assert (own["products"].value, own["communes"].value, own["target"].value) == (4, 1, None)
    assert own["campaign_parts"].value == 1
    client.force_login(tinh)
    for query in ("year=x&district=zz", "year=2027&commune=%00", "district=zz", "commune=%00", "year="):
        assert client.get(f"/can-bo/bao-cao/nam/?{query}").status_code == 200, query
    for name in ("yearly-report-xlsx", "yearly-report-pdf"):
        assert client.get(reverse(f"desk:{name}") + "?year=1999&district=zz").status_code == 200
    assert "không phải là năm" in words(client.get("/can-bo/bao-cao/nam/?year=1999"))


def test_a_share_of_a_few_is_told_to_officials_alone(client, tinh):
    from producers.models import YearlyFigures

    public = lambda: client.get("/api/v1/statistics?as_of=2025-12-31").json()
    told_now = public()
    assert (told_now["revenue_year"], told_now["revenue_grown_percent"]) == (2025, 66.7)
    assert (told_now["points_of_sale"], told_now["onsite_campaigns"]) == (1, 1)
    assert "66,7 %" in client.get("/thong-ke/?as_of=2025-12-31").content.decode()
    assert client.get("/api/v1/statistics?as_of=2025-12-30").json()["revenue_year"] == 2024
    few = YearlyFigures.objects.filter(year=2024).order_by("pk")[:4].values_list("pk", flat=True)
    YearlyFigures.objects.filter(year=2024).exclude(pk__in=list(few)).update(revenue=None)
    assert public()["revenue_grown_percent"] is None
    assert told(tinh, 2025)["revenue_grown_percent"].value is not None
