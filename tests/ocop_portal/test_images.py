"""Uploaded photos: what is taken, what is refused and in which words, and that only pixels survive."""

import io
import struct
import zipfile
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageCms, PngImagePlugin

from ocop_portal import images
from ocop_portal.images import BadImage, Photo, PhotoField, open_photo, renditions

RED, WHITE = (200, 30, 30), (255, 255, 255)


def picture(mode: str = "RGB", size: tuple[int, int] = (800, 600), color=RED) -> Image.Image:
    return Image.new(mode, size, color)


def encode(image: Image.Image, format: str = "JPEG", **options) -> bytes:
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_with_header(width: int, height: int, data: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [png_chunk(b"IHDR", header), png_chunk(b"IDAT", zlib.compress(data)), png_chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def animation(format: str) -> bytes:
    return encode(picture(), format, save_all=True, append_images=[picture(color="blue")], duration=100)


def workbook() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return out.getvalue()


def near(color: tuple[int, ...], other: tuple[int, ...], by: int = 6) -> bool:
    return all(abs(a - b) <= by for a, b in zip(color, other, strict=True))


REFUSED = {
    "empty file": (b"", images.EMPTY),
    "heavy file": (b"\xff\xd8\xff" + b"x" * images.MAX_BYTES, images.TOO_HEAVY),
    "bomb by header": (png_with_header(60_000, 60_000), images.TOO_MANY_PIXELS),
    "warned bomb by header": (png_with_header(10_000, 10_000), images.TOO_MANY_PIXELS),
    "50 megapixels": (encode(Image.new("1", (10_000, 5_000)), "PNG"), images.TOO_MANY_PIXELS),
    "zero pixels": (png_with_header(0, 0), images.NOT_A_PHOTO),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', images.NOT_A_PHOTO),
    "html": (b"<!doctype html><script>alert(1)</script>", images.NOT_A_PHOTO),
    "gif": (encode(picture(), "GIF"), images.NOT_A_PHOTO),
    "tiff": (encode(picture(), "TIFF"), images.NOT_A_PHOTO),
    "bmp": (encode(picture(), "BMP"), images.NOT_A_PHOTO),
    "avif": (encode(picture(), "AVIF"), images.NOT_A_PHOTO),
    "eps": (encode(picture(), "EPS"), images.NOT_A_PHOTO),
    "pdf": (encode(picture(), "PDF"), images.NOT_A_PHOTO),
    "workbook": (workbook(), images.NOT_A_PHOTO),
    "magic bytes alone": (b"\x89PNG\r\n\x1a\n", images.NOT_A_PHOTO),
    "truncated jpeg": (encode(picture())[:-400], images.BROKEN),
    "truncated png": (encode(Image.effect_noise((400, 300), 80), "PNG")[:5_000], images.BROKEN),
    "truncated webp": (encode(Image.effect_noise((400, 300), 80), "WEBP")[:5_000], images.BROKEN),
    "body shorter than header": (png_with_header(800, 600, b"\0" * 100), images.BROKEN),
    "animated webp": (animation("WEBP"), images.ANIMATED),
    "animated png": (animation("PNG"), images.ANIMATED),
    "narrow": (encode(picture(size=(199, 199))), images.TOO_NARROW),
    "ribbon": (encode(picture(size=(4_000, 300))), images.TOO_LONG),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_the_reason(name: str) -> None:
    data, reason = REFUSED[name]
    with pytest.raises(BadImage) as refusal:
        open_photo(data)
    assert str(refusal.value) == reason


@pytest.mark.parametrize("side", [60_000, 10_000])
def test_a_bomb_is_refused_before_it_is_decoded(side: int, monkeypatch) -> None:
    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", lambda self: pytest.fail("decoded"))
    with pytest.raises(BadImage):
        open_photo(png_with_header(side, side))


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_taken(format: str) -> None:
    photo = open_photo(encode(picture(), format))
    assert (photo.mode, photo.size) == ("RGB", (800, 600))
    assert near(photo.getpixel((400, 300)), RED)


def test_cut_jpeg_markers_of_every_length_get_an_answer() -> None:
    whole = encode(Image.effect_noise((300, 300), 60))
    for length in range(0, len(whole) - 2, max(1, len(whole) // 60)):
        with pytest.raises(BadImage):
            open_photo(whole[:length])


def test_renditions_at_three_widths_in_three_formats() -> None:
    made = renditions(open_photo(encode(picture(size=(2_000, 1_500)))))
    assert [(r.width, r.height, r.format) for r in made] == [
        (width, height, format)
        for width, height in ((320, 240), (640, 480), (1280, 960))
        for format in ("avif", "webp", "jpeg")
    ]
    for rendition in made:
        image = Image.open(io.BytesIO(rendition.bytes))
        assert image.format.lower() == rendition.format
        assert image.size == (rendition.width, rendition.height)
        assert near(image.convert("RGB").getpixel((5, 5)), RED)


@pytest.mark.parametrize(
    ("width", "widths"),
    [(200, [200]), (320, [320]), (500, [320, 500]), (1280, [320, 640, 1280]), (1281, [320, 640, 1280])],
)
def test_never_enlarged(width: int, widths: list[int]) -> None:
    made = renditions(picture(size=(width, width)))
    assert [r.width for r in made if r.format == "jpeg"] == widths


def test_place_camera_and_words_are_removed() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Maker of cameras"
    exif.get_ifd(0x8825).update({1: "N", 2: (22.0, 8.0, 50.0), 3: "E", 4: (105.0, 50.0, 0.0)})
    data = encode(
        picture(), exif=exif, comment=b"Secret comment", xmp=b"<x:xmpmeta>Secret packet</x:xmpmeta>"
    )
    assert b"Maker of cameras" in data
    assert b"Secret" in data
    photo = open_photo(data)
    assert photo.info == {}
    for rendition in renditions(photo):
        image = Image.open(io.BytesIO(rendition.bytes))
        assert not image.getexif()
        assert not {"exif", "xmp", "comment", "icc_profile"} & set(image.info)
        assert b"Maker" not in rendition.bytes
        assert b"Secret" not in rendition.bytes


def test_words_in_png_are_removed() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "Secret author", zip=False)
    assert all(
        b"Secret" not in r.bytes for r in renditions(open_photo(encode(picture(), "PNG", pnginfo=notes)))
    )


def test_second_content_behind_the_photo_is_removed() -> None:
    page = b"<html><script>alert(1)</script></html>"
    for tail in (page, workbook()):
        made = renditions(open_photo(encode(picture()) + tail))
        assert all(b"<script>" not in r.bytes and b"PK\x03\x04" not in r.bytes for r in made)


@pytest.mark.parametrize("orientation", [6, 8])
def test_turned_as_the_camera_was_held(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert open_photo(encode(picture(size=(800, 600)), exif=exif)).size == (600, 800)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_unreadable_metadata_does_not_cost_the_photo() -> None:
    data = encode(picture(), exif=b"Exif\0\0II*\0\xff\xff\xff\x7f" + b"\xff" * 64)
    assert open_photo(data).size == (800, 600)


def test_a_phone_photo_with_a_preview_inside_is_no_animation() -> None:
    data = encode(picture(), "MPO", save_all=True, append_images=[picture(size=(400, 300), color="blue")])
    assert near(open_photo(data).getpixel((5, 5)), RED)


def test_a_large_jpeg_is_decoded_smaller_but_fills_the_widest_rendition() -> None:
    photo = open_photo(encode(picture(size=(7_000, 5_000))))
    assert 1280 <= photo.width < 7_000
    assert renditions(photo)[-1].width == 1280


def test_print_colours_become_screen_colours() -> None:
    photo = open_photo(encode(picture("CMYK", color=(0, 255, 255, 0))))
    red, green, blue = photo.getpixel((5, 5))
    assert red > 200
    assert max(green, blue) < 80


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L+tRNS"])
def test_transparent_becomes_white(mode: str) -> None:
    options = {}
    if mode == "P":
        image, options = Image.new("P", (300, 300), 0), {"transparency": 0}
        image.putpalette([0, 0, 0, 255, 255, 255])
    elif mode == "L+tRNS":
        image, options = Image.new("L", (300, 300), 0), {"transparency": 0}
    else:
        image = Image.new(mode, (300, 300), (0,) * len(mode))
    assert open_photo(encode(image, "PNG", **options)).getpixel((5, 5)) == WHITE


def test_half_transparent_is_mixed_with_white() -> None:
    photo = open_photo(encode(Image.new("RGBA", (300, 300), (0, 0, 0, 128)), "PNG"))
    assert near(photo.getpixel((5, 5)), (127, 127, 127), by=1)


def test_sixteen_bits_of_grey_are_scaled_not_clipped() -> None:
    photo = open_photo(encode(Image.new("I;16", (300, 300), 0x8000), "PNG"))
    assert near(photo.getpixel((5, 5)), (128, 128, 128), by=1)


def test_black_and_white() -> None:
    assert open_photo(encode(Image.new("1", (300, 300), 1), "PNG")).getpixel((5, 5)) == WHITE


def swapped_profile() -> bytes:
    """sRGB with the colorants of red and green exchanged, so that following the profile shows."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"tmp!", 1).replace(b"gXYZ", b"rXYZ", 1).replace(b"tmp!", b"gXYZ", 1)


def test_colour_profile_is_followed() -> None:
    photo = open_photo(encode(picture(color=(255, 0, 0)), "PNG", icc_profile=swapped_profile()))
    red, green, _ = photo.getpixel((5, 5))
    assert (red < 40, green > 200) == (True, True)


@pytest.mark.parametrize("profile", [b"not a profile", b"\0" * 5_000_000, swapped_profile()[:200]], ids=len)
def test_broken_or_huge_profile_does_not_cost_the_photo(profile: bytes) -> None:
    assert near(open_photo(encode(picture(), icc_profile=profile)).getpixel((5, 5)), RED)


def upload(data: bytes, name: str = "anh.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="image/jpeg")


def test_field_gives_the_photo() -> None:
    photo = PhotoField().clean(upload(encode(picture())))
    assert isinstance(photo, Photo)
    assert len(photo.renditions) == 9  # 320, 640 and 800 wide
    assert photo.renditions is photo.renditions


def test_field_speaks_vietnamese() -> None:
    with pytest.raises(ValidationError) as refusal:
        PhotoField().clean(upload(workbook()))
    assert refusal.value.messages == ["Tệp không phải là ảnh JPEG, PNG hoặc WebP."]


@pytest.mark.parametrize(
    ("given", "message"), [(None, "Hãy chọn một ảnh."), (upload(b""), images.EMPTY)], ids=["nothing", "empty"]
)
def test_field_left_empty(given, message: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        PhotoField().clean(given)
    assert refusal.value.messages == [message]


def test_optional_field_left_empty() -> None:
    assert PhotoField(required=False).clean(None) is None


def test_field_refuses_a_heavy_file_unread() -> None:
    heavy = upload(b"x")
    heavy.size = images.MAX_BYTES + 1
    heavy.file.close()  # reading it would fail
    with pytest.raises(ValidationError) as refusal:
        PhotoField().clean(heavy)
    assert refusal.value.messages == [images.TOO_HEAVY]


def test_field_tells_the_browser_what_to_offer() -> None:
    assert PhotoField().widget.attrs["accept"] == "image/jpeg,image/png,image/webp"
