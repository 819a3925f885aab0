"""From the register to the printed documents of `ratings.documents`: what each paper states, drawn from the models."""

from collections.abc import Sequence
from datetime import date, datetime

from django.conf import settings
from django.core.exceptions import ValidationError

from ocop_portal.qr import qr_svg
from products.catalogue import place_text
from products.models import Certificate, Decision
from ratings.actions.decisions import shown_total
from ratings.documents import (
    VIETNAM,
    CertificateSheet,
    Heading,
    Letter,
    LetterKind,
    Minutes,
    MinutesLine,
    Person,
    RecognisedLine,
    RefusedLine,
    ResultLine,
    ResultTable,
    Signature,
)
from ratings.findings import Finding, commune_of
from ratings.models import AssessmentRound, Council, CouncilMember, CouncilSession, Dossier
from ratings.transitions import State
from ratings.written import short_date

LEVELS = {
    Decision.Level.DISTRICT: "cấp huyện",
    Decision.Level.PROVINCE: "cấp tỉnh",
    Decision.Level.CENTRE: "cấp quốc gia",
}
NO_NUMBER = "(hồ sơ không ghi số)"


def _place() -> str:
    return str(settings.SITE["committee_place"])


def _illustrative(*dossiers: Dossier) -> bool:
    return settings.DEMO or any(d.product.made_up for d in dossiers)


def certificate_sheet(certificate: Certificate, check_url: str) -> CertificateSheet:
    """A certificate as it was issued. `check_url` is the permanent address in its QR code."""
    product, decision = certificate.product, certificate.decision
    level = Decision.Level(decision.issuer_level)
    places = {Decision.Level.PROVINCE: _place(), Decision.Level.CENTRE: "Hà Nội"}
    chief = "BỘ TRƯỞNG" if level == Decision.Level.CENTRE else "CHỦ TỊCH"
    return CertificateSheet(
        heading=Heading(decision.issuer, place=places.get(level, ""), day=decision.signed_on),
        number=certificate.number or NO_NUMBER,
        product=product.name,
        product_set=product.group.name,
        producer=product.producer.name,
        address=place_text(product.producer.place, decision.signed_on),
        stars=certificate.stars,
        decision_number=decision.number or NO_NUMBER,
        decision_day=decision.signed_on,
        decision_authority=decision.issuer,
        valid_from=certificate.valid_from,
        valid_to=certificate.valid_to,
        check_url=check_url,
        qr=qr_svg(check_url, "Mã QR"),
        signature=Signature((chief,)),
        level=LEVELS[level],
        product_code=product.code,
        packaging=tuple(p.label for p in product.packagings.all()),
        total=certificate.total,
        illustrative=settings.DEMO or product.made_up,
    )


def _council_heading(council: Council, day: date | None) -> Heading:
    return Heading(council.name, parent=settings.SITE["committee_name"], place=_place(), day=day)


def _signer(members: Sequence[CouncilMember], role: str, *capacity: str) -> Signature:
    name = next((m.name for m in members if m.role == role), "")
    return Signature(capacity, name, "" if name else "(Ký, ghi rõ họ tên)")


def result_table(round: AssessmentRound, findings: Sequence[Finding]) -> ResultTable:
    """The table of results of a round, in the order of the findings."""
    sessions = sorted({f.dossier.session.held_on for f in findings if f.dossier.session})
    days = ", ".join(map(short_date, sessions))
    members = list(round.council.members_on(sessions[-1])) if sessions else []
    return ResultTable(
        heading=_council_heading(round.council, sessions[-1] if sessions else None),
        title=f"Kết quả đánh giá, phân hạng sản phẩm OCOP {str(round).lower()}",
        attached_to=f"Kèm theo biên bản họp Hội đồng ngày {days}" if days else "",
        lines=tuple(_result_line(f) for f in findings),
        signature=_signer(members, CouncilMember.Role.CHAIR, "TM. HỘI ĐỒNG", "CHỦ TỊCH"),
        illustrative=_illustrative(*(f.dossier for f in findings)),
    )


def _result_line(finding: Finding) -> ResultLine:
    dossier, parts = finding.dossier, finding.result.part_means
    return ResultLine(
        product=dossier.product.name,
        producer=dossier.product.producer.name,
        commune=commune_of(dossier),
        kind=dossier.get_kind_display().capitalize(),
        part_a=shown_total(parts["A"]),
        part_b=shown_total(parts["B"]),
        part_c=shown_total(parts["C"]),
        total=shown_total(finding.result.mean),
        stars=finding.stars,
        note=finding.note,
    )


