"""Campaigns, promotions and points of sale at the desk: kept once, found again, counted in words, never lost."""

import io
from datetime import date
from html import unescape

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from producers.actions.support import add_participants, change_participants, close_point_of_sale
from producers.involvement import Joining
from producers.models import (
    Campaign,
    CampaignParticipant,
    PointOfSale,
    Promotion,
    PromotionParticipant,
    Supply,
)
from tests.factories import BANG_PHUC, ProducerFactory, UserFactory, unit
from tests.producers.support_rows import (
    CampaignFactory,
    CampaignPartFactory,
    PointFactory,
    PromotionFactory,
    PromotionPartFactory,
    SupplyFactory,
)
from tests.products.desk import errors, opened, send

pytestmark = pytest.mark.django_db
CAMPAIGN = {
    "name": "Tư vấn tại chỗ ở Côn Minh",
    "kind": "on_site",
    "organiser": "Chi cục Phát triển nông thôn",
    "place": "Xã Côn Minh, huyện Na Rì (trước 1/7/2025)",
    "starts_on": "4/5/2026",
    "ends_on": "5/5/2026",
    "cost": "12,5",
}


@pytest.fixture
def desk(client, tinh):
    client.force_login(tinh)
    return client


def page(client, name, *args, **params):
    return unescape(client.get(reverse(f"desk:{name}", args=args), params).content.decode())


def streamed(response):
    return b"".join(response.streaming_content).decode()


# --- records


def test_a_campaign_is_entered_once_and_leads_to_its_list(desk):
    path = reverse("desk:campaign-add")
    data = opened(desk, path) | CAMPAIGN
    first, again = desk.post(path, data), desk.post(path, data)
    campaign = Campaign.objects.get()
    assert first["Location"] == again["Location"] == reverse("desk:campaign-participants", args=[campaign.pk])
    assert (campaign.place, str(campaign.cost)) == (unit("02173"), "12.5")
    event = campaign.events.get()
    assert (event.pgh_context["verb"], event.pgh_context["actor"]) == ("save_campaign", "tinh")


def test_what_makes_no_sense_is_said_at_its_field_and_nothing_is_kept(desk):
    answer = send(
        desk, reverse("desk:campaign-add"), **CAMPAIGN | {"ends_on": "3/5/2026", "place": "Xã Trên Trời"}
    )
    assert "Không có đơn vị hành chính nào" in errors(answer)
    answer = send(desk, reverse("desk:campaign-add"), **CAMPAIGN | {"ends_on": "3/5/2026"})
    assert "Ngày kết thúc phải từ ngày bắt đầu trở đi." in errors(answer)
    answer = send(desk, reverse("desk:campaign-add"), **CAMPAIGN | {"cost": "-1", "starts_on": "31/2/2026"})
    assert "Không có ngày này" in errors(answer)
    assert not Campaign.objects.exists()


def test_an_edit_over_somebody_elses_is_refused(desk):
    campaign = CampaignFactory()
    path = reverse("desk:campaign-edit", args=[campaign.pk])
    data = opened(desk, path)
    Campaign.objects.filter(pk=campaign.pk).update(organiser="Người khác vừa sửa")
    assert "vừa được người khác thay đổi" in errors(desk.post(path, data | {"organiser": "Tôi"}))
    assert send(desk, path, organiser="Tôi").status_code == 302
    campaign.refresh_from_db()
    assert campaign.organiser == "Tôi"


def test_a_commune_writes_in_its_own_place_alone(client, xa):
    client.force_login(xa)
    answer = send(client, reverse("desk:campaign-add"), **CAMPAIGN | {"place": "Xã Bằng Phúc"})
    assert "trong địa bàn của bạn" in errors(answer)
    event = {"name": "Chợ phiên", "kind": "festival", "organiser": "UBND xã", "venue": "Chợ Côn Minh"}
    event |= {"starts_on": "4/5/2026", "ends_on": "4/5/2026"}
    assert "Địa bàn" in errors(send(client, reverse("desk:promotion-add"), **event))
    answer = send(client, reverse("desk:promotion-add"), **event | {"place": CAMPAIGN["place"]})
    assert answer.status_code == 302 and Promotion.objects.get().place == unit("02173")


