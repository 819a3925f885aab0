from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ocop_portal.boundaries.loading import TOLERANCE, load_boundaries
from ocop_portal.boundaries.reading import MAX_BYTES, BadBoundaries
from ocop_portal.models import AdministrativeUnit
from ocop_portal.params import parse_day
from ocop_portal.templatetags.components import thousands


class Command(BaseCommand):
    help = (
        "Nạp ranh giới đơn vị hành chính từ tệp GeoJSON (WGS 84) để trang bản đồ vẽ hình thật thay cho sơ đồ. "
        "Đủ mọi đơn vị của cấp, hoặc không nạp gì."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.geojson")
        parser.add_argument("--level", choices=("commune", "district"), default="commune", help="cấp đơn vị")
        parser.add_argument(
            "--on", metavar="NGÀY", help="đơn vị của ngày nào, ví dụ 2025-06-30; để trống: hiện nay"
        )
        parser.add_argument("--code-property", default="", metavar="TÊN", help="thuộc tính chứa mã đơn vị")
        parser.add_argument(
            "--tolerance",
            type=float,
            default=TOLERANCE,
            metavar="MÉT",
            help="bỏ chi tiết nhỏ hơn, 0–2000 mét",
        )
        parser.add_argument("--dry-run", action="store_true", help="chỉ kiểm tra, không ghi gì")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        day = parse_day(options["on"]) if options["on"] else None
        if options["on"] and day is None:
            raise CommandError(f"--on: “{options['on']}” không phải là ngày. Hãy viết dạng 2025-06-30.")
        if not 0 <= options["tolerance"] <= 2000:
            raise CommandError("--tolerance phải từ 0 đến 2000 mét.")
        try:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)  # a larger file is refused without being read to its end
            done = load_boundaries(
                data=data,
                level=AdministrativeUnit.Level(options["level"]),
                day=day,
                code_property=options["code_property"],
                tolerance=options["tolerance"],
                source=path.name[:150],
                dry_run=options["dry_run"],
            )
        except OSError as error:
            raise CommandError(f"Không đọc được {path}: {error.strerror}.") from error
        except BadBoundaries as error:
            told = "\n".join(f"  - {fault}" for fault in error.faults)
            raise CommandError(f"Chưa nạp gì, {len(error.faults)} lỗi:\n{told}") from error
        begin = "Kiểm tra xong, chưa ghi gì" if options["dry_run"] else "Đã nạp ranh giới"
        self.stdout.write(
            f"{begin}: {done.units} đơn vị của ngày {done.day:%d/%m/%Y}, {done.new} mới, {done.changed} thay đổi; "
            f"{thousands(done.points_before)} điểm giản lược còn {thousands(done.points)}."
        )
