import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ocop_portal.clock import today
from reports.checks import CHECKS, failed, run
from reports.desk.registry import link


class Command(BaseCommand):
    help = "Rà soát sổ bộ: những chỗ trái lẽ giữa các bảng. Mã thoát 1 khi có chỗ sai."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="kết quả dạng JSON")
        parser.add_argument("--only", action="append", default=[], metavar="TÊN", help="chỉ phép rà này")

    def handle(self, *args: Any, **options: Any) -> None:
        if unknown := set(options["only"]) - set(CHECKS):
            raise CommandError(f"Không có phép rà {', '.join(sorted(unknown))}. Có: {', '.join(CHECKS)}.")
        results = run(today(), options["only"])
        if options["json"]:
            told = [
                {
                    "check": c.name,
                    "title": c.title,
                    "severity": c.severity.value,
                    "todo": c.todo,
                    "findings": [{"text": f.text, "url": link(f)} for f in found],
                }
                for c, found in results
            ]
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))
        else:
            for c, found in results:
                if found:
                    self.stdout.write(f"{c.title} ({c.severity.label}): {len(found)}. {c.todo}")
                for f in found:
                    self.stdout.write(f"  {f.text}{f'  {link(f)}' if link(f) else ''}")
            count = sum(len(found) for _, found in results)
            self.stdout.write(f"{len(results)} phép rà, {count} chỗ cần xem.")
        if failed(results):
            sys.exit(1)
