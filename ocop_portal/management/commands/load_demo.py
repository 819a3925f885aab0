from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ocop_portal.actions import load_holidays, load_units
from ocop_portal.demo.accounts import ACCOUNTS, make_accounts, password
from ocop_portal.demo.assessment import load_assessment
from ocop_portal.demo.collections import load_collections
from ocop_portal.demo.council import make_council
from ocop_portal.demo.news import load_news
from ocop_portal.demo.notices import load_notices
from ocop_portal.demo.oversight import load_oversight
from ocop_portal.demo.photos import load_photos
from ocop_portal.demo.plan import BEFORE_MERGER, HOME
from ocop_portal.demo.reminders import load_reminders
from ocop_portal.demo.support import load_support
from ocop_portal.demo.yearly import load_yearly
from ocop_portal.models import AdministrativeUnit
from producers.models import Producer
from products.models import Certificate, Product
from ratings.actions.rules import load_shipped


class Command(BaseCommand):
    help = "Sổ bộ trình diễn: dữ liệu có nguồn và dữ liệu minh họa, cùng các tài khoản trình diễn."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--products", type=int, metavar="N", help="thêm sản phẩm minh họa cho đủ N")
        parser.add_argument("--if-empty", action="store_true", help="giữ nguyên nếu sổ bộ đã có dữ liệu")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "Chỉ nạp sổ bộ trình diễn khi OCOP_DEMO=1: nó thêm dữ liệu minh họa và tài khoản."
            )
        filled = Product.objects.exists()
        if filled and not options["if_empty"] and not options["products"]:
            raise CommandError(
                "Sổ bộ đã có dữ liệu và không gì bị xóa: dùng --if-empty để giữ, --products N để thêm."
            )
        self._say("Đơn vị hành chính …")
        load_units()
        load_holidays()
        self._say("Bộ tiêu chí …")
        load_shipped()
        chosen = password()
        commune = AdministrativeUnit.objects.bearing(HOME, BEFORE_MERGER).current
        accounts = make_accounts(chosen, commune)
        council = make_council(accounts)
        self._load(accounts["tinh"], filled, options["products"])
        if producer := Producer.objects.filter(made_up=True, place__current=commune).first():
            producer.accounts.add(accounts["chuthe"])
        load_assessment(accounts, council, self._say)
        load_yearly(accounts["tinh"], self._say)
        load_support(accounts["tinh"], self._say)
        load_oversight(accounts, self._say)
        load_reminders(accounts["tinh"], self._say)
        load_notices(accounts["tinh"], self._say)
        load_news(accounts["tinh"], self._say)
        load_photos(accounts["tinh"], self._say)
        load_collections(accounts["tinh"], self._say)
        self._say(
            f"Sổ bộ có {Product.objects.count()} sản phẩm, {Certificate.objects.count()} giấy chứng nhận.\n"
        )
        self._say(f"Tài khoản trình diễn (mật khẩu chung: {chosen}):")
        for name, _, title in ACCOUNTS:
            self._say(f"  {name:<8} {title}")

    def _load(self, by: Any, filled: bool, products: int | None) -> None:
        from ocop_portal.demo.load import Loader

        missing = (products or 0) - Product.objects.count()
        if filled and missing <= 0:
            self._say("Giữ nguyên dữ liệu đã có.")
            return
        if not filled:
            Loader(by, self._say).load()
            missing = (products or 0) - Product.objects.count()
        if missing > 0:
            Loader(by, self._say).fill(missing)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
