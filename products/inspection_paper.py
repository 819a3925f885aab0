"""The minutes of an inspection on paper (decree 30/2020/NĐ-CP); of a planned one, a form to be filled in by hand."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils.text import capfirst

from ocop_portal.typesetting import typeset
from products.models import Certificate, Inspection, InspectionFinding


def _day(day: date | None) -> dict[str, str] | None:
    """A day as papers write it: days below 10 and the months 1 and 2 with a zero in front, as decree 30 asks."""
    if day is None:
        return None
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return {"short": f"{day:%d/%m/%Y}", "long": f"ngày {day.day:02d} tháng {month} năm {day.year}"}


def minutes_pdf(inspection: Inspection, *, made_at: datetime) -> bytes:
    """The paper as it reads now, corrections included. Raises TypesetError."""
    return typeset("inspection", minutes_data(inspection), made_at=made_at)


def minutes_data(inspection: Inspection) -> dict[str, Any]:
    """What the template prints: JSON values."""
    done = inspection.state == Inspection.State.DONE
    producer, known = inspection.producer, {f.heading: f for f in inspection.findings_now}
    findings = []
    for heading in InspectionFinding.Heading:
        found = known.get(heading)
        findings.append(
            {
                "heading": capfirst(heading.label),
                "result": capfirst(found.get_result_display()) if found else "",
                "note": found.note if found else "",
            }
        )
    return {
        "heading": _heading(inspection),
        "done": done,
        "day": _day(inspection.done_on or inspection.planned_on),
        "kind": inspection.get_kind_display(),
        "inspectors": [name.strip() for name in inspection.inspectors.split(";") if name.strip()],
        "purpose": inspection.purpose,
        "producer": producer.name,
        "legal_form": producer.get_legal_form_display(),
        "address": ", ".join(part for part in (producer.address, producer.place.name) if part),
        "representative": producer.representative,
        "products": _products(inspection),
        "findings": findings,
        "summary": inspection.summary,
        "conclusion": capfirst(inspection.get_conclusion_display()),
        "measures": inspection.measures,
        "follow_up_on": _day(inspection.follow_up_on),
        "correction": inspection.correction_reason if inspection.corrections else "",
        "corrections": inspection.corrections,
        "illustrative": settings.DEMO,
    }


def _heading(inspection: Inspection) -> dict[str, Any]:
    """Who inspects: the commune whose official planned it, else the province's office."""
    unit = inspection.created_by.unit
    name = f"{unit.name[:1].lower()}{unit.name[1:]}" if unit else ""
    return {
        "authority": f"Ủy ban nhân dân {name}" if unit else settings.SITE["office_name"],
        "parent": "" if unit else settings.SITE["committee_name"],
        "number": "",
        "place": unit.short_name if unit else settings.SITE["committee_place"],
        "day": _day(inspection.done_on),
        "subject": "",
    }


def _products(inspection: Inspection) -> list[dict[str, str]]:
    """The products looked at, each with its star on that day."""
    day = inspection.done_on or inspection.planned_on
    products = list(inspection.products.all())
    stars = {c.product_id: c.stars for c in Certificate.objects.filter(product__in=products).governing(day)}
    return [
        {"name": p.name, "code": p.code, "stars": f"{stars[p.pk]} sao" if p.pk in stars else "–"}
        for p in products
    ]
