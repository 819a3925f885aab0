"""News and attachments as tests need them."""

import io
import zipfile
from datetime import date

import factory
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document
from factory.django import DjangoModelFactory
from openpyxl import Workbook

from reports.models import News, NewsFile

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\nstartxref\n9\n%%EOF\n"


class NewsFactory(DjangoModelFactory):
    """Published on the day it is dated."""

    class Meta:
        model = News

    class Params:
        draft = factory.Trait(published_on=None)

    kind = News.Kind.NOTICE
    title = "Kế hoạch đánh giá sản phẩm OCOP đợt 2"
    slug = factory.Sequence(lambda n: f"tin-{n}")
    day = date(2026, 8, 1)
    summary = "Nhận hồ sơ đến hết ngày 30/9."
    text = "Đoạn một.\n\nXem https://ocop.example.vn/ <b>đậm</b>."
    published_on = factory.SelfAttribute("day")


def news_with_file(**fields):
    """The attachment of new published news."""
    return attached(NewsFactory(**fields))


def attached(news):
    file = SimpleUploadedFile("Mẫu phiếu.pdf", PDF)
    return NewsFile.objects.create(
        news=news, title="Mẫu phiếu đăng ký", file=file, filename=file.name, size=len(PDF)
    )


def docx():
    kept = io.BytesIO()
    document = Document()
    document.add_paragraph("Phiếu đăng ký")
    document.save(kept)
    return kept.getvalue()


def xlsx():
    kept, book = io.BytesIO(), Workbook()
    book.active["A1"] = "Tên sản phẩm"
    book.save(kept)
    return kept.getvalue()


def changed(content, *, add=(), replace=(), leave_out=()):
    """The ZIP with parts added, bytes of parts replaced ((part, old, new)), parts left out."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name in leave_out:
                continue
            body = old.read(name)
            for part, before, after in replace:
                if part == name:
                    assert before in body
                    body = body.replace(before, after)
            new.writestr(name, body)
        for name, body in add:
            new.writestr(name, body)
    return kept.getvalue()
