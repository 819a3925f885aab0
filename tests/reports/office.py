"""A register with something in every official table: products, figures, support, names that a spreadsheet would run."""

from datetime import date

from producers.models import PointOfSale, YearlyFigures
from products.models import Certificate, Decision, ExportMarket, ProductMark, RawMaterialArea, SalesChannel
from reports.models import PlanTarget
from tests.factories import (
    BANG_PHUC,
    CertificateFactory,
    DecisionFactory,
    ProducerFactory,
    ProductFactory,
    unit,
)
from tests.producers.support_rows import (
    CampaignPartFactory,
    PointFactory,
    PromotionPartFactory,
    SupplyFactory,
)

HOSTILE = ("=1+1", "+84 912", "-2+3", "@SUM(A1)", "\t=2")
"""Names as a table could be fed with; each would run if a program took it for a formula."""
DAY = date(2025, 12, 31)


def fill_office() -> list[Certificate]:
    """Seven products of six producers at two communes in 2025; one lapsed, one revoked."""
    PlanTarget.objects.create(name="Kế hoạch 2021–2025", from_year=2021, to_year=2025, products=6, stars_5=1)
    made = []
    for n, name in enumerate((*HOSTILE, "Miến dong Nà Sao")):
        producer = ProducerFactory(name=f"{name} HTX", place=unit(BANG_PHUC if n == 5 else "02173"))
        product = ProductFactory(name=name, producer=producer, place=producer.place)
        start = date(2022, 3, 1) if n == 4 else date(2025, 2, 1 + n)
        made.append(
            CertificateFactory(
                product=product,
                stars=3 + n % 3,
                total=50 + n,
                number=f"{name}/GCN",
                decision=DecisionFactory(signed_on=start),
            )
        )
        YearlyFigures.objects.create(producer=producer, year=2024, revenue=100)
        YearlyFigures.objects.create(
            producer=producer, year=2025, revenue=110 if n < 4 else 109.5, workers=10, women=4, note=name
        )
    another = ProductFactory(name="Trà hoa", producer=made[0].product.producer)
    made.append(CertificateFactory(product=another, decision=made[0].decision, number="TRA/GCN"))
    _traits([c.product for c in made])
    _revoke(made[3])
    _support([c.product.producer for c in made])
    return made


def _traits(products) -> None:  # type: ignore[no-untyped-def]
    for product in products[:3]:
        RawMaterialArea.objects.create(
            product=product, standard="organic", number=product.name, area_ha="8.5"
        )
        ProductMark.objects.create(product=product, kind="geographical", name="=Chỉ dẫn", number="12")
        ExportMarket.objects.create(product=product, market="Nhật Bản")
    RawMaterialArea.objects.create(product=products[0], standard="vietgap", valid_to=date(2025, 6, 30))
    ProductMark.objects.create(
        product=products[5], kind="collective", name="Na Rì", granted_on=date(2026, 1, 5)
    )
    ProductMark.objects.create(
        product=products[5], kind="collective", name="Bằng Phúc", granted_on=date(2020, 1, 5)
    )
    ExportMarket.objects.create(product=products[5], market="châu Âu", since_year=2026)
    for product in products:
        SalesChannel.objects.create(product=product, kind="postmart")
    SalesChannel.objects.create(product=products[0], kind="shopee", url="https://a.example.vn/1")
    SalesChannel.objects.create(product=products[0], kind="shopee", url="https://a.example.vn/2")


def _revoke(certificate: Certificate) -> None:
    Certificate.objects.filter(pk=certificate.pk).update(
        revoked_on=date(2025, 11, 3),
        revocation_ground="misuse",
        revocation_reason="=In sai hạng sao",
        revocation_decision=DecisionFactory(kind=Decision.Kind.REVOCATION, signed_on=date(2025, 11, 1)),
    )


def _support(producers) -> None:  # type: ignore[no-untyped-def]
    point = SupplyFactory(
        producer=producers[0], point__name="=Cửa hàng", point__opened_on=date(2024, 5, 1)
    ).point
    SupplyFactory(point=point, producer=producers[5])
    PointFactory(closed_on=date(2025, 12, 31))
    PointFactory(kind=PointOfSale.Kind.CENTRE, opened_on=date(2026, 1, 1))
    campaign = CampaignPartFactory(
        producer=producers[0], campaign__starts_on=date(2025, 4, 1), campaign__name="=Đợt", campaign__others=3
    ).campaign
    CampaignPartFactory(campaign=campaign, producer=producers[5], people=5)
    CampaignPartFactory(campaign__starts_on=date(2025, 5, 1), campaign__cancelled_reason="Nhập nhầm")
    event = PromotionPartFactory(
        producer=producers[0],
        sales="12.5",
        contracts=1,
        promotion__starts_on=date(2025, 6, 1),
        promotion__name="@Hội chợ",
    ).promotion
    PromotionPartFactory(promotion=event, producer=producers[5], sales=None)
