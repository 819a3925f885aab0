"""What the made-up products and producers say about themselves. Every contact is plainly fictitious."""

import random
from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models

from ocop_portal.demo.invention import CRAFT, ORNAMENTAL, TOURISM, packs, tales
from ocop_portal.demo.plan import Item, Maker
from producers.models import Producer
from products.models import ExportMarket, Packaging, Product, ProductMark, RawMaterialArea, SalesChannel

CHANNELS = ("shopee", "lazada", "backanmarket", "ketnoiocop")
REASONS = {
    "misuse": "Đoàn kiểm tra ghi nhận bao bì in hạng sao cao hơn hạng được công nhận.",
    "criteria_no_longer_met": "Kết luận kiểm tra: vùng nguyên liệu không còn đạt mức tối thiểu của hạng sao.",
    "production_stopped": "Chủ thể báo đã ngừng sản xuất và trả lại giấy chứng nhận.",
    "false_dossier": "Phiếu kiểm nghiệm trong hồ sơ không phải của lô sản phẩm đã nộp.",
    "breach_of_law": "Bị xử phạt về an toàn thực phẩm; chưa khắc phục sau thời hạn.",
    "other_conclusion": "Theo kết luận của cơ quan có thẩm quyền về quyền sử dụng nhãn hiệu.",
}
REASONS_OF_THINGS = {
    "misuse": "Đoàn kiểm tra ghi nhận tem treo in hạng sao cao hơn hạng được công nhận.",
    "criteria_no_longer_met": "Kết luận kiểm tra: hàng bán ra không còn làm tại cơ sở như hồ sơ đã nêu.",
    "false_dossier": "Hợp đồng tiêu thụ trong hồ sơ không có thật.",
    "breach_of_law": "Bị xử phạt về ghi nhãn hàng hóa; chưa khắc phục sau thời hạn.",
}
REASONS_OF_TOURISM = {
    "misuse": "Đoàn kiểm tra ghi nhận biển hiệu ghi hạng sao cao hơn hạng được công nhận.",
    "criteria_no_longer_met": "Kết luận kiểm tra: chỗ ở và an toàn cho khách không còn đạt mức tối thiểu của hạng sao.",
    "production_stopped": "Chủ thể báo đã ngừng đón khách và trả lại giấy chứng nhận.",
    "false_dossier": "Sổ đón khách trong hồ sơ không đúng thực tế.",
    "breach_of_law": "Bị xử phạt về phòng cháy, chữa cháy; chưa khắc phục sau thời hạn.",
    "other_conclusion": "Theo kết luận của cơ quan có thẩm quyền về sử dụng đất.",
}


def reason(ground: str, group: str) -> str:
    """Why a star was revoked, as it may happen with what the set holds."""
    special = (
        REASONS_OF_TOURISM if group in TOURISM else REASONS_OF_THINGS if group in CRAFT + ORNAMENTAL else {}
    )
    return special.get(ground, REASONS[ground])


def channels(rng: random.Random, item: Item) -> list[str]:
    """Where it is sold on line: a village that takes guests has its own page, not a shop's."""
    if item.group in TOURISM:
        return ["own_site"] if rng.random() < 0.5 else []
    likely = CHANNELS[2:] if item.group in ORNAMENTAL else CHANNELS
    kinds = [kind for kind in likely if rng.random() < 0.18]
    return kinds + (["postmart"] if "postmart" in item.marks else [])


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
    told = {"summary": f"{item.noun} {_made(item)} {place}, giữ nếp làm của bà con địa phương."}
    if rng.random() < 0.66:
        stories, descriptions = tales(item.group)
        told["story"] = rng.choice(stories).format(place=place, good=noun)
        told["description"] = rng.choice(descriptions)
        if item.group not in CRAFT + ORNAMENTAL + TOURISM:
            told["ingredients"] = f"Nguyên liệu lấy tại {place} và các xã lân cận."
        if item.group not in TOURISM:
            told["traceability_code"] = f"MH{rng.randrange(10**8):08d}"
    return told


def _made(item: Item) -> str:
    if item.group in TOURISM:
        return "do người dân tổ chức ở"
    return "ươm và chăm tại" if item.group in ORNAMENTAL else "làm tại"


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
        for label in packs(item.group, item.noun)[: rng.randrange(1, 4)]
    ]
    rows += [
        SalesChannel(product=product, kind=k, url=f"https://{k.replace('_', '-')}.example.vn/{product.code}")
        for k in channels(rng, item)
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