def test_copying_the_last_one_brings_its_text_and_its_producers(desk):
    part = CampaignPartFactory(people=4, result="Đã nộp hồ sơ", campaign__subject="Ghi nhãn")
    list_page = page(desk, "campaigns")
    path = reverse("desk:campaign-add") + f"?tu={part.campaign_id}"
    assert path in list_page
    data = opened(desk, path)
    assert data["subject"] == "Ghi nhãn" and data["starts_on"] == ""
    assert data["place"] == "Xã Côn Minh, huyện Na Rì (trước 1/7/2025)"
    data |= {"starts_on": "1/8/2026", "ends_on": "1/8/2026", "take_over": "on"}
    assert desk.post(path, data).status_code == 302
    copy = Campaign.objects.latest("pk")
    taken = copy.participants.get()
    assert (taken.producer, taken.people, taken.result) == (part.producer, 4, "")
    data = opened(desk, path)
    data.pop("take_over")
    desk.post(path, data | {"starts_on": "2/8/2026", "ends_on": "2/8/2026"})
    assert not Campaign.objects.latest("pk").participants.exists()


@pytest.mark.parametrize("asked", ["x", "99999", "-1", "9" * 30])
def test_copying_from_nowhere_is_answered(desk, asked):
    assert desk.get(reverse("desk:campaign-add"), {"tu": asked}).status_code in (200, 404)


def test_a_point_is_closed_and_stays_in_history(desk):
    point = SupplyFactory().point
    path = reverse("desk:point-of-sale-close", args=[point.pk])
    assert "Ngày đóng phải sau ngày mở" in errors(send(desk, path, closed_on="1/1/2022"))
    data = opened(desk, path) | {"closed_on": "10/8/2026"}
    assert desk.post(path, data)["Location"] == desk.post(path, data)["Location"]
    point.refresh_from_db()
    assert point.closed_on == date(2026, 8, 10) and point.supplies.count() == 1
    assert point.name not in page(desk, "points-of-sale")
    assert point.name in page(desk, "points-of-sale", as_of="9/8/2026")
    assert point.name not in page(desk, "points-of-sale", as_of="10/8/2026")
    assert point.name in page(desk, "points-of-sale", status="closed")
    assert "giữ nguyên" in page(desk, "point-of-sale-participants", point.pk)
    assert "đã đóng từ ngày 10/08/2026" in errors(send(desk, path, closed_on="11/8/2026"))
    reopened = send(desk, reverse("desk:point-of-sale-edit", args=[point.pk]), closed_on="")
    assert reopened.status_code == 302 and point.name in page(desk, "points-of-sale")
    assert [e.pgh_context["verb"] for e in point.events.order_by("pgh_id") if e.pgh_context] == [
        "close_point_of_sale",
        "save_point_of_sale",
    ]


def test_one_open_point_of_a_name_in_a_place(desk):
    point = PointFactory()
    answer = send(
        desk,
        reverse("desk:point-of-sale-add"),
        name=point.name,
        place=CAMPAIGN["place"],
        address="Thôn 2",
        opening_hours="8 giờ – 17 giờ",
        phone="gọi sau",
    )
    assert "Số điện thoại gồm" in errors(answer)
    answer = desk.post(
        reverse("desk:point-of-sale-add"),
        opened(desk, reverse("desk:point-of-sale-add"))
        | {
            "name": point.name,
            "place": CAMPAIGN["place"],
            "address": "Thôn 2",
            "opening_hours": "8 giờ",
            "kind": "shop",
        },
    )
    assert "đã có điểm bán đang mở mang tên này" in errors(answer)


# --- who takes part


