"""The Excel import at the desk: who may, upload, columns, dry run, entering, what is left behind."""

import io
import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from products.actions.import_uploads import KEPT, keep_upload, purge_uploads, take_upload
from products.desk.import_urls import urlpatterns
from products.models import Certificate, Decision, ImportMapping, ImportUpload, Product
from products.register_workbook.progress import FileProgress, progress_of
from products.register_workbook.report import Report
from tests.factories import CertificateFactory, ProductFactory, UserFactory
from tests.products.desk import errors, opened, send
from tests.products.workbooks import AGAIN, HEADINGS, row, xlsx

pytestmark = pytest.mark.django_db
HOME = "/can-bo/nhap-excel/"
NAME = "Sổ theo dõi.xlsx"


def file(data, name=NAME):
    return SimpleUploadedFile(name, data)


def upload(client, data, name=NAME):
    return send(client, HOME, workbook=file(data, name))


def uploaded(user, data):
    return take_upload(file=file(data), by=user)[0]


@pytest.fixture
def desk(client, tinh):
    client.force_login(tinh)
    return client


def files():
    folder = settings.MEDIA_ROOT / "private" / "imports"
    return sorted(p.name for p in folder.iterdir()) if folder.exists() else []


# --- who may --------------------------------------------------------------------------------------

# (anonymous, council, producer, signatory, commune, another of the province, the one who uploaded, admin)
WHO = ("anonymous", "council", "producer", "signatory", "commune", "province", "own", "admin")
OPEN = (302, 403, 403, 403, 403, 200, 200, 200)
OWN = (302, 403, 403, 403, 403, 404, 200, 404)
TABLE = {
    "import": OPEN,
    "import-template": OPEN,
    "import-report": OWN,
    "import-columns": OWN,
    "import-errors": OWN,
    "import-progress": OWN,
}


def test_the_table_names_every_address():
    assert set(TABLE) == {p.name for p in urlpatterns}


@pytest.mark.usefixtures("statuses_alone")
@pytest.mark.parametrize("who", WHO)
def test_role_by_address(client, tinh, who):
    kept = uploaded(tinh, xlsx(row(stars="một")))
    if who == "own":
        client.force_login(tinh)
    elif who != "anonymous":
        client.force_login(UserFactory(**({} if who == "producer" else {who: True})))
    for name, answers in TABLE.items():
        args = [] if name in ("import", "import-template") else [kept.pk]
        address = reverse(f"desk:{name}", args=args)
        expected = answers[WHO.index(who)]
        assert client.get(address).status_code == expected, name
        if expected != 200 and name in ("import", "import-report", "import-columns"):
            assert client.post(address, {}).status_code == expected, name
    assert Product.objects.count() == 0


# --- upload, dry run, entering --------------------------------------------------------------------


def test_upload_read_enter_and_again(desk):
    answer = upload(desk, xlsx(row(**AGAIN), row(name="Bún khô")))
    kept = ImportUpload.objects.get()
    address = reverse("desk:import-report", args=[kept.pk])
    assert answer["Location"] == address
    assert kept.name == NAME and NAME not in kept.file.name and len(files()) == 2
    page = desk.get(address).content.decode()
    assert "Tệp không có lỗi" in page and "Nhập 2 dòng" in page
    assert Product.objects.count() == 0, "a dry run writes nothing"
    form = opened(desk, address)
    answer = desk.post(address, form)
    assert answer["Location"] == address
    assert (Product.objects.count(), Certificate.objects.count()) == (2, 3)
    kept.refresh_from_db()
    assert kept.counts["certificates"] == 3 and kept.applied_at and not kept.file
    assert "Đã nhập tệp vào sổ bộ" in desk.get(address).content.decode()
    # Sent twice: the second answer leads to the result, and nothing is added.
    assert desk.post(address, form)["Location"] == address
    assert Certificate.objects.count() == 3
    upload(desk, xlsx(row(**AGAIN), row(name="Bún khô")))
    page = desk.get(reverse("desk:import-report", args=[ImportUpload.objects.first().pk])).content.decode()
    assert "Không có gì mới" in page and "Nhập 2 dòng" not in page


