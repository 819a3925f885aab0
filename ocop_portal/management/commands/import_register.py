import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from ocop_portal.models import User
from products.actions.imports import Refused, import_register, recall_mapping
from products.register_workbook.choosing import choose, notes
from products.register_workbook.columns import FIELDS
from products.register_workbook.outgoing import errors_workbook
from products.register_workbook.package import BadWorkbook
from products.register_workbook.plan import make_plan
from products.register_workbook.reading import Book
from products.register_workbook.report import Remark, Report

MOST_PRINTED = 500


class Command(BaseCommand):
    help = (
        "Nhập sổ theo dõi sản phẩm (.xlsx) vào sổ bộ. Không có --apply: chỉ kiểm tra, không ghi gì. "
        "Có một lỗi thì không dòng nào được nhập; nhập lại cùng tệp không thêm gì."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.xlsx")
        parser.add_argument("--apply", action="store_true", help="ghi vào sổ bộ")
        parser.add_argument(
            "--sheet", metavar="TRANG", help="tên trang tính, khi tệp có nhiều trang giống sổ sản phẩm"
        )
        parser.add_argument("--errors", type=Path, metavar="OUT.xlsx", help="ghi lại tệp kèm cột “Lỗi”")
        parser.add_argument(
            "--as", dest="account", metavar="TÊN", help="tài khoản đứng tên việc nhập trong lịch sử"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        by = self._account(options["account"])
        try:
            with path.open("rb") as file:
                self._read(Book(file), path, by, options)
        except OSError as error:
            raise CommandError(f"Không đọc được {path}: {error.strerror}.") from error
        except BadWorkbook as error:
            raise CommandError(str(error)) from error

    def _account(self, name: str | None) -> User | None:
        if not name:
            return None
        try:
            return User.objects.get(username=name, is_active=True)
        except User.DoesNotExist as error:
            raise CommandError(f"Không có tài khoản “{name}” đang hoạt động.") from error

    def _read(self, book: Book, path: Path, by: User | None, options: dict[str, Any]) -> None:
        sheet, layout = choose(book, recall_mapping, options["sheet"])
        if missing := layout.missing:
            raise CommandError(
                f"Trang “{sheet.name}” thiếu cột: {', '.join(missing)}. Cột không nhận ra: "
                f"{', '.join(f'“{layout.labels[c]}”' for c in layout.unknown) or 'không có'}. "
                "Hãy sửa tiêu đề, hoặc ghép cột một lần ở trang Nhập từ Excel của bàn làm việc."
            )
        for column, name in sorted(layout.fields.items()):
            if name:
                self.stdout.write(f"  {layout.labels[column]} → {FIELDS[name].label}")
        for note in notes(book, sheet, layout):
            self.stdout.write(note)
        progress = _Lines(self.stdout)
        applied = False
        try:
            if options["apply"]:
                report = import_register(
                    book=book, sheet=sheet, layout=layout, source=path.name, by=by, progress=progress
                )
                applied = True
            else:
                report = make_plan(book, sheet, layout, progress).report
        except Refused as error:
            report = error.report
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self._tell(report, applied)
        if options["errors"]:
            options["errors"].write_bytes(errors_workbook(sheet, layout, report, book.epoch_1904))
            self.stdout.write(f"Đã ghi {options['errors']} kèm cột “Lỗi”.")
        if not report.ready:
            raise CommandError(f"Chưa nhập gì: {report.counts['faults']} lỗi. Sửa hết rồi chạy lại.")

    def _tell(self, report: Report, applied: bool) -> None:
        for row, text in report.skipped[:20]:
            self.stdout.write(f"Dòng {row}: bỏ qua, không phải dòng sản phẩm: “{text}”.")
        for note in report.notes:
            self.stdout.write(note)
        for remark in [*report.faults, *report.warnings][:MOST_PRINTED]:
            self.stdout.write(_line(remark))
        told = report.counts["faults"] + report.counts["warnings"]
        if told > MOST_PRINTED:
            self.stdout.write(
                f"… và {told - MOST_PRINTED} lỗi, lưu ý khác; xem đủ trong tệp ghi bằng --errors."
            )
        self.stdout.write(report.summary(applied))


def _line(remark: Remark) -> str:
    kind = "LỖI" if remark.grave else "lưu ý"
    value = f" “{remark.value}”" if remark.value else ""
    return f"{kind} · dòng {remark.row} · {remark.column}{value}: {remark.sentence}"


class _Lines:
    """Progress in lines: each stage at its beginning and end, and every few seconds between."""

    def __init__(self, out: Any) -> None:
        self.out, self.told, self.stage = out, 0.0, ""

    def __call__(self, stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if stage == self.stage and done < total and now - self.told < 2:
            return
        self.stage, self.told = stage, now
        self.out.write(f"{stage}: {done}/{total}")
        self.out.flush()
        sys.stdout.flush()
