"""News: kept at the desk by the province, public for ever once published, attachments that run nothing."""

from datetime import date, timedelta
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.urls import reverse

from ocop_portal.models import RegisterRevision
from ocop_portal.publishing import free_slug
from reports.attachments import BROKEN, LINKED, NOT_ACCEPTED, OFFICE, AttachmentField
from reports.desk.news_urls import urlpatterns as desk
from reports.models import News, NewsFile
from reports.news_actions import MOST_FILES, add_news_file, publish_news, save_news, withdraw_news
from tests.conftest import DAY
from tests.factories import ProducerFactory, UserFactory
from tests.products.desk import errors, opened, send
from tests.reports.news_rows import PDF, NewsFactory, attached, changed, docx, news_with_file, xlsx

pytestmark = pytest.mark.django_db

# --- who may what -----------------------------------------------------------------------------------------

ALLOWED = ("province", "admin")
READERS = ("anonymous", "council", "producer", "signatory", "commune", *ALLOWED)


def sign_in(client, who):
    if who == "producer":
        user = UserFactory()
        ProducerFactory().accounts.add(user)
        client.force_login(user)
    elif who != "anonymous":
        client.force_login(UserFactory(**{who: True}))


def addresses(kept):
    """{name of the address: itself}, of a piece of news and its attachment."""
    whole = {"news": [], "news-add": []}
    own = {"news-file": [kept.pk], "news-file-remove": [kept.pk]}
    return {p.name: reverse(f"desk:{p.name}", args=(whole | own).get(p.name, [kept.news_id])) for p in desk}


@pytest.mark.usefixtures("statuses_alone")
@pytest.mark.parametrize("who", READERS)
def test_role_by_address(client, who):
    kept = attached(NewsFactory(draft=True))
    sign_in(client, who)
    answer = 302 if who == "anonymous" else 200 if who in ALLOWED else 403
    for name, path in addresses(kept).items():
        assert client.get(path).status_code == answer, (who, name)
        if who not in ALLOWED:
            assert client.post(path, {"title": "x", "reason": "x"}).status_code in (302, 403, 405), name
    assert News.objects.get().is_draft and NewsFile.objects.get().removed_on is None


def test_what_is_not_there_answers_404(client, tinh):
    client.force_login(tinh)
    for name in ("news-item", "news-edit", "news-publish", "news-withdraw", "news-file-add", "news-file"):
        assert client.get(reverse(f"desk:{name}", args=[999])).status_code == 404
    assert client.get("/can-bo/tin-tuc/?page=zz&state=zz&q=%00").status_code == 200


# --- from draft to withdrawn ---------------------------------------------------------------------------------


def test_a_draft_is_written_published_and_withdrawn(client, tinh):
    client.force_login(tinh)
    fields = {"kind": "plan", "title": "Kế hoạch đợt 2", "summary": "Tóm tắt", "text": "", "day": "1/8/2026"}
    assert send(client, "/can-bo/tin-tuc/viet/", **fields).status_code == 302
    item = News.objects.get()
    assert (item.slug, item.day, item.state) == ("ke-hoach-dot-2", date(2026, 8, 1), "bản nháp")
    desk_page, public = f"/can-bo/tin-tuc/{item.pk}/", "/tin-tuc/ke-hoach-dot-2/"
    assert client.get(public).status_code == 404
    assert "phải có nội dung" in errors(send(client, f"{desk_page}dang/"))
    assert (
        send(client, f"{desk_page}sua/", text="Một.\n\n<script>x</script> https://a.vn/").status_code == 302
    )
    assert send(client, f"{desk_page}dang/").status_code == 302
    page = client.get(public).content.decode()
    assert "&lt;script&gt;" in page and '<a href="https://a.vn/" rel="nofollow">' in page
    assert "Kế hoạch đợt 2" in client.get("/").content.decode()
    # A new title leaves the address as it was.
    assert send(client, f"{desk_page}sua/", title="Kế hoạch đợt 2 (đã sửa)").status_code == 302
    assert "(đã sửa)" in client.get(public).content.decode()
    assert send(client, f"{desk_page}go/", reason="Có kế hoạch thay thế.").status_code == 302
    page = client.get(public).content.decode()
    assert "Có kế hoạch thay thế." in page and "https://a.vn/" not in page
    assert "Kế hoạch đợt 2" not in client.get("/tin-tuc/").content.decode()
    for step in ("sua/", "go/", "dang/", "dinh-kem/"):
        assert "đã gỡ nên không sửa được" in client.get(desk_page + step).content.decode()
    told = client.get(f"/can-bo/lich-su/tin-tuc/{item.pk}/").content.decode()
    for words in ("đăng tin “Kế hoạch đợt 2”", "gỡ tin “Kế hoạch đợt 2 (đã sửa)”", "Có kế hoạch thay thế."):
        assert words in told


