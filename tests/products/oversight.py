"""Records of the time after certification, made by the project's own actions."""

from datetime import date, timedelta

from ocop_portal import clock
from products.actions import complaints as acts
from products.actions import inspections
from products.complaint_steps import Holder, State
from products.models import Certificate, Complaint, Decision, InspectionFinding
from tests.conftest import DAY
from tests.factories import CertificateFactory, DecisionFactory, ProducerFactory, UserFactory, unit

Heading, Result = InspectionFinding.Heading, InspectionFinding.Result
FUTURE = DAY + timedelta(days=30)


def certified(code="06-PA-1", **fields) -> Certificate:
    """A standing product of Côn Minh."""
    found = Certificate.objects.filter(product__code=code).first()
    decision = DecisionFactory(signed_on=date(2025, 1, 15))
    return found or CertificateFactory(product__code=code, decision=decision, **fields)


def official(**fields):
    return UserFactory(**(fields or {"province": True}))


def report(product=None, **sent) -> Complaint:
    given = {
        "kind": "mark",
        "seen": "Bao bì in 5 sao nhưng sổ bộ ghi 3 sao.",
        "contact_phone": "0912 345 678",
    }
    if product is None and "pack" not in sent:
        product = certified().product
    return acts.receive_complaint(product=product, by=None, **given | sent)


def report_in(state, holder=Holder.COMMUNE, product=None, by=None) -> Complaint:
    """A report brought into a state by the steps of an official."""
    by = by or official()
    complaint = report(product)
    if state == State.SET_ASIDE:
        complaint = acts.set_aside(complaint=complaint, reason="Thư rác", by=by)
    elif state == State.DUPLICATE:
        complaint = acts.link_duplicate(complaint=complaint, original=report(product), by=by)
    elif state in (State.CHECKING, State.ANSWERED):
        complaint = acts.start_checking(complaint=complaint, by=by)
        if state == State.ANSWERED:
            complaint = acts.answer_complaint(
                complaint=complaint, outcome="upheld", answer="Đã xác minh, đúng như phản ánh.", by=by
            )
    elif state != State.RECEIVED:
        raise ValueError(f"no way into {state} is known: place it here")
    if holder == Holder.PROVINCE:
        Complaint.objects.filter(pk=complaint.pk).update(holder=holder)
        complaint.refresh_from_db()
    return complaint


def findings(**bad):
    """All headings seen and good, but for those given with what is wrong."""
    return {h.value: (Result.BAD, bad[h.value]) if h.value in bad else (Result.GOOD, "") for h in Heading}


def planned(producer=None, products=None, by=None, **fields):
    if products is None:
        products = [] if producer else [certified().product]
    given = {"planned_on": FUTURE, "inspectors": "Bà Lan, Chi cục; Ông Hùng, UBND xã"}
    (made,) = inspections.plan_inspections(
        products=products, producer=producer, by=by or official(), **given | fields
    )
    return made


def recorded(inspection=None, conclusion="to_remedy", by=None, **fields):
    given = {
        "done_on": DAY,
        "inspectors": "Bà Lan, Chi cục",
        "findings": findings() if conclusion == "passed" else findings(label="Nhãn thiếu hạn sử dụng."),
        "conclusion": conclusion,
        "summary": "Cơ sở hợp tác.",
        "measures": "" if conclusion == "passed" else "In lại nhãn.",
        "follow_up_on": DAY + timedelta(days=20) if conclusion == "to_remedy" else None,
    }
    return inspections.record_inspection(
        inspection=inspection or planned(), by=by or official(), **given | fields
    )


def warned(inspection=None, **fields):
    given = {
        "number": "12/CV-NN",
        "warned_on": DAY,
        "product": None,
        "requirement": "In lại nhãn.",
        "due_on": FUTURE,
    }
    return inspections.warn_producer(inspection=inspection or recorded(), by=official(), **given | fields)


def revocation_decision():
    return DecisionFactory(kind=Decision.Kind.REVOCATION, signed_on=DAY - timedelta(days=1))


def own_producer(product):
    user = UserFactory()
    product.producer.accounts.add(user)
    return user


def elsewhere(**fields):
    return ProducerFactory(place=unit("02041"), **fields)


def on(days_ago):
    return clock.on(DAY - timedelta(days=days_ago))
