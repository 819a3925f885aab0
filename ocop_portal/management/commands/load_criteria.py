import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ratings.actions.rules import load_criteria, load_shipped
from ratings.rulesets import BadRuleset


class Command(BaseCommand):
    help = (
        "Nạp bộ tiêu chí. Không có FILE: nạp các bộ đi kèm phần mềm. Có FILE: bản văn chính thức của tỉnh, "
        "thành một bản mới; bản đang dùng không bị sửa."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path | None = options["file"]
        if path is None:
            new = load_shipped()
            self.stdout.write("\n".join(f"Đã nạp {r}." for r in new) or "Các bộ đi kèm đã có, không đổi gì.")
            return
        try:
            data = json.loads(path.read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise CommandError(f"Không đọc được {path}: {error.strerror}.") from error
        except ValueError as error:
            raise CommandError(f"{path} không phải là JSON: {error}.") from error
        try:
            edition, new_edition = load_criteria(data=data)
        except BadRuleset as error:
            told = "\n".join(f"  - {fault}" for fault in error.faults)
            raise CommandError(f"Chưa nạp gì, {len(error.faults)} lỗi:\n{told}") from error
        self.stdout.write(
            f"Đã nạp {edition}." if new_edition else f"{edition}: nội dung như cũ, không đổi gì."
        )
