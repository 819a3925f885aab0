import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from ocop_portal.audit import differences
from ocop_portal.journal import tracked_models


class Command(BaseCommand):
    help = "Đối chiếu nhật ký với dữ liệu: mỗi dòng phải đúng như lần ghi cuối. Mã thoát 1 khi có chỗ khác."

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(differences(connection))
        for difference in found:
            self.stdout.write(str(difference))
        if found:
            self.stdout.write(f"{len(found)} chỗ nhật ký và dữ liệu không khớp: có người ghi ngoài cổng.")
            sys.exit(1)
        self.stdout.write(f"Nhật ký khớp với dữ liệu ở cả {len(tracked_models())} bảng.")