def test_files_go_once_entered(desk, django_capture_on_commit_callbacks):
    upload(desk, xlsx(row()))
    address = reverse("desk:import-report", args=[ImportUpload.objects.get().pk])
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(address, opened(desk, address))
    assert files() == []


def test_faults_are_listed_filtered_and_paged(desk):
    lines = [row(name=f"Miến {n}", stars="một") for n in range(60)]
    upload(desk, xlsx(*lines, row(name="Bún", phone="1", valid_to="16/03/2027")))
    address = reverse("desk:import-report", args=[ImportUpload.objects.get().pk])
    page = desk.get(address).content.decode()
    assert "Tệp có 61 lỗi" in page and "62 mục" in page and "page=2" in page
    assert "Nhập 61 dòng" not in page
    assert page.count('data-label="Vì sao"') == 50
    page = desk.get(address, {"column": "Điện thoại"}).content.decode()
    assert "1 mục" in page and "chữ số, bắt đầu bằng 0" in page
    assert "1 mục" in desk.get(address, {"kind": "warnings"}).content.decode()
    for garbage in ("page=x", "page=-1", "kind=zzz", "column=%00", "column=" + "x" * 2000, "page=99999"):
        assert desk.get(f"{address}?{garbage}").status_code == 200, garbage
    # A faulty workbook cannot be entered by sending the form all the same.
    answer = desk.post(address, opened(desk, HOME) | {"workbook": ""})
    assert "61 lỗi" in errors(answer) and Product.objects.count() == 0


def test_near_matches_lead_to_the_record(desk):
    product = ProductFactory(producer__name="Hợp tác xã Thanh Vân")
    upload(desk, xlsx(row()))
    page = desk.get(reverse("desk:import-report", args=[ImportUpload.objects.get().pk])).content.decode()
    assert f'href="{reverse("desk:producer", args=[product.producer_id])}"' in page


def test_a_register_that_changed_meanwhile(desk):
    upload(desk, xlsx(row(number="7/GCN")))
    address = reverse("desk:import-report", args=[ImportUpload.objects.get().pk])
    form = opened(desk, address)
    CertificateFactory(number="7/GCN")
    answer = desk.post(address, form)
    assert "sổ bộ đã thay đổi" in errors(answer)
    assert "Số giấy chứng nhận này đã có trong sổ bộ" in answer.content.decode()
    assert not Product.objects.filter(name="Miến dong Thanh Vân").exists()
    assert "Tệp có 1 lỗi" in desk.get(address).content.decode(), "the new report is kept"


@pytest.mark.parametrize(
    "data, reason",
    [
        (b"", "Tệp rỗng"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, "Excel đời cũ"),
        (b"a;b", "văn bản (CSV)"),
    ],
)
def test_what_is_no_workbook_is_refused_at_the_field(desk, data, reason):
    answer = upload(desk, data)
    assert answer.status_code == 200 and reason in errors(answer)
    assert ImportUpload.objects.count() == 0 and files() == []


def test_what_cannot_be_read_is_not_kept(desk):
    answer = upload(desk, xlsx(row(), *[[None] * 201 + ["x"]]))
    assert "ngoài 200 cột" in errors(answer)
    assert ImportUpload.objects.count() == 0 and files() == []


def test_the_workbook_back_as_an_attachment(desk):
    upload(desk, xlsx(row(stars="cao")))
    answer = desk.get(reverse("desk:import-errors", args=[ImportUpload.objects.get().pk]))
    assert (
        answer["Content-Disposition"].startswith("attachment;")
        and answer["X-Content-Type-Options"] == "nosniff"
    )
    page = load_workbook(io.BytesIO(answer.content))["Sổ"]
    assert page.cell(1, page.max_column).value == "Lỗi"
    assert "Không đọc được hạng sao" in page.cell(2, page.max_column).value


