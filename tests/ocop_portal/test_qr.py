"""QR codes: the modules drawn are the modules meant, in a form that the content policy lets through."""

import io
import re
import xml.etree.ElementTree as ET

import pytest
import segno
from django.utils.html import conditional_escape
from PIL import Image

from ocop_portal.qr import CORRECTION, QUIET_ZONE, code, qr_png, qr_svg

URL = "https://ocop.example.vn/p/BK-2023-001"
SVG = "{http://www.w3.org/2000/svg}"


def framed(url: str) -> list[list[int]]:
    """The matrix of the library itself, with its quiet zone."""
    return [
        list(row) for row in segno.make(url, micro=False, error=CORRECTION).matrix_iter(border=QUIET_ZONE)
    ]


def drawn(svg: str) -> list[list[int]]:
    """The modules that the dark path of the SVG covers."""
    root = ET.fromstring(svg)
    size = int(root.attrib["viewBox"].split()[2])
    grid = [[0] * size for _ in range(size)]
    path = root.findall(f"{SVG}path")[1].attrib["d"]
    steps = re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", path)
    assert "".join(f"M{x} {y}h{n}v1h-{m}z" for x, y, n, m in steps) == path
    for x, y, length, back in (map(int, step) for step in steps):
        assert length == back
        for column in range(x, x + length):
            grid[y][column] += 1
    return grid


@pytest.mark.parametrize("url", [URL, "https://a.vn", "https://ocop.example.vn/" + "x" * 500])
def test_svg_draws_each_module_once(url: str) -> None:
    assert drawn(qr_svg(url, "Mã QR")) == framed(url)


def test_png_draws_the_same_modules() -> None:
    image = Image.open(io.BytesIO(qr_png(URL, scale=3))).convert("L")
    expected = framed(URL)
    assert image.size == (len(expected) * 3, len(expected) * 3)
    pixels = [
        [int(image.getpixel((x * 3 + 1, y * 3 + 1)) < 128) for x in range(len(row))]
        for y, row in enumerate(expected)
    ]
    assert pixels == expected


def test_svg_passes_the_content_policy_and_fills_its_place() -> None:
    root = ET.fromstring(qr_svg(URL, "Mã QR"))
    for element in root.iter():
        assert not {"style", "width", "height"} & set(element.attrib)
        assert not [name for name in element.attrib if name.startswith("on")]
    assert {element.tag for element in root.iter()} == {f"{SVG}svg", f"{SVG}path"}


def test_svg_is_dark_on_white_in_every_theme() -> None:
    root = ET.fromstring(qr_svg(URL, "Mã QR"))
    ground, modules = root.findall(f"{SVG}path")
    size = root.attrib["viewBox"].split()[2]
    assert (ground.attrib["fill"], modules.attrib["fill"]) == ("#fff", "#000")
    assert ground.attrib["d"] == f"M0 0h{size}v{size}h-{size}z"


def test_svg_says_what_it_is() -> None:
    label = "Mã QR của \"Miến dong\" <Tài Hoan> & 'bạn'"
    svg = qr_svg(URL, label)
    assert conditional_escape(svg) == svg, "a template would show the source"
    root = ET.fromstring(svg)
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == label


def test_never_a_micro_code_which_phones_do_not_read() -> None:
    assert not code("1").is_micro


def test_survives_the_loss_of_an_eighth() -> None:
    assert code(URL).error in ("M", "Q", "H")


def test_an_address_too_long_is_refused() -> None:
    with pytest.raises(ValueError):
        qr_svg("https://a.vn/" + "x" * 5_000, "Mã QR")
