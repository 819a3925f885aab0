"""`python -m bench [--sizes "218 16000"] [--seconds 4] [--anew] [--no-datasette]`: measure, print, keep.

The exit code is 1 where a figure is missed.
"""

import argparse
import os
import sys
import time
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from bench.databases import HOME

# The portal's own modules are used for the day and the rule of standing; the register is read by the server alone.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ocop_portal.settings")
os.environ.setdefault("STATE_DIR", str(HOME))


def measure(size: int, seconds: float, *, with_datasette: bool) -> dict[str, Any]:
    """All figures of one size."""
    from bench import datasette, measures
    from bench.client import Reader, rate
    from bench.server import serving

    with serving(size) as port:
        told: dict[str, Any] = {"per_second": measures.repeated(port, seconds)}
        if with_datasette:
            told["datasette"] = None
            with datasette.serving(size) as other:
                if other:
                    with Reader(other) as reader:
                        reader.get(datasette.path())
                        begun = time.perf_counter()
                        answer = reader.get(datasette.path())
                        ms = 1000 * (time.perf_counter() - begun)
                    if answer.status != 200:
                        sys.exit(f"Datasette trả lời {answer.status}.")
                    per_second = rate(other, datasette.path(), seconds=max(seconds, 4))
                    told["datasette"] = {"per_second": per_second, "ms": ms, "version": datasette.VERSION}
        told["first"] = asdict(measures.first_views(port, size, measures.LIST))
        told["first_240"] = asdict(measures.first_views(port, size, f"{measures.LIST}?per_page=240", 4))
        told["search"] = {
            text: asdict(measures.first_views(port, size, f"{measures.LIST}?{urlencode({'q': text})}", 7))
            for text in measures.SEARCHES
        }
        told["weight"] = {
            "list": measures.weight(port, measures.LIST),
            "product": measures.weight(port, measures.product_path(port)),
        }
        told["fresh"] = measures.freshness(port, size)
    return told


def main() -> int:
    import django

    from bench import databases, report

    parser = argparse.ArgumentParser(prog="bench", description="Đo tốc độ của cổng, so với một trang rỗng.")
    parser.add_argument("--sizes", default="218 16000", help="các cỡ sổ bộ, cách nhau bằng dấu cách")
    parser.add_argument("--seconds", type=float, default=4, help="mỗi địa chỉ đo bao lâu")
    parser.add_argument("--anew", action="store_true", help="nạp lại sổ bộ từ đầu")
    parser.add_argument("--no-datasette", action="store_true", help="không so với Datasette")
    asked = parser.parse_args()
    django.setup()
    rows: list[report.Row] = []
    found: dict[int, dict[str, Any]] = {}
    databases.start()
    for size in map(int, asked.sizes.split()):
        databases.prepare(size, anew=asked.anew)
        print(f"Đo sổ bộ {report.number(size)} sản phẩm …", file=sys.stderr, flush=True)
        found[size] = measure(size, asked.seconds, with_datasette=not asked.no_datasette)
        rows += report.rows_of(size, found[size])
    print(report.table(rows))
    report.write(rows, found)
    missed = [row for row in rows if row.reached is False]
    print(f"\n{len(missed)} chỉ tiêu không đạt." if missed else "\nMọi chỉ tiêu đều đạt.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