def session_minutes(session: CouncilSession, findings: Sequence[Finding], rescored: set[int]) -> Minutes:
    """The minutes of a session; `rescored` are the dossiers of which a sheet was scored again.

    Raises ValidationError, in a sentence, where the register lacks what minutes must state.
    """
    council = session.round.council
    if session.starts_at is None:
        raise ValidationError("Phiên họp chưa ghi giờ bắt đầu: hãy ghi rồi in biên bản.")
    if council.decided_on is None:
        raise ValidationError(
            "Hội đồng chưa có số, ngày quyết định thành lập: hãy ghi trong trang quản trị rồi in biên bản."
        )
    attendances = list(session.attendances.select_related("member").order_by("member"))
    here = [a.member for a in attendances if a.present]
    return Minutes(
        heading=_council_heading(council, session.held_on),
        council=council.name,
        round=str(session.round),
        decision_number=council.decision_number,
        decision_day=council.decided_on,
        decision_authority=settings.SITE["committee_name"],
        started=datetime.combine(session.held_on, session.starts_at, VIETNAM),
        venue=session.place,
        members=sum(a.member.scores for a in attendances),
        attended=sum(m.scores for m in here),
        quorum=council.quorum_on(session.held_on),
        present=tuple(Person(m.name, m.department, f"{m.get_role_display()} Hội đồng") for m in here),
        absent=tuple(
            Person(a.member.name, a.member.get_role_display(), a.reason) for a in attendances if not a.present
        ),
        agenda=_lines(session.agenda),
        lines=tuple(_minutes_line(f, f.dossier.pk in rescored) for f in findings),
        conclusions=_lines(session.conclusion),
        chair=_signer(here, CouncilMember.Role.CHAIR, "CHỦ TỊCH HỘI ĐỒNG"),
        secretary=_signer(here, CouncilMember.Role.SECRETARY, "THƯ KÝ"),
        illustrative=_illustrative(*(f.dossier for f in findings)),
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _minutes_line(finding: Finding, rescored: bool) -> MinutesLine:
    result, dossier = finding.result, finding.dossier
    return MinutesLine(
        product=dossier.product.name,
        producer=dossier.product.producer.name,
        kind=dossier.get_kind_display().capitalize(),
        sheets=result.sheets,
        total=shown_total(result.mean),
        # What the council proposed; what became of it at the ministry is not the meeting's.
        stars=result.stars,
        spread=result.spread,
        rescored=rescored,
        why_not_higher=finding.why if result.stars < 5 else (),
        remarks=result.conclusion,
    )


def result_letter(finding: Finding) -> Letter:
    """The letter of a closed dossier to commune and producer: the certificate, or the reasons."""
    dossier = finding.dossier
    commune, producer = commune_of(dossier), dossier.product.producer.name
    recognised = dossier.state == State.RECOGNISED
    certificate, decision = dossier.issued, dossier.decision
    told: tuple[RecognisedLine, ...] = ()
    basis: tuple[str, ...] = ()
    day = dossier.state_since
    if certificate and decision:
        day = decision.signed_on
        basis = (f"Quyết định số {decision.number} ngày {short_date(day)} của {decision.issuer}",)
        told = (
            RecognisedLine(
                dossier.product.name,
                producer,
                certificate.stars,
                certificate.number,
                certificate.valid_from,
                certificate.valid_to,
            ),
        )
    elif dossier.session:
        basis = (f"Biên bản họp Hội đồng ngày {short_date(dossier.session.held_on)}",)
    refused = RefusedLine(
        dossier.product.name, producer, shown_total(finding.judged), _lines(dossier.state_reason)
    )
    return Letter(
        heading=Heading(
            settings.SITE["committee_name"], number=dossier.notice_number, place=_place(), day=day
        ),
        kind=LetterKind.RECOGNISED if recognised else LetterKind.NOT_RECOGNISED,
        to=(f"Ủy ban nhân dân {commune[:1].lower()}{commune[1:]}", producer),
        round=str(dossier.round).lower(),
        basis=basis,
        signature=Signature(("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")),
        recognised=told,
        refused=() if recognised else (refused,),
        copies=("Như trên", "Lưu: VT"),
        illustrative=_illustrative(dossier),
    )
