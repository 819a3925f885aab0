"""Giving out running numbers inside the transaction that uses them."""

from ocop_portal.models import AdministrativeUnit
from products.models import Certificate, Product, ProductAlias
from ratings.models import NumberSeries


def next_number(kind: str, scope: str, year: int) -> int:
    """The next number of a series. Its row stays locked until the surrounding transaction ends: no gap, no double."""
    series, _ = NumberSeries.objects.get_or_create(kind=kind, scope=scope, year=year)
    series = NumberSeries.objects.select_for_update(no_key=True).get(pk=series.pk)
    series.last += 1
    series.save(update_fields=["last"])
    return series.last


def _codes(unit: AdministrativeUnit) -> tuple[str, str]:
    """(province's code, unit's code), as in decision 19/2025/QĐ-TTg."""
    top = unit
    while top.parent is not None:
        top = top.parent
    return top.code, unit.code


def receipt_number(unit: AdministrativeUnit, year: int) -> str:
    """`NN/PĐK-(province)-(commune)-(year)`, as form 01 is numbered at the commune."""
    province, commune = _codes(unit)
    number = next_number(NumberSeries.Kind.RECEIPT, f"{province}-{commune}", year)
    return f"{number:02d}/PĐK-{province}-{commune}-{year}"


def product_code(unit: AdministrativeUnit, year: int) -> str:
    """`(province)-(commune)-(serial)-(year)`: the next one that no product bears or ever bore."""
    province, commune = _codes(unit)
    while True:
        number = next_number(NumberSeries.Kind.PRODUCT, f"{province}-{commune}", year)
        code = f"{province}-{commune}-{number:03d}-{year}"
        if not (
            Product.objects.filter(code__iexact=code).exists()
            or ProductAlias.objects.filter(code__iexact=code).exists()
        ):
            return code


def certificate_number(pattern: str, year: int) -> str:
    """The next number by the council's pattern that no certificate bears: earlier ones may come from paper."""
    while True:
        serial = next_number(NumberSeries.Kind.CERTIFICATE, pattern[:40], year)
        number = pattern.format(serial=serial, year=year)
        if not Certificate.objects.filter(number=number).exists():
            return number
