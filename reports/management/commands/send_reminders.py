"""Reminders of the day, by cron or a timer: `send_reminders [--dry-run] [--day 2026-12-31]`. See docs/operations.md."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ocop_portal import clock
from ocop_portal.params import parse_day
from reports.models import Message
from reports.reminders.queueing import Plan
from reports.reminders.running import rehearse, run
from reports.reminders.sending import Delivered


class Command(BaseCommand):
    help = "Nhắc hạn giấy chứng nhận: xếp thư của ngày rồi gửi. Chạy lại bao nhiêu lần cũng không gửi trùng."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="chỉ cho xem, không ghi và không gửi gì")
        parser.add_argument("--day", metavar="NGÀY", help="tính theo ngày khác hôm nay, ví dụ 31/12/2026")

    def handle(self, *args: Any, **options: Any) -> None:
        day = self._day(options["day"], dry=options["dry_run"])
        with clock.on(day):
            if options["dry_run"]:
                self._tell_rehearsal(rehearse(day))
                return
            if (done := run(day)) is None:
                self.stdout.write("Một lần chạy khác đang gửi thư: lần này không làm gì.")
                return
            self._tell(done.plan)
            self._tell_mail(done.delivered)
            self._tell_unreached(done.plan)

    @staticmethod
    def _day(asked: str | None, *, dry: bool) -> date:
        if not asked:
            return clock.today()
        day = parse_day(asked)
        if day is None:
            raise CommandError(f"“{asked}” không phải là ngày. Hãy viết dạng 31/12/2026 hoặc 2026-12-31.")
        if settings.PRODUCTION and day > clock.today() and not dry:
            raise CommandError(
                "Ngày chưa đến thì chỉ xem được bằng --dry-run: thư gửi rồi không rút lại được."
            )
        return day

    def _tell(self, plan: Plan) -> None:
        if not plan.letters:
            self.stdout.write(f"Ngày {plan.day:%d/%m/%Y}: không có mốc nhắc mới.")
            return
        self.stdout.write(
            f"Ngày {plan.day:%d/%m/%Y}: {plan.certificates} giấy chứng nhận đến mốc nhắc, "
            f"{plan.reminders} lời nhắc trong {len(plan.letters)} thư."
        )
        inbox = sum(message.user_id is not None for message, _ in plan.letters)
        mailed = sum(message.mail != Message.Mail.NONE for message, _ in plan.letters)
        self.stdout.write(f"Hộp thư trên cổng: {inbox} thư mới. Thư điện tử cần gửi: {mailed}.")

    def _tell_mail(self, done: Delivered) -> None:
        self.stdout.write(
            f"Thư điện tử: {done.sent} đã gửi, {done.failed + done.waiting} chờ lần sau, "
            f"{done.refused} bị từ chối, {done.uncertain} chưa rõ kết quả."
        )
        if done.error:
            self.stdout.write(f"Không gửi được thư: {done.error}")
        if done.refused or done.uncertain:
            self.stdout.write(
                "Thư bị từ chối hoặc chưa rõ kết quả: xem Bàn làm việc, Hộp thư, Chưa đến người nhận."
            )

    def _tell_unreached(self, plan: Plan) -> None:
        if not plan.unreached:
            return
        self.stdout.write(
            f"{len(plan.unreached)} chủ thể không có tài khoản và thư điện tử, cần gọi điện hoặc gửi văn bản:"
        )
        for producer in plan.unreached:
            self.stdout.write(f"  - {producer} ({producer.phone or 'chưa có số điện thoại'})")

    def _tell_rehearsal(self, plan: Plan) -> None:
        """Every letter by its recipient and subject; nothing was written."""
        self._tell(plan)
        for message, reminders in plan.letters:
            to = f"chủ thể {message.producer}" if message.producer_id else f"tài khoản {message.user}"
            mail = f" và thư điện tử {message.mail_to}" if message.mail_to and message.user_id else ""
            self.stdout.write(f"  {to}{mail}: {message.subject} ({len(reminders)} lời nhắc)")
        self._tell_unreached(plan)
        self.stdout.write("Chạy thử: chưa ghi và chưa gửi gì.")