def test_many_are_entered_at_once_and_again_from_another_search(desk):
    campaign = CampaignFactory()
    here = [ProducerFactory(name=f"HTX Côn Minh {n}") for n in range(3)]
    there = ProducerFactory(name="HTX Bằng Phúc", place=unit(BANG_PHUC))
    path = reverse("desk:campaign-participants", args=[campaign.pk])
    shown = page(desk, "campaign-participants", campaign.pk)
    assert all(p.name in shown for p in here) and there.name not in shown
    found = desk.get(path, {"q": "bang phuc"}).content.decode()
    assert there.name in found and here[0].name not in found
    # Ticked on a page that showed others: entered all the same. What stands in lines not ticked is not read.
    data = opened(desk, path) | {"what": "add", f"people-{here[2].pk}": "x", f"add-{there.pk}": "on"}
    data |= {f"add-{here[0].pk}": "on", f"people-{here[0].pk}": "3", f"people-{there.pk}": "2"}
    data[f"result-{here[0].pk}"] = "Hoàn thiện mẫu 02"
    first, again = desk.post(path, data), desk.post(path, data)
    assert first.status_code == again.status_code == 302
    taken = {p.producer: (p.people, p.result) for p in campaign.participants.all()}
    assert taken == {here[0]: (3, "Hoàn thiện mẫu 02"), there: (2, "")}
    assert "Đã thêm 2 chủ thể." in desk.get(path).content.decode()


def test_entering_refuses_in_words_and_keeps_nothing(desk):
    part = CampaignPartFactory()
    other = ProducerFactory()
    path = reverse("desk:campaign-participants", args=[part.campaign_id])

    def add(**changes):
        return errors(desk.post(path, opened(desk, path) | {"what": "add"} | changes))

    assert "Chưa chọn chủ thể nào" in add()
    assert "Đã có trong danh sách" in add(
        **{f"add-{part.producer_id}": "on", f"people-{part.producer_id}": "1"}
    )
    assert "không thuộc phạm vi" in add(**{"add-999999999": "on"})
    faults = add(**{f"add-{other.pk}": "on", f"people-{other.pk}": "0"})
    assert f"Số người của {other.name}" in faults
    assert part.campaign.participants.count() == 1


def test_a_commune_enters_its_own_producers_alone(client, xa):
    campaign = CampaignFactory()
    foreign = CampaignPartFactory(campaign=campaign, producer__place=unit(BANG_PHUC))
    stranger = ProducerFactory(place=unit(BANG_PHUC))
    own = ProducerFactory()
    client.force_login(xa)
    path = reverse("desk:campaign-participants", args=[campaign.pk])
    shown = client.get(path, {"q": "HTX"}).content.decode()
    assert own.name in shown and stranger.name not in shown and foreign.producer.name not in shown
    data = opened(client, path) | {"what": "add", f"add-{stranger.pk}": "on", f"people-{stranger.pk}": "1"}
    assert "không thuộc phạm vi" in errors(client.post(path, data))
    client.post(path, opened(client, path) | {"what": "add", f"add-{own.pk}": "on", f"people-{own.pk}": "1"})
    answer = send(client, path, **{f"drop-{foreign.pk}": "on"})
    assert answer.status_code == 302
    assert {p.producer for p in campaign.participants.all()} == {own, foreign.producer}


