"""Writes on products, what belongs to their description, and their photos."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from ocop_portal.clock import today
from ocop_portal.db import constraints_in_words
from ocop_portal.history import acting
from ocop_portal.images import Photo
from ocop_portal.photos import drop_photo, keep_photo
from products.models import Certificate, Product, ProductAlias, ProductImage
from products.standing import Standing

MOST_PHOTOS = 8


def ensure_editable(product: Product) -> None:
    """A revoked product stays as it was judged. Raises ValidationError while its certificate is revoked."""
    governing = Certificate.objects.filter(product=product).governing(today()).first()
    if governing and governing.standing_on(today()) == Standing.REVOKED:
        raise ValidationError(
            f"Giấy chứng nhận của sản phẩm đã bị thu hồi từ {governing.revoked_on:%d/%m/%Y}, nên thông tin được giữ "
            "nguyên như lúc thu hồi. Chỉ sửa được sau khi có kết quả công nhận mới."
        )


def _locked(product: Product) -> Product:
    """The product as it is now, its row held; refused while revoked."""
    found = Product.objects.select_for_update(no_key=True).get(pk=product.pk)
    ensure_editable(found)
    return found


@transaction.atomic
def save_product(
    *,
    product: Product,
    parts: Iterable[models.Model] = (),
    removed: Iterable[models.Model] = (),
    old_codes: Iterable[ProductAlias] = (),
    by: Any,
) -> Product:
    """Add a product or keep what was changed of it, with the parts of its description.

    A code that gave way to another one stays as an alias: every code ever issued resolves. `old_codes` are such
    codes of before the register; they are only added. Raises ValidationError.
    """
    before = _locked(product) if product.pk else None
    taken = ProductAlias.objects.filter(code__iexact=product.code).exclude(product=product.pk).first()
    if taken:
        raise ValidationError(
            {"code": f"Mã này là mã cũ của sản phẩm “{taken.product}”, không cấp lại được."}
        )
    product.full_clean()
    with acting("save_product", by=by), constraints_in_words(Product):
        product.save()
        if before and before.code != product.code:
            ProductAlias.objects.get_or_create(
                code=before.code, defaults={"product": product, "note": "mã trước khi đổi"}
            )
        for part in removed:
            part.delete()
        for part in parts:
            part.product = product  # type: ignore[attr-defined]
            with constraints_in_words(type(part)):
                part.save()
        for alias in old_codes:
            _add_alias(product, alias)
    return product


def _add_alias(product: Product, alias: ProductAlias) -> None:
    """An old code of the product. Raises ValidationError where the code is somebody's already."""
    holder = Product.objects.bearing(alias.code)
    if holder:
        raise ValidationError(f"Mã “{alias.code}” đã là mã của sản phẩm “{holder}”.")
    alias.product = product
    alias.full_clean()
    alias.save()


@transaction.atomic
def add_photo(*, product: Product, photo: Photo, alt: str, by: Any) -> ProductImage:
    """Keep the renditions of an accepted photo and show it last. Raises ValidationError."""
    product = _locked(product)
    if (count := product.images.count()) >= MOST_PHOTOS:
        raise ValidationError(f"Sản phẩm đã có {count} ảnh. Hãy bỏ bớt một ảnh trước.")
    return keep_photo(ProductImage(product=product, alt=alt), photo, after=product.images, by=by)


@transaction.atomic
def remove_photo(*, image: ProductImage, by: Any) -> None:
    """Stop showing a photo; its files go once that is committed."""
    _locked(image.product)
    drop_photo(image, by=by)


__all__ = ["add_photo", "ensure_editable", "remove_photo", "save_product"]