# --- columns and sheets ---------------------------------------------------------------------------

STRANGE = ["Thứ bán", "Ai làm", *list(HEADINGS.values())[1:3], *list(HEADINGS.values())[4:]]


def strange(**changes):
    line = row(**changes)
    return xlsx([line[0], line[3], *line[1:3], *line[4:]], headings=STRANGE)


def test_columns_are_told_once_and_remembered(desk):
    answer = upload(desk, strange())
    address = reverse("desk:import-columns", args=[ImportUpload.objects.get().pk])
    assert answer["Location"] == address
    page = desk.get(address).content.decode()
    assert "Còn thiếu cột" in page and "Miến dong Thanh Vân" in page
    assert "Còn thiếu cột: Chủ thể" in errors(send(desk, address, column_1="name"))
    assert "cũng được ghép" in errors(send(desk, address, column_1="name", column_2="name"))
    assert ImportMapping.objects.count() == 0
    answer = send(desk, address, column_1="name", column_2="producer")
    assert answer["Location"] == reverse("desk:import-report", args=[ImportUpload.objects.get().pk])
    assert ImportMapping.objects.count() == 1
    answer = upload(desk, strange(name="Bún"))
    assert answer["Location"] == reverse("desk:import-report", args=[ImportUpload.objects.first().pk])
    # A column may be taken out of use again.
    address = reverse("desk:import-columns", args=[ImportUpload.objects.first().pk])
    send(desk, address, column_6="")
    assert ImportMapping.objects.count() == 1
    assert "" in ImportMapping.objects.get().columns.values()


def test_a_sheet_is_chosen_where_several_may_be_meant(desk):
    def edit(workbook, sheet):
        other = workbook.create_sheet("Năm 2024")
        other.append(list(HEADINGS.values()))
        other.append(row(name="Của trang kia"))
        workbook.create_sheet("Nháp").sheet_state = "hidden"

    answer = upload(desk, xlsx(row(), edit=edit))
    kept = ImportUpload.objects.get()
    address = reverse("desk:import-columns", args=[kept.pk])
    assert answer["Location"] == address
    page = desk.get(address).content.decode()
    assert "Năm 2024" in page and "Trang đang ẩn, không đọc: Nháp" in page
    assert desk.get(address, {"trang": "Không có"}).status_code == 200
    chosen = f"{address}?trang=N%C4%83m%202024"
    assert send(desk, chosen)["Location"] == reverse("desk:import-report", args=[kept.pk])
    kept.refresh_from_db()
    assert kept.sheet == "Năm 2024"
    report = reverse("desk:import-report", args=[kept.pk])
    desk.post(report, opened(desk, report))
    assert Product.objects.get().name == "Của trang kia"


# --- what is left behind --------------------------------------------------------------------------


def test_uploads_go_after_a_day(desk, tinh, django_capture_on_commit_callbacks):
    kept = uploaded(tinh, xlsx(row()))
    address = reverse("desk:import-report", args=[kept.pk])
    form = opened(desk, address)
    ImportUpload.objects.update(uploaded_at=timezone.now() - KEPT - timedelta(minutes=1))
    assert "quá 24 giờ" in desk.get(address).content.decode()
    assert "quá 24 giờ" in desk.get(reverse("desk:import-columns", args=[kept.pk])).content.decode()
    assert desk.get(reverse("desk:import-errors", args=[kept.pk])).status_code == 404
    desk.post(address, form)
    assert Product.objects.count() == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert purge_uploads() == 1
    kept.refresh_from_db()
    assert files() == [] and not kept.file and purge_uploads() == 0
    keep_upload(file=file(xlsx(row())), by=tinh)
    assert len(files()) == 1


