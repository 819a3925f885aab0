"""Figures against a plain count in Python, on several days; each number equals the list behind it."""

import math
import re
from collections import Counter
from datetime import date, timedelta
from html import unescape

import pytest
from django.http import QueryDict

from ocop_portal.models import AdministrativeUnit
from products.models import Certificate
from products.reading import Reading
from products.standing import STANDS, Standing, add_months
from reports.charts import month_columns, nice_top, star_columns, star_rows
from reports.models import PlanTarget
from reports.statistics import Statistics
from tests.factories import CertificateFactory, DecisionFactory
from tests.products.registers import TODAY, random_register
from tests.scenes import built_once

pytestmark = pytest.mark.django_db
DAYS = [TODAY, date(2023, 12, 31), date(2025, 6, 30), date(2025, 7, 1), TODAY + timedelta(days=500)]


def many_of_all_kinds():
    random_register(21, 70)
    return list(Certificate.objects.select_related("product__place__district", "product__place__current"))


register = built_once(many_of_all_kinds)


@pytest.mark.parametrize("day", DAYS)
def test_figures_are_counts(register, day):
    figures = Statistics(day)
    standing = [c for c in register if c.standing_on(day) in STANDS]
    assert figures.standing.total == len(standing)
    assert {n: figures.standing[n] for n in (3, 4, 5)} == {
        n: sum(c.stars == n for c in standing) for n in (3, 4, 5)
    }
    lapsed = [c for c in Certificate.objects.public(day) if c.standing_on(day) == Standing.EXPIRED]
    assert figures.lapsed_not_reassessed == len(lapsed)
    communes = set()
    for c in standing:
        place = c.product.place
        if place.level == AdministrativeUnit.Level.COMMUNE:
            communes |= {u.pk for u in (place, place.current) if u and u.stands_on(day)}
    assert set(figures.by_commune) == communes
    districts = Counter(c.product.place.district_id for c in standing)
    assert {k: v.total for k, v in figures.by_district.items()} == districts
    assert sum(c.total for _, c in figures.by_group) == len(standing)
    assert figures.as_figures()["communes"] == (108 if day < date(2025, 7, 1) else 37)


def test_over_years_is_the_count_of_each_day(register):
    for day, count in Statistics(TODAY).over_years:
        assert count.total == Statistics(day).standing.total, day


def test_months_ahead_hold_every_standing_certificate(register):
    months = Statistics(TODAY).ending_by_month
    end = add_months(months[-1][0], 1)
    assert months[0][0] == TODAY.replace(day=1)
    ahead = [c for c in register if c.standing_on(TODAY) in STANDS and c.last_day < end]
    assert sum(n for _, n in months) == len(ahead)


def test_every_number_on_the_page_is_the_length_of_its_list(client, register):
    for query in ("", "?as_of=2024-03-31"):
        html = client.get(f"/thong-ke/{query}").content.decode()
        links = re.findall(r'<a href="(/san-pham/[^"]*)" aria-label="(\d+) ', html)
        tiles = re.findall(r"<b>(\d+)</b><a href=\"(/san-pham/[^\"]*)\"", html)
        pairs = {(unescape(u), int(n)) for u, n in links} | {(unescape(u), int(n)) for n, u in tiles}
        assert len(pairs) > 25
        for address, number in sorted(pairs):
            assert Reading(QueryDict(address.partition("?")[2])).total == number, address
        for address, number in sorted(pairs)[::12]:
            page = client.get(address).content.decode()
            assert int(re.search(r'data-total="(\d+)"', page)[1]) == number, address


def test_rows_of_the_tables_add_up(client, register):
    html = client.get("/thong-ke/").content.decode()
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", html, re.S)
    added = 0
    for row in rows:
        cells = [
            int(re.sub(r"<[^>]+>", "", c))
            for c in re.findall(r'<td class="num">(.*?)</td>', row, re.S)
            if re.sub(r"<[^>]+>", "", c).strip().isdigit()
        ]
        if len(cells) == 4:
            assert sum(cells[:3]) == cells[3], row
            added += cells[3]
    assert added > 100


def test_target_of_the_plan_and_none_after_it():
    PlanTarget.objects.create(name="Kế hoạch 2021–2025", from_year=2021, to_year=2025, products=4)
    for n in range(3):
        CertificateFactory(decision=DecisionFactory(signed_on=date(2024, 1, 1 + n)))
    figures = Statistics(date(2025, 12, 31))
    assert figures.target.products == 4
    assert figures.target_percent == 75
    assert Statistics(date(2026, 1, 1)).target is None
    assert Statistics(date(2026, 1, 1)).target_percent is None


def test_api_tells_the_same_and_refuses_what_it_cannot_read(client, register):
    figures = client.get("/api/v1/statistics?as_of=2023-12-31").json()
    assert figures["products"] == Statistics(date(2023, 12, 31)).standing.total
    assert client.get("/api/v1/statistics?as_of=31/12/2023").json() == figures
    bad = client.get("/api/v1/statistics?as_of=2026-02-31")
    assert bad.status_code == 404
    assert bad["Content-Type"] == "application/problem+json"
    assert "2023-12-31" in bad.json()["detail"]
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    assert "/api/v1/statistics" in paths


def test_the_day_after_the_end_every_figure_changes(client, settings):
    certificate = CertificateFactory(decision=DecisionFactory(signed_on=date(2023, 9, 1)))
    for day, products, lapsed in [
        (certificate.valid_to, 1, 0),
        (certificate.valid_to + timedelta(days=1), 0, 1),
    ]:
        settings.TODAY = day
        figures = client.get("/api/v1/statistics").json()
        assert (figures["products"], figures["lapsed_not_reassessed"]) == (products, lapsed)
        assert f"<b>{products}</b>" in client.get("/thong-ke/").content.decode()
        assert f"<b>{products}</b>" in client.get("/").content.decode()


@pytest.mark.parametrize("value", [0, 1, 9, 10, 11, 20, 21, 50, 51, 199, 200, 201, 4999])
def test_axis_ends_at_a_round_number_that_holds_the_value(value):
    top = nice_top(value)
    assert top >= max(value, 10)
    assert top <= max(10, 2 * value)
    assert top / 10 ** math.floor(math.log10(top)) in (1, 2, 3, 4, 5, 6, 8)


def test_charts_stay_inside_their_box():
    columns = star_columns([("2021", {3: 10, 4: 5}), ("2022", {}), ("2023", {3: 199, 4: 18, 5: 1})])
    rows = star_rows([("Na Rì", {3: 4, 5: 1}, "/"), ("Ba Bể", {}, "/")])
    months = month_columns([(f"{n % 12 + 1:02}/2027", n, "") for n in range(37)])
    for chart in (columns, rows, months):
        for bar in chart.bars:
            for s in bar.segments:
                assert s.x >= 0 and s.y >= 0 and s.width > 0 and s.height > 0
                assert s.x + s.width <= chart.width + 0.1
                assert s.y + s.height <= chart.height + 0.1
    heights = [sum(s.height for s in bar.segments) for bar in columns.bars]
    assert heights[0] / heights[2] == pytest.approx(15 / 218, rel=0.02)
    assert star_columns([]).bars == ()
