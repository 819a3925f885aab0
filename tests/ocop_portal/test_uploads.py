"""Scanned documents: what is taken, under which name it is kept, and how it is given out."""

import io
import stat
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.migrations.writer import MigrationWriter
from django.db.models import FileField
from django.db.models.fields.files import FieldFile
from django.http import Http404
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ocop_portal import uploads
from ocop_portal.uploads import (
    DocumentField,
    PrivateStorage,
    private_path,
    private_storage,
    random_name,
    safe_filename,
    serve_private,
)

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nxref\n0 1\ntrailer\n<<>>\nstartxref\n30\n%%EOF\n"


def picture(format: str) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((200, 200), 60).save(out, format)
    return out.getvalue()


def upload(data: bytes, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="application/x-whatever")


def refusal(data: bytes, name: str) -> str:
    with pytest.raises(ValidationError) as refused:
        DocumentField().clean(upload(data, name))
    return refused.value.messages[0]


@pytest.mark.parametrize(
    ("data", "name", "media_type"),
    [
        (PDF, "quyet-dinh.pdf", "application/pdf"),
        (PDF + b"\0" * 1_000, "Q\u0110.PDF", "application/pdf"),
        (picture("JPEG"), "scan.jpg", "image/jpeg"),
        (picture("JPEG") + b"scanner", "scan.JPEG", "image/jpeg"),
        (picture("PNG"), "scan.png", "image/png"),
    ],
)
def test_taken_by_content(data: bytes, name: str, media_type: str) -> None:
    file = DocumentField().clean(upload(data, name))
    assert file.content_type == media_type
    assert file.read() == data


@pytest.mark.parametrize(
    "data",
    [
        b"<html>%PDF-1.7 %%EOF</html>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"MZ\x90\0",
        b"PK\x03\x04 docx",
        picture("GIF"),
        picture("TIFF"),
        b"\n" + PDF,
    ],
    ids=["html", "svg", "exe", "docx", "gif", "tiff", "late pdf"],
)
@pytest.mark.parametrize("ending", ["pdf", "jpg", "png"])
def test_refused_whatever_its_name(data: bytes, ending: str) -> None:
    assert refusal(data, f"quyet-dinh.{ending}") == "Tệp không phải là PDF, JPEG hoặc PNG."


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (PDF[:-10], "a.pdf", "PDF"),
        (PDF.replace(b"startxref", b""), "a.pdf", "PDF"),
        (picture("JPEG")[:-2_000], "a.jpg", "JPEG"),
        (b"\xff\xd8\xff\xd9", "a.jpg", "JPEG"),
        (picture("PNG")[:2_000], "a.png", "PNG"),
        (picture("PNG").replace(b"IDAT", b"IDAX", 1), "a.png", "PNG"),
    ],
)
def test_broken_files_are_told_from_foreign_ones(data: bytes, name: str, kind: str) -> None:
    assert refusal(data, name) == f"Tệp {kind} bị hỏng hoặc chưa được tải lên đầy đủ."


@pytest.mark.parametrize(
    ("data", "name"),
    [(PDF, "a.png"), (PDF, "a"), (PDF, "a.pdf.exe"), (picture("PNG"), "a.jpg"), (picture("JPEG"), "a.pdf")],
)
def test_the_ending_must_agree(data: bytes, name: str) -> None:
    assert "tên tệp không kết thúc bằng" in refusal(data, name)


def test_empty_and_missing() -> None:
    assert refusal(b"", "a.pdf") == uploads.EMPTY
    with pytest.raises(ValidationError, match="Hãy chọn một tệp"):
        DocumentField().clean(None)
    assert DocumentField(required=False).clean(None) is None


def test_heavy_file_is_refused_unread() -> None:
    file = upload(PDF, "a.pdf")
    file.size = uploads.MAX_BYTES + 1
    file.file.close()  # reading it would fail
    with pytest.raises(ValidationError) as refused:
        DocumentField().clean(file)
    assert refused.value.messages == [uploads.TOO_HEAVY]