def test_a_file_that_is_gone_from_the_disk(desk, tinh):
    kept = uploaded(tinh, xlsx(row()))
    kept.file.storage.delete(kept.file.name)
    kept.report.storage.delete(kept.report.name)
    assert "tải tệp lên lại" in desk.get(reverse("desk:import-columns", args=[kept.pk])).content.decode()
    assert desk.get(reverse("desk:import-errors", args=[kept.pk])).status_code == 404


def test_progress_is_seen_from_another_request(desk, tinh):
    kept = uploaded(tinh, xlsx(row()))
    address = reverse("desk:import-progress", args=[kept.pk])
    assert desk.get(address).json() == {}
    with FileProgress(kept) as told:
        told("Ghi sản phẩm", 3, 3)
        assert desk.get(address).json() == {"stage": "Ghi sản phẩm", "done": 3, "total": 3}
    assert progress_of(kept) is None and desk.get(address).json() == {}


def test_a_report_survives_being_kept(tinh):
    kept = uploaded(tinh, xlsx(row(stars="một", phone="1"), ["Tổng cộng", 1]))
    with kept.report.open("rb") as stored:
        report = Report.from_json(json.load(stored))
    assert [r.column for r in report.faults] == ["Hạng sao", "Điện thoại"]
    assert report.counts["faults"] == 2 and report.skipped == [(3, "Tổng cộng · 1")]
    assert report.to_json() == Report.from_json(report.to_json()).to_json()


# --- the command ----------------------------------------------------------------------------------


def run(*args, **options):
    out = io.StringIO()
    call_command("import_register", *args, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def good(tmp_path):
    path = tmp_path / "sổ.xlsx"
    path.write_bytes(xlsx(row(**AGAIN)))
    return str(path)


def test_the_command_compares_unless_told_to_enter(good, tinh):
    told = run(good)
    assert "Sẽ thêm 1 chủ thể, 1 sản phẩm, 2 quyết định, 2 giấy chứng nhận. 0 lỗi" in told
    assert Decision.objects.count() == 0
    told = run(good, "--apply", "--as", "tinh")
    assert "Đã thêm 1 chủ thể" in told and "Ghi giấy chứng nhận: 2/2" in told
    assert Certificate.pgh_event_model.objects.first().pgh_context["actor"] == "tinh"
    assert "1 dòng đã có đủ trong sổ bộ. Đã thêm 0 chủ thể, 0 sản phẩm" in run(good, "--apply")


def test_the_command_names_each_fault_and_writes_them_back(tmp_path):
    path, back = tmp_path / "sổ.xlsx", tmp_path / "lỗi.xlsx"
    path.write_bytes(xlsx(row(commune="Côn Mình Sơn"), row(name="Bún")))
    out = io.StringIO()
    with pytest.raises(CommandError, match="Chưa nhập gì: 1 lỗi"):
        call_command("import_register", str(path), "--apply", "--errors", str(back), stdout=out)
    assert "LỖI · dòng 2 · Xã, phường “Côn Mình Sơn”: Không có xã, phường nào" in out.getvalue()
    assert "Có phải là: Xã Côn Minh" in out.getvalue()
    assert Product.objects.count() == 0
    assert load_workbook(back)["Sổ"].cell(1, len(HEADINGS) + 1).value == "Lỗi"


@pytest.mark.parametrize(
    "args, reason",
    [
        (["khong-co.xlsx"], "Không đọc được"),
        (["{good}", "--as", "ai đó"], "Không có tài khoản"),
        (["{good}", "--sheet", "Trang 9"], "không có trang tính “Trang 9”"),
        (["{csv}"], "văn bản"),
        (["{strange}"], "thiếu cột: Tên sản phẩm, Chủ thể"),
    ],
)
def test_the_command_refuses_in_words(good, tmp_path, args, reason):
    (tmp_path / "a.csv").write_text("a;b")
    (tmp_path / "b.xlsx").write_bytes(strange())
    names = {"good": good, "csv": tmp_path / "a.csv", "strange": tmp_path / "b.xlsx"}
    with pytest.raises(CommandError, match=reason):
        run(*(arg.format(**names) for arg in args))