def test_figures_are_corrected_and_lines_taken_away_with_a_trail(desk):
    stays, goes = (PromotionPartFactory(promotion__name="Hội chợ"), None)
    goes = PromotionPartFactory(promotion=stays.promotion, sales=5)
    path = reverse("desk:promotion-participants", args=[stays.promotion_id])
    answer = send(
        desk, path, **{f"sales-{stays.pk}": "1.250,5", f"contracts-{stays.pk}": "2", f"drop-{goes.pk}": "on"}
    )
    assert answer.status_code == 302, errors(answer)
    kept = stays.promotion.participants.get()
    assert (str(kept.sales), kept.contracts) == ("1250.5", 2)
    assert "Đã lưu danh sách, bỏ 1 chủ thể." in desk.get(path).content.decode()
    event = PromotionParticipant.pgh_event_model.objects.filter(pgh_obj_id=goes.pk).latest("pgh_id")
    assert (event.pgh_label, event.pgh_context["verb"]) == ("delete", "change_participants")
    assert "Đã bỏ khỏi danh sách (1)" in page(desk, "promotion-participants", stays.promotion_id)
    PromotionPartFactory(promotion=stays.promotion, producer=goes.producer)
    assert "Đã bỏ khỏi danh sách" not in page(desk, "promotion-participants", stays.promotion_id)
    assert "Doanh số" in errors(send(desk, path, **{f"sales-{stays.pk}": "-3"}))


def test_a_list_changed_meanwhile_is_not_overwritten(desk):
    part = CampaignPartFactory()
    path = reverse("desk:campaign-participants", args=[part.campaign_id])
    data = opened(desk, path) | {f"people-{part.pk}": "9"}
    CampaignPartFactory(campaign=part.campaign)
    assert "vừa được người khác thay đổi" in errors(desk.post(path, data))
    part.refresh_from_db()
    assert part.people == 2


def test_what_was_called_off_takes_nobody_and_counts_nowhere(desk, tinh):
    part = CampaignPartFactory()
    campaign = part.campaign
    answer = send(desk, reverse("desk:campaign-edit", args=[campaign.pk]), cancelled_reason="Hoãn vì mưa lũ")
    assert answer.status_code == 302
    shown = page(desk, "campaigns")
    assert "Chưa có đợt nào. Ngoài ra có 1 đợt đã hủy, không tính." in shown and campaign.name in shown
    assert "Hoãn vì mưa lũ" in page(desk, "campaign", campaign.pk)
    assert "Đã hủy nên danh sách" in page(desk, "campaign-participants", campaign.pk)
    for act in (
        lambda: add_participants(whole=campaign, joining=[Joining(ProducerFactory(), {})], by=tinh),
        lambda: change_participants(whole=campaign, figures={}, removed=[part.pk], by=tinh),
    ):
        with pytest.raises(ValidationError, match="Đã hủy"):
            act()


def test_a_second_session_is_told_in_words(tinh):
    """The database's own refusal, where two officials enter the same producer at once."""
    point, producer = PointFactory(), ProducerFactory()
    add_participants(whole=point, joining=[Joining(producer, {})], by=tinh)
    with pytest.raises(ValidationError, match="Đã có trong danh sách"):
        add_participants(whole=point, joining=[Joining(producer, {})], by=tinh)
    with pytest.raises(ValidationError, match="ít nhất một"):
        add_participants(whole=point, joining=[], by=tinh)
    close_point_of_sale(point=point, closed_on=date(2026, 8, 1), by=tinh)
    with pytest.raises(ValidationError, match="đã đóng"):
        add_participants(whole=point, joining=[Joining(ProducerFactory(), {})], by=tinh)


def test_a_producers_page_tells_what_was_done_for_it(desk):
    producer = ProducerFactory()
    campaign = CampaignPartFactory(producer=producer, result="Đã nộp").campaign
    promotion = PromotionPartFactory(producer=producer, sales=1500).promotion
    point = SupplyFactory(producer=producer, point__closed_on=date(2026, 8, 1)).point
    shown = page(desk, "producer", producer.pk)
    for words in (campaign.name, promotion.name, point.name, "1.500", "Đã nộp", "đã đóng từ 01/08/2026"):
        assert words in shown, words
    assert "Chưa ghi đợt tư vấn" in page(desk, "producer", ProducerFactory().pk)


# --- lists


