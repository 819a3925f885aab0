"""The table of design §6: what was found beside what is to be reached. `README.md` explains each row."""

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

LATEST = Path(__file__).resolve().parent / "latest.json"


@dataclass(frozen=True)
class Row:
    """One figure. `reach` is empty for one that only explains others; `reached` is None where nothing is judged."""

    size: int
    name: str
    value: str
    reach: str = ""
    reached: bool | None = None


def at_least(size: int, name: str, value: float, least: float, unit: str = "×") -> Row:
    return Row(size, name, f"{number(value)} {unit}", f"≥ {number(least)} {unit}", value >= least)


def at_most(size: int, name: str, value: float, most: float, unit: str) -> Row:
    return Row(size, name, f"{number(value)} {unit}", f"≤ {number(most)} {unit}", value <= most)


def number(value: float) -> str:
    """As it is written here: 1.234 and 0,61."""
    digits = 0 if value == int(value) or value >= 100 else 2 if value < 10 else 1
    return f"{value:,.{digits}f}".translate(str.maketrans(",.", ".,"))


def rows_of(size: int, told: dict[str, Any]) -> Iterable[Row]:
    """The rows of one size, from what `bench.__main__.measure` found."""
    per_second = told["per_second"]
    share = per_second["catalogue"] / per_second["nothing"]
    yield at_least(size, "danh mục, trang lặp lại ÷ trang rỗng", share, 0.60)
    yield Row(size, "  trang rỗng", f"{number(per_second['nothing'])} yêu cầu/giây")
    yield Row(size, "  danh mục", f"{number(per_second['catalogue'])} yêu cầu/giây")
    yield Row(
        size, "  trang sản phẩm ÷ trang rỗng", f"{number(per_second['product'] / per_second['nothing'])} ×"
    )
    first, wide = told["first"], told["first_240"]
    limit = 40 if size <= 16_000 else 300
    yield at_most(size, "danh mục, lần đầu sau thay đổi", first["median_ms"], limit, "ms")
    yield at_most(size, "  số truy vấn", first["queries"], 8, "truy vấn")
    same = first["queries"] == wide["queries"]
    yield Row(size, "  số truy vấn của 240 dòng", f"{wide['queries']}", "như 24 dòng", same)
    slowest = max(told["search"].values(), key=lambda view: view["median_ms"])
    name = "tìm theo chữ, lần đầu sau thay đổi (chậm nhất)"
    yield at_most(size, name, slowest["median_ms"], 150, "ms")
    yield from _datasette(size, told, per_second["catalogue"])
    for path, weight in told["weight"].items():
        page = "danh mục" if path == "list" else "trang sản phẩm"
        yield at_most(size, f"{page}, tải lần đầu, không kể ảnh", weight["total"] / 1000, 60, "kB")
        yield at_most(size, "  tệp của nơi khác chặn hiển thị", len(weight["third"]), 0, "tệp")
    fresh = told["fresh"]
    yield at_most(size, "trang còn cũ sau khi đã ghi", fresh["stale"], 0, "trang")
    yield Row(size, "  từ lúc ghi đến trang mới, chậm nhất", f"{number(fresh['slowest_ms'])} ms")


def _datasette(size: int, told: dict[str, Any], catalogue: float) -> Iterable[Row]:
    least = {16_000: 10, 1_000_000: 20}.get(size)
    if "datasette" not in told:
        return
    if told["datasette"] is None:
        yield Row(size, "so với Datasette", "không cài được, bỏ qua", f"≥ {least} ×" if least else "")
        return
    other = told["datasette"]
    times = catalogue / other["per_second"]
    name = f"danh mục ÷ Datasette {other['version']}"
    yield at_least(size, name, times, least) if least else Row(size, name, f"{number(times)} ×")
    yield Row(size, "  Datasette", f"{number(other['per_second'])} yêu cầu/giây")
    ratio = other["ms"] / told["first"]["median_ms"]
    yield Row(size, "  một lần xem: Datasette ÷ lần đầu sau thay đổi", f"{number(ratio)} ×")


def table(rows: list[Row]) -> str:
    """Lines for people."""
    width = max(len(row.name) for row in rows)
    lines, size = [], 0
    for row in rows:
        if row.size != size:
            size = row.size
            lines.append(f"\n{number(size)} sản phẩm")
        mark = {True: "đạt", False: "KHÔNG ĐẠT", None: ""}[row.reached]
        lines.append(f"  {row.name:<{width}}  {row.value:>24}  {row.reach:<14} {mark}".rstrip())
    return "\n".join(lines)


def write(rows: list[Row], found: dict[int, Any]) -> None:
    """`bench/latest.json`: the rows, what they were reckoned from, and on what machine."""
    machine = {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
    }
    told = {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine,
        "rows": [asdict(row) for row in rows],
        "found": {str(size): figures for size, figures in found.items()},
    }
    LATEST.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
