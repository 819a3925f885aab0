from typing import Any

from django.core.management.base import BaseCommand

from ocop_portal.actions import load_holidays


class Command(BaseCommand):
    help = "Nạp các ngày nghỉ lễ đi kèm phần mềm. Ngày đã có, kể cả do quản trị sửa, được giữ nguyên."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Ngày nghỉ lễ: thêm {load_holidays()} ngày.")