@pytest.fixture
def many():
    """Three campaigns of 2023 and one of 2026, 8 participants; two events; points."""
    for n in range(3):
        campaign = CampaignFactory(starts_on=date(2023, 3 + n, 1), name=f"=SUM({n}) Tư vấn")
        for _ in range(2):
            CampaignPartFactory(campaign=campaign, people=1 + n)
    training = CampaignFactory(kind="training", place=unit(BANG_PHUC), name="Tập huấn ghi nhãn", others=7)
    CampaignPartFactory.create_batch(2, campaign=training)
    PromotionFactory(name="Hội chợ sắp tới", starts_on=date(2026, 9, 1))
    PromotionPartFactory(sales=1250, contracts=3)
    SupplyFactory(point__name="+Cửa hàng")
    PointFactory(kind="centre", place=unit(BANG_PHUC), name="Trung tâm Bằng Phúc")
    return training


def test_totals_are_told_in_words(desk, many):
    told = {
        "2023": "3 đợt tư vấn tại chỗ năm 2023, 6 lượt chủ thể, 12 người.",
        "2026": "1 đợt tập huấn năm 2026, 2 lượt chủ thể, 4 người và 7 người khác.",
        "2019": "Chưa có đợt nào năm 2019.",
        "": "4 đợt: 3 đợt tư vấn tại chỗ, 1 đợt tập huấn; 8 lượt chủ thể, 16 người và 7 người khác.",
    }
    for year, words in told.items():
        assert words in page(desk, "campaigns", year=year)
    assert "ở huyện Na Rì, 6 lượt" in page(desk, "campaigns", district="066@2025-06-30")
    assert (
        "2 hội chợ, triển lãm. Có 1 lượt chủ thể, doanh số 1.250,0 triệu đồng (1 lượt có số liệu), "
        "3 hợp đồng, biên bản ghi nhớ. Trong đó có 1 sự kiện chưa diễn ra."
    ) in page(desk, "promotions")
    assert (
        "2 điểm bán mở cửa ngày 15/08/2026: 1 trung tâm giới thiệu OCOP; 1 cửa hàng OCOP. Có hàng của 1 chủ thể."
        in page(desk, "points-of-sale")
    )


@pytest.mark.parametrize(
    ("name", "model", "query"),
    [
        ("campaigns", Campaign, {"q": "tu van", "year": "2023"}),
        ("campaigns", Campaign, {"kind": "training"}),
        ("promotions", Promotion, {"year": "2026", "q": "ha noi"}),
        ("points-of-sale", PointOfSale, {"status": "all", "kind": "shop"}),
    ],
)
def test_page_and_files_list_the_same_rows_and_no_cell_runs(desk, many, name, model, query):
    shown = page(desk, name, **query)
    names = [n for n in model.objects.values_list("name", flat=True) if n in shown]
    assert 0 < len(names) <= model.objects.count()
    csv = streamed(desk.get(reverse(f"desk:{name}-csv"), query))
    book = load_workbook(io.BytesIO(desk.get(reverse(f"desk:{name}-xlsx"), query).content))
    rows = list(book.active.iter_rows(min_row=2))
    assert sorted(row[0].value for row in rows) == sorted(names)
    assert csv.count("\r\n") == len(names) + 1
    for one in names:
        assert f'"\'{one}"' in csv or (one[0] not in "=+" and f'"{one}"' in csv)
    assert all(cell.data_type != "f" for row in rows for cell in row)


GARBAGE = ("\x00", "x" * 4000, "-1", "31/02/2026", "9" * 25, "((&|", "🙂", "066@9", "²", "2017", "")


@pytest.mark.parametrize("name", ["campaigns", "promotions", "points-of-sale"])
def test_lists_answer_garbage(desk, many, name):
    parameters = ("q", "kind", "year", "district", "commune", "status", "as_of", "page")
    asked = [dict.fromkeys(parameters, value) for value in GARBAGE]
    asked += [{parameter: value} for parameter in parameters for value in GARBAGE[:1] + GARBAGE[4:6]]
    for query in asked:
        assert desk.get(reverse(f"desk:{name}"), query).status_code == 200, query
    for query in asked[::4]:
        for ending in ("csv", "xlsx"):
            assert desk.get(reverse(f"desk:{name}-{ending}"), query).status_code == 200, query
    assert "Không có loại “zzz”." in page(desk, name, kind="zzz")
    assert ">0 " in page(desk, name, commune="99999")