def test_what_somebody_else_changed_is_not_overwritten(client, tinh):
    client.force_login(tinh)
    item = NewsFactory()
    path = f"/can-bo/tin-tuc/{item.pk}/sua/"
    first = opened(client, path)
    assert send(client, path, summary="Người khác sửa").status_code == 302
    answer = client.post(path, first | {"summary": "Tôi sửa"})
    assert "người khác thay đổi" in errors(answer)
    item.refresh_from_db()
    assert item.summary == "Người khác sửa"


def test_actions_refuse_what_makes_no_sense(tinh):
    item = NewsFactory(draft=True, day=DAY + timedelta(days=1))
    for act, words in (
        (lambda: publish_news(news=item, by=tinh), "còn ở phía trước"),
        (lambda: withdraw_news(news=item, reason="x", by=tinh), "không cần gỡ"),
    ):
        with pytest.raises(ValidationError, match=words):
            act()
    published = NewsFactory()
    with pytest.raises(ValidationError, match="đã đăng"):
        publish_news(news=published, by=tinh)
    published.day = DAY + timedelta(days=1)
    with pytest.raises(ValidationError, match="không thể sau hôm nay"):
        save_news(news=published, by=tinh)
    with pytest.raises(ValidationError, match="lý do"):
        withdraw_news(news=published, reason="  ", by=tinh)
    for _ in range(MOST_FILES):
        attached(published)
    with pytest.raises(ValidationError, match="tối đa"):
        add_news_file(news=published, title="x", file=SimpleUploadedFile("a.pdf", PDF), by=tinh)


def test_a_draft_opened_before_it_was_published_stays_published_when_saved(tinh):
    item = NewsFactory(draft=True)
    stale = News.objects.get(pk=item.pk)
    publish_news(news=item, by=tinh)
    stale.summary = "Sửa"
    assert save_news(news=stale, by=tinh).is_standing


def test_the_database_keeps_addresses_publication_and_withdrawal():
    item, gone = NewsFactory(), NewsFactory(withdrawn_on=DAY, withdrawn_reason="Nhầm")
    kept = attached(item)
    for model, pk, change in (
        (News, item.pk, {"slug": "khac"}),
        (News, item.pk, {"published_on": None}),
        (News, item.pk, {"published_on": DAY}),
        (News, gone.pk, {"withdrawn_on": None, "withdrawn_reason": ""}),
        (News, gone.pk, {"text": "Khác"}),
        (NewsFile, kept.pk, {"file": "news/khac.pdf"}),
    ):
        with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
            model.objects.filter(pk=pk).update(**change)


def test_addresses_are_made_of_titles():
    NewsFactory(slug="hoi-cho")
    NewsFactory(slug="hoi-cho-2")
    address = partial(free_slug, News, otherwise="tin")
    assert address("Hội chợ!") == "hoi-cho-3"
    assert address("Đăng ký OCOP") == "dang-ky-ocop"
    assert address("???") == "tin" and len(address("dài " * 60)) <= 80


# --- in public -------------------------------------------------------------------------------------------------


def test_the_home_page_shows_the_newest_three(client):
    for n in range(5):
        NewsFactory(title=f"Tin số {n}", day=date(2026, 8, 1) + timedelta(days=n))
    NewsFactory(title="Tin nháp", draft=True)
    rows = client.get("/").context["news"]
    assert [row["item"].title for row in rows] == ["Tin số 4", "Tin số 3", "Tin số 2"]
    page = client.get("/tin-tuc/").content.decode()
    assert "Tin số 0" in page and "Tin nháp" not in page


def test_kinds_narrow_the_list(client):
    NewsFactory(title="Một thông báo", kind="notice")
    NewsFactory(title="Một kế hoạch", kind="plan")
    page = client.get("/tin-tuc/?kind=plan").content.decode()
    assert "Một kế hoạch" in page and "Một thông báo" not in page
    assert client.get("/tin-tuc/?kind=zz&page=zz").context["page"].paginator.count == 2


def test_attachments_are_downloads_of_what_is_published(client, tinh):
    kept = news_with_file()
    path = f"/tin-tuc/tep/{kept.pk}"
    assert path in client.get(kept.news.get_absolute_url()).content.decode()
    answer = client.get(path)
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Type"] == "application/pdf" and answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert client.get(path, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    draft = attached(NewsFactory(draft=True))
    assert client.get(f"/tin-tuc/tep/{draft.pk}").status_code == 404
    withdraw_news(news=kept.news, reason="Nhầm", by=tinh)
    assert client.get(path, headers={"If-None-Match": answer["ETag"]}).status_code == 404


