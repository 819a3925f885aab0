"""For each constraint of inspections, warnings and reports, a write that only it refuses."""

from datetime import date

from products.models import (
    Complaint,
    InspectedProduct,
    Inspection,
    InspectionFile,
    InspectionFinding,
    PublishedComplaint,
    RevocationBasis,
    WrittenWarning,
)
from tests.factories import CertificateFactory, ProducerFactory, ProductFactory, UserFactory
from tests.products.oversight import certified, planned, recorded, report, warned

DAY, BEFORE = date(2026, 8, 15), date(2026, 8, 14)


def inspection(**fields):
    given = {
        "producer": ProducerFactory(),
        "planned_on": DAY,
        "inspectors": "Bà Lan",
        "created_by": UserFactory(),
    }
    return Inspection.objects.create(**given | fields)


def done(**fields):
    return inspection(**{"state": "done", "done_on": DAY, "conclusion": "passed", "summary": "Đạt."} | fields)


def covered_twice():
    made = inspection()
    product = ProductFactory(producer=made.producer)
    for _ in range(2):
        InspectedProduct.objects.create(inspection=made, product=product)


def finding(**fields):
    given = {"inspection": fields.pop("inspection", None) or done(), "heading": "label", "result": "good"}
    return InspectionFinding.objects.create(**given | fields)


def warning(**fields):
    given = {
        "number": "1/CV",
        "warned_on": DAY,
        "producer": ProducerFactory(),
        "inspection": fields.pop("inspection", None) or done(),
        "requirement": "Sửa nhãn.",
        "due_on": DAY,
    }
    return WrittenWarning.objects.create(**given | fields)


def complaint(**fields):
    given = {
        "kind": "mark",
        "seen": "In sai sao.",
        "holder": "province",
        "product": ProductFactory(),
        "received_on": DAY,
        "state_since": DAY,
        "due_on": DAY,
    }
    return Complaint.objects.create(**given | fields)


def itself():
    made = complaint()
    Complaint.objects.filter(pk=made.pk).update(state="duplicate", duplicate_of=made.pk)


def published(**fields):
    made = complaint()
    given = {"complaint": made, "product": made.product, "summary": "Tóm tắt.", "released_on": DAY}
    return PublishedComplaint.objects.create(**given | fields)


CASES = {
    "inspection_recorded_whole": lambda: done(conclusion=""),
    "inspection_faults_have_measures": lambda: done(conclusion="breach"),
    "inspection_follow_up_after": lambda: done(follow_up_on=BEFORE),
    "inspection_follow_up_told": lambda: done(followed_up_on=DAY),
    "inspection_cancelled_because": lambda: inspection(state="cancelled"),
    "inspection_corrected_because": lambda: done(corrections=1),
    "inspection_of_a_complaint": lambda: inspection(kind="complaint"),
    "inspection_follows_one": lambda: inspection(follows=done()),
    "inspectedproduct_once": covered_twice,
    "inspectionfinding_once": lambda: [finding(inspection=(f := finding()).inspection), f],
    "inspectionfinding_fault_told": lambda: finding(result="bad"),
    "writtenwarning_number_once": lambda: [warning(), warning()],
    "writtenwarning_days_in_order": lambda: warning(due_on=BEFORE),
    "writtenwarning_has_basis": lambda: WrittenWarning.objects.create(
        number="2/CV", warned_on=DAY, producer=ProducerFactory(), requirement="x", due_on=DAY
    ),
    "writtenwarning_remedy_told": lambda: warning(remedied_on=DAY),
    "revocationbasis_has_one": lambda: RevocationBasis.objects.create(certificate=CertificateFactory()),
    "complaint_says_something": lambda: complaint(seen="  "),
    "complaint_names_its_pack": lambda: complaint(product=None),
    "complaint_commune_is_known": lambda: complaint(holder="commune"),
    "complaint_answered_whole": lambda: complaint(state="answered", answered_on=DAY, outcome="upheld"),
    "complaint_set_aside_because": lambda: complaint(state="set_aside"),
    "complaint_duplicate_of_another": itself,
    "complaint_reply_whole": lambda: complaint(reply="Xin lỗi."),
    "complaint_contact_erased": lambda: complaint(contact_phone="0912345678", contact_erased_on=DAY),
    "publishedcomplaint_has_summary": lambda: published(summary=" "),
    "publishedcomplaint_withdrawn_because": lambda: published(withdrawn_on=DAY),
}
NEVER_DELETED = {
    Inspection: planned,
    InspectionFinding: lambda: recorded().findings.first(),
    InspectionFile: lambda: InspectionFile.objects.create(
        inspection=planned(), title="Biên bản", file="inspections/x.pdf", filename="x.pdf"
    ),
    WrittenWarning: warned,
    RevocationBasis: lambda: RevocationBasis.objects.create(certificate=certified(), inspection=recorded()),
    Complaint: report,
    PublishedComplaint: published,
}