@pytest.mark.parametrize("kind", ["campaign", "promotion", "point-of-sale"])
def test_the_list_of_producers_answers_garbage(desk, many, kind):
    whole = {"campaign": Campaign, "promotion": Promotion, "point-of-sale": PointOfSale}[kind].objects.first()
    path = reverse(f"desk:{kind}-participants", args=[whole.pk])
    for parameter in ("q", "commune"):
        for value in GARBAGE:
            assert desk.get(path, {parameter: value}).status_code == 200
    for data in (
        {},
        {"what": "add"},
        {"what": "add", "add-1": "on", "token": "x"},
        {"what": "x", "drop-9": "on"},
    ):
        assert desk.post(path, data).status_code == 200


def test_pages_do_not_grow_in_queries(desk, many):
    paths = [reverse(f"desk:{name}") for name in ("campaigns", "promotions", "points-of-sale")]
    paths += [reverse(f"desk:{name}-xlsx") for name in ("campaigns", "promotions", "points-of-sale")]
    paths += [
        reverse(f"desk:{name}", args=[record.pk])
        for name, record in (
            ("campaign", many),
            ("campaign-participants", many),
            ("promotion", Promotion.objects.first()),
            ("point-of-sale", PointOfSale.objects.first()),
        )
    ]

    def counts():
        counted = []
        for path in paths:
            with CaptureQueriesContext(connection) as queries:
                assert desk.get(path).status_code == 200
            assert not [q for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
            counted.append(len(queries))
        return counted

    before = counts()
    for _ in range(6):
        CampaignPartFactory(campaign=many)
        CampaignPartFactory()
        PromotionPartFactory(promotion=Promotion.objects.first())
        SupplyFactory()
        SupplyFactory(point=PointOfSale.objects.first())
    assert counts() == before
    assert max(before) <= 13, before


def test_one_search_offers_some_and_says_that_there_are_more(desk):
    ProducerFactory.create_batch(41)
    shown = page(desk, "campaign-participants", CampaignFactory().pk)
    assert shown.count('name="add-') == 40 and "Còn chủ thể khác" in shown
    assert CampaignParticipant.objects.count() == Supply.objects.count() == 0


def test_the_report_is_a_paper_with_its_list(desk, xa, client):
    from pypdf import PdfReader

    part = CampaignPartFactory(
        people=3, result="Nộp hồ sơ", campaign__outcome="Đạt yêu cầu.", campaign__others=5
    )
    CampaignPartFactory(
        campaign=part.campaign, producer__place=unit(BANG_PHUC), producer__name="HTX nơi khác"
    )
    PromotionPartFactory(promotion=PromotionFactory(place=part.campaign.place), sales=1250)

    def text(name, pk):
        answer = client.get(reverse(f"desk:{name}", args=[pk]))
        assert answer["Content-Type"] == "application/pdf" and "no-store" in answer["Cache-Control"]
        said = "\n".join(p.extract_text() for p in PdfReader(io.BytesIO(answer.content)).pages)
        return " ".join(said.split())

    whole = text("campaign-report", part.campaign_id)
    for words in (
        "CỘNG HÒA XÃ HỘI",
        "BÁO CÁO",
        part.producer.name,
        "HTX nơi khác",
        "Tổng số 2 chủ thể, 5 người",
    ):
        assert words in whole, words
    assert "5 người khác" in whole and "Đạt yêu cầu." in whole
    assert "1.250" in text("promotion-report", Promotion.objects.get().pk)
    client.force_login(xa)
    own = text("campaign-report", part.campaign_id)
    assert "UBND XÃ CÔN MINH" in own and "trên địa bàn xã Côn Minh" in own and "HTX nơi khác" not in own
    assert UserFactory(signatory=True).may("report_view")