def test_widget_links_to_no_address() -> None:
    field = DocumentField()
    assert field.widget.attrs["accept"] == "application/pdf,image/jpeg,image/png"
    assert "href" not in field.widget.render("scan", private_storage())


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Quyết định 123.pdf", "Quyết định 123.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\can bo\\QĐ.pdf", "QĐ.pdf"),
        ("a\u202efdp.exe.pdf", "afdp.exe.pdf"),
        ('x"; filename="y.pdf', "x_; filename=_y.pdf"),
        ("dòng\r\nX-A: b.pdf", "dòngX-A_ b.pdf"),
        ("", "tep"),
        ("...", "tep"),
        (".pdf", "pdf"),
        ("Quye\u0302\u0301t.pdf", "Quyết.pdf"),
    ],
)
def test_safe_filename(name: str, safe: str) -> None:
    assert safe_filename(name) == safe


@settings(deadline=None)
@given(st.text())
def test_safe_filename_is_safe_for_any_text(name: str) -> None:
    safe = safe_filename(name)
    assert 0 < len(safe) <= uploads.LONGEST_NAME
    assert not set(safe) & set('/\\<>:"|?*\r\n\0')
    assert not safe.startswith(".")
    assert safe_filename(safe) == safe


def test_cleaned_file_bears_the_safe_name() -> None:
    assert DocumentField().clean(upload(PDF, "Quye\u0302\u0301t  định?.pdf")).name == "Quyết định_.pdf"


def test_random_names_keep_the_ending_alone() -> None:
    names = {random_name("Nguyễn Văn A.PDF") for _ in range(50)}
    assert len(names) == 50
    assert all(len(Path(n).stem) == 32 and Path(n).suffix == ".pdf" for n in names)
    assert Path(random_name("a.php")).suffix == ""


def test_kept_apart_unreadable_to_others_and_without_address(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    storage = private_storage()
    name = storage.save(private_path("decisions")(None, "Q\u0110 12.pdf"), ContentFile(PDF))
    path = Path(storage.path(name))
    assert path.parent == tmp_path / "private" / "decisions"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    with pytest.raises(ValueError, match="no public address"):
        storage.url(name)


def test_storage_follows_the_setting(settings, tmp_path) -> None:
    storage = PrivateStorage()
    settings.MEDIA_ROOT = tmp_path / "one"
    assert storage.path("a") == str(tmp_path / "one" / "private" / "a")
    settings.MEDIA_ROOT = tmp_path / "two"
    assert storage.path("a") == str(tmp_path / "two" / "private" / "a")


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (private_path("decisions"), "ocop_portal.uploads.PrivatePath('decisions')"),
        (private_storage, "ocop_portal.uploads.private_storage"),
    ],
)
def test_migrations_can_name_them(value, code: str) -> None:
    assert MigrationWriter.serialize(value)[0] == code


def test_served_as_a_download_that_nobody_interprets_or_keeps() -> None:
    response = serve_private(ContentFile(PDF, name="abc.pdf"), "Quyết định 12.pdf")
    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''Quy%E1%BA%BFt")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("name", ["a.html", "a.svg", "a", "a.pdf.js"])
def test_other_types_are_served_as_bytes(name: str) -> None:
    assert serve_private(ContentFile(b"x"), name)["Content-Type"] == "application/octet-stream"


def test_a_file_gone_from_the_disk_is_not_found(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    storage = private_storage()
    name = storage.save("decisions/a.pdf", ContentFile(PDF))
    field = FileField(storage=storage)
    assert b"".join(serve_private(FieldFile(None, field, name), "a.pdf").streaming_content) == PDF
    storage.delete(name)
    with pytest.raises(Http404):
        serve_private(FieldFile(None, field, name), "a.pdf")
