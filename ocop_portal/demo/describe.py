"""What the made-up products and producers say about themselves. Every contact is plainly fictitious."""

import random
from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models

from ocop_portal.demo.invention import DESCRIPTIONS, STORIES, packs
from ocop_portal.demo.plan import Item, Maker
from producers.models import Producer
from products.models import ExportMarket, Packaging, Product, ProductMark, RawMaterialArea, SalesChannel

CHANNELS = ("shopee", "lazada", "backanmarket", "ketnoiocop")
REASONS = {
    "misuse": "Đoàn kiểm tra ghi nhận bao bì in 5 sao trong khi sản phẩm được công nhận 3 sao.",
    "criteria_no_longer_met": "Kết luận kiểm tra: vùng nguyên liệu không còn đạt mức tối thiểu của hạng sao.",
    "production_stopped": "Chủ thể báo đã ngừng sản xuất và trả lại giấy chứng nhận.",
    "false_dossier": "Phiếu kiểm nghiệm trong hồ sơ không phải của lô sản phẩm đã nộp.",
    "breach_of_law": "Bị xử phạt về an toàn thực phẩm; chưa khắc phục sau thời hạn.",
    "other_conclusion": "Theo kết luận của cơ quan có thẩm quyền về quyền sử dụng nhãn hiệu.",
}


def contact(maker: Maker) -> dict[str, Any]:
    """Contacts of a producer; every other household has agreed to publish them."""
    rng = random.Random(f"liên hệ {maker.name}")
    personal = maker.form in Producer.PERSONAL_FORMS
    consent = personal and rng.random() < 0.5
    return {
        "representative": f"{rng.choice(('Ông', 'Bà'))} {rng.choice('ABCDĐEGHKLMN')} (tên minh họa)",
        "phone": f"0209 000 {rng.randrange(1000):03d}",
        "email": f"lienhe{rng.randrange(10_000)}@example.vn",
        "address": f"Thôn {maker.toponym}",
        "contact_consent": consent,
        "contact_consent_on": date(2023, 3, 1) if consent else None,
    }


def texts(item: Item, place: str) -> dict[str, str]:
    """Summary, story, description; a third of the products says little, as in life."""
    rng = random.Random(f"lời {item.name}")
    noun = item.noun[:1].lower() + item.noun[1:]
    told = {"summary": f"{item.noun} làm tại {place}, giữ cách làm của bà con địa phương."}
    if rng.random() < 0.66:
        told["story"] = rng.choice(STORIES).format(place=place, good=noun)
        told["description"] = rng.choice(DESCRIPTIONS)
        told["ingredients"] = (
            "" if item.group in ("21", "22", "24", "26") else f"{item.noun}: nguyên liệu trồng tại {place}."
        )
        told["traceability_code"] = f"MH{rng.randrange(10**8):08d}"
    return told


def parts(made: list[tuple[Item, Product]]) -> list[list[models.Model]]:
    """Packagings, sales channels, marks, areas and markets, by table; empty tables left out."""
    tables: dict[type, list[models.Model]] = defaultdict(list)
    for item, product in made:
        for row in _parts(item, product):
            tables[type(row)].append(row)
    return list(tables.values())


def _parts(item: Item, product: Product) -> list[models.Model]:
    rng = random.Random(f"phần {item.name}")
    rows: list[models.Model] = [
        Packaging(product=product, label=label, barcode=f"893{rng.randrange(10**10):010d}")
        for label in packs(item.group)[: rng.randrange(1, 4)]
    ]
    kinds = [k for k in CHANNELS if rng.random() < 0.18] + (["postmart"] if "postmart" in item.marks else [])
    rows += [
        SalesChannel(product=product, kind=k, url=f"https://{k}.example.vn/{product.code}") for k in kinds
    ]
    for kind, number in (("geographical", "MH-CDĐL"), ("collective", "MH-NHTT")):
        if kind in item.marks:
            name = f"{item.noun} {item.maker.toponym} (minh họa)"
            rows.append(ProductMark(product=product, kind=kind, name=name, number=number))
    if "area" in item.marks:
        standard = rng.choice(("organic", "vietgap", "gacp_who"))
        rows.append(
            RawMaterialArea(
                product=product,
                standard=standard,
                issuer="Tổ chức chứng nhận minh họa",
                area_ha=Decimal(rng.randrange(20, 400)) / 10,
                valid_from=date(2023, 1, 1),
            )
        )
    if "export" in item.marks:
        rows += [ExportMarket(product=product, market=m, since_year=2022) for m in ("châu Âu", "Nhật Bản")]
    return rows
