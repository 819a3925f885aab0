import sys
from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import ProgrammingError, connection
from django.db.migrations.executor import MigrationExecutor

from ocop_portal.audit import differences
from ocop_portal.backup import BackupError, restore
from ocop_portal.revision import begin_anew


class Command(BaseCommand):
    help = "Khôi phục một bản sao lưu, rồi đối chiếu nhật ký với dữ liệu."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR", help="thư mục của bản sao lưu")
        parser.add_argument(
            "--replace", action="store_true", help="thay toàn bộ cơ sở dữ liệu đang có; không lấy lại được"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            restore(options["folder"], connection, replace=options["replace"], say=self.stdout.write)
        except BackupError as error:
            raise CommandError(str(error)) from error
        with suppress(ProgrammingError):  # of a version that keeps no log of changes
            begin_anew()  # readers of changes may know what the backup does not
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("Bản sao lưu của phiên bản cũ hơn: hãy chạy migrate, rồi verify_audit.")
            return
        if found := list(differences(connection)):
            for difference in found:
                self.stdout.write(str(difference))
            sys.exit(1)
        self.stdout.write("Nhật ký khớp với dữ liệu.")
