from typing import Any

from django.core.management.base import BaseCommand

from ocop_portal.actions import load_units


class Command(BaseCommand):
    help = "Nạp đơn vị hành chính trước và sau 1/7/2025, việc kế thừa và các cách viết tên. Chạy lại không đổi gì."

    def handle(self, *args: Any, **options: Any) -> None:
        counts = load_units()
        self.stdout.write(
            f"Đơn vị hành chính: thêm {counts['units']} đơn vị, {counts['successions']} kế thừa, "
            f"{counts['names']} cách viết tên."
        )