def test_a_document_taken_back_is_given_out_no_longer(client, tinh):
    client.force_login(tinh)
    kept = news_with_file()
    assert send(client, f"/can-bo/tin-tuc/tai-lieu/{kept.pk}/bo/").status_code == 302
    assert client.get(f"/tin-tuc/tep/{kept.pk}").status_code == 404
    assert "Mẫu phiếu" not in client.get(kept.news.get_absolute_url()).content.decode()
    assert NewsFile.objects.get().removed_on == DAY


def test_what_readers_see_raises_the_revision(tinh):
    def number():
        return RegisterRevision.objects.get().number

    before = number()
    item = NewsFactory()
    attached(item)
    withdraw_news(news=item, reason="Nhầm", by=tinh)
    assert number() >= before + 3


# --- attachments by their content --------------------------------------------------------------------------------

TYPES = "[Content_Types].xml"
MAIN = b"wordprocessingml.document.main+xml"
EXTERNAL = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s"'
    b' Target="https://evil.example/x" TargetMode="External"/></Relationships>'
)
MACRO = "tự chạy"


def test_a_word_and_an_excel_file_are_taken(client, tinh):
    client.force_login(tinh)
    item = NewsFactory()
    for name, content in (("Mẫu phiếu.docx", docx()), ("danh sach.XLSX", xlsx())):
        sent = {"title": name, "file": SimpleUploadedFile(name, content)}
        assert send(client, f"/can-bo/tin-tuc/{item.pk}/dinh-kem/", **sent).status_code == 302
        kept = NewsFile.objects.latest("pk")
        assert kept.filename == name and kept.size == len(content) and "phiếu" not in kept.file.name
        answer = client.get(kept.get_absolute_url())
        assert answer["Content-Type"] == OFFICE["." + name.rpartition(".")[2].lower()]
        assert b"".join(answer.streaming_content) == content


def refused():
    word = docx()
    return {
        "an .exe": ("a.docx", b"MZ\x90" + b"x" * 99, BROKEN.format(ending=".docx")),
        "cut short": ("a.docx", word[:-100], BROKEN.format(ending=".docx")),
        "a web page": ("a.html", b"<html></html>", NOT_ACCEPTED),
        "Word by another name": ("a.pdf", word, NOT_ACCEPTED),
        "Word named Excel": ("a.xlsx", word, "không phải là .xlsx"),
        "a plain ZIP": ("a.docx", changed(word, leave_out=(TYPES,)), BROKEN.format(ending=".docx")),
        "a macro": ("a.docx", changed(word, add=[("word/vbaProject.bin", b"x")]), MACRO),
        "a macro elsewhere": ("a.xlsx", changed(xlsx(), add=[("xl/macrosheets/sheet1.xml", b"x")]), MACRO),
        "a control": ("a.docx", changed(word, add=[("word/activeX/activeX1.xml", b"x")]), MACRO),
        "an object": ("a.docx", changed(word, add=[("word/embeddings/oleObject1.bin", b"x")]), MACRO),
        "a .docm": (
            "a.docx",
            changed(word, replace=[(TYPES, MAIN, b"ms-word.document.macroEnabled.main+xml")]),
            MACRO,
        ),
        "a template elsewhere": (
            "a.docx",
            changed(word, add=[("word/_rels/settings.xml.rels", EXTERNAL % b"attachedTemplate")]),
            LINKED,
        ),
        "a document type": (
            "a.docx",
            changed(word, replace=[(TYPES, b"<Types", b'<!DOCTYPE x [<!ENTITY a "b">]><Types')]),
            BROKEN.format(ending=".docx"),
        ),
    }


def test_what_is_no_document_or_runs_something_is_refused():
    for what, (name, content, words) in refused().items():
        with pytest.raises(ValidationError) as fault:
            AttachmentField().clean(SimpleUploadedFile(name, content))
        assert words in fault.value.messages[0], what


def test_a_document_may_link_to_pages():
    linked = changed(docx(), add=[("word/_rels/footer1.xml.rels", EXTERNAL % b"hyperlink")])
    assert AttachmentField().clean(SimpleUploadedFile("a.docx", linked)).name == "a.docx"


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr("reports.attachments.MAX_WHOLE", 10_000)
    bomb = changed(docx(), add=[("word/media/a.txt", b"0" * 20_000)])
    with pytest.raises(ValidationError, match="bị hỏng"):
        AttachmentField().clean(SimpleUploadedFile("a.docx", bomb))
