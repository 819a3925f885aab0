from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from ocop_portal.clock import today
from ocop_portal.limits import forget_expired
from products.actions.complaints import contacts_to_erase, erase_complaint_contacts


class Command(BaseCommand):
    help = "Xóa liên hệ của người phản ánh khi đã hết thời hạn lưu. Chạy hằng ngày; chạy lại không đổi gì."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="chỉ đếm, không xóa")

    def handle(self, *args: Any, **options: Any) -> None:
        days = settings.COMPLAINT_CONTACT_DAYS
        if options["dry_run"]:
            self.stdout.write(
                f"Sẽ xóa liên hệ của {contacts_to_erase(today()).count()} phản ánh (lưu {days} ngày)."
            )
            return
        self.stdout.write(f"Đã xóa liên hệ của {erase_complaint_contacts()} phản ánh (lưu {days} ngày).")
        forget_expired()
