"""Accept an uploaded photo: decode, bound, re-encode. Not one byte of what was uploaded is ever served.

Only the pixels survive: no place, camera, profile, comment or hidden second content goes into the renditions.
"""

import io
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP")  # what may be decoded at all: no SVG, GIF, TIFF, PSD, EPS …
MAX_BYTES = 10 * 2**20
MAX_PIXELS = 40_000_000
MAX_PROFILE_BYTES = 4 * 2**20  # the largest profiles of printers are under 3 MB
MIN_WIDTH = 200
MAX_RATIO = 4  # of the longer side to the shorter
WIDTHS = (320, 640, 1280)
ENCODERS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("avif", {"quality": 60, "speed": 8}),
    ("webp", {"quality": 78, "method": 4}),
    ("jpeg", {"quality": 80, "optimize": True, "progressive": True}),
)

EMPTY = _("Tệp rỗng. Hãy chọn một tệp khác.")
NOT_A_PHOTO = _("Tệp không phải là ảnh JPEG, PNG hoặc WebP.")
BROKEN = _("Tệp ảnh bị hỏng hoặc chưa được tải lên đầy đủ.")
TOO_HEAVY = _("Ảnh lớn hơn 10 MB. Hãy chọn ảnh có dung lượng nhỏ hơn.")
TOO_MANY_PIXELS = _("Ảnh có hơn 40 triệu điểm ảnh. Hãy thu nhỏ ảnh rồi tải lại.")
ANIMATED = _("Không nhận ảnh động. Hãy chọn ảnh tĩnh.")
TOO_NARROW = f"Ảnh quá nhỏ. Chiều rộng phải từ {MIN_WIDTH} điểm ảnh trở lên."
TOO_LONG = f"Ảnh quá dài hoặc quá hẹp. Cạnh dài không được quá {MAX_RATIO} lần cạnh ngắn."


class BadImage(ValueError):
    """The file is no photo that the register can keep; the message says why, in Vietnamese."""


@dataclass(frozen=True)
class Rendition:
    """One encoded size of a photo, measured in pixels; `format` is one of avif, webp, jpeg."""

    width: int
    height: int
    format: str
    bytes: bytes


def open_photo(data: bytes) -> Image.Image:
    """The photo in the file: upright, sRGB, on white, without metadata.

    A JPEG far larger than any rendition is decoded at a half, a quarter or an eighth of its size.

    Raises BadImage.
    """
    if not data:
        raise BadImage(EMPTY)
    if len(data) > MAX_BYTES:
        raise BadImage(TOO_HEAVY)
    image = _upright(_decoded(_opened(data)))
    if image.width < MIN_WIDTH:
        raise BadImage(TOO_NARROW)
    return _bare(_in_srgb(image))


def renditions(image: Image.Image) -> list[Rendition]:
    """The photo at each width that it fills, never enlarged, in each format; widths ascend."""
    widest = min(image.width, WIDTHS[-1])
    found = []
    for width in [*(w for w in WIDTHS if w < widest), widest]:
        size = (width, max(1, round(image.height * width / image.width)))
        scaled = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
        found += [Rendition(*size, name, _encoded(scaled, name, options)) for name, options in ENCODERS]
    return found


@dataclass(frozen=True)
class Photo:
    """An accepted upload."""

    image: Image.Image

    @cached_property
    def renditions(self) -> list[Rendition]:
        """As `renditions`; encoded on first use."""
        return renditions(self.image)


class PhotoField(forms.FileField):
    """A file field whose cleaned value is a `Photo` (None when left empty and not required)."""

    default_error_messages: ClassVar = {
        "required": _("Hãy chọn một ảnh."),
        "invalid": _("Không nhận được tệp. Hãy chọn lại ảnh."),
        "missing": _("Không nhận được tệp. Hãy chọn lại ảnh."),
        "empty": EMPTY,
    }

    def to_python(self, data: Any) -> Photo | None:
        file = super().to_python(data)
        if file is None:
            return None
        try:
            if file.size > MAX_BYTES:
                raise BadImage(TOO_HEAVY)
            return Photo(open_photo(file.read()))
        except BadImage as error:
            raise ValidationError(str(error), code="bad_image") from error

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "accept": "image/jpeg,image/png,image/webp"}


def _opened(data: bytes) -> Image.Image:
    """The image by its header alone, once the header promises something we may decode."""
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
        animated = image.format in ("PNG", "WEBP") and getattr(image, "is_animated", False)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadImage(TOO_MANY_PIXELS) from error
    except UnidentifiedImageError as error:
        raise BadImage(NOT_A_PHOTO) from error
    except Exception as error:  # decoders fail in a dozen ways on hostile headers; each deserves an answer
        raise BadImage(BROKEN) from error
    if image.width * image.height > MAX_PIXELS:
        raise BadImage(TOO_MANY_PIXELS)
    if max(image.size) > MAX_RATIO * min(image.size):
        raise BadImage(TOO_LONG)
    if animated:
        raise BadImage(ANIMATED)
    return image


def _decoded(image: Image.Image) -> Image.Image:
    try:
        image.draft("RGB", (WIDTHS[-1], WIDTHS[-1]))
        image.load()
    except Exception as error:  # as above, now on hostile bodies
        raise BadImage(BROKEN) from error
    return image


def _upright(image: Image.Image) -> Image.Image:
    """Turned as the camera was held. A photo with unreadable metadata stays as it lies."""
    with suppress(Exception):  # the metadata is discarded anyway: no reason to refuse the photo
        return ImageOps.exif_transpose(image)
    return image


def _in_srgb(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile") or b""
    if image.mode.startswith("I"):  # 16 bits of grey, which `convert` would clip to white
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    if image.mode not in ("L", "RGB", "CMYK"):
        image = image.convert("RGB")
    if 0 < len(profile) <= MAX_PROFILE_BYTES:
        image = _through_profile(image, profile)
    return image.convert("RGB")


def _through_profile(image: Image.Image, profile: bytes) -> Image.Image:
    """Colours as the profile means them; as they are when it is broken or made for another kind of image."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return (
            ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            or image
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image


def _bare(image: Image.Image) -> Image.Image:
    """The pixels alone, in an image that never knew the file."""
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    return bare


def _encoded(image: Image.Image, name: str, options: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    image.save(out, name, **options)
    return out.getvalue()
