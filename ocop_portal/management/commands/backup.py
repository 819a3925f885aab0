from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from ocop_portal.backup import BackupError, back_up


class Command(BaseCommand):
    help = "Sao lưu cơ sở dữ liệu và tệp vào một thư mục mới."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR", help="thư mục chưa có, hoặc trống")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            back_up(options["folder"], connection, self.stdout.write)
        except BackupError as error:
            raise CommandError(str(error)) from error
