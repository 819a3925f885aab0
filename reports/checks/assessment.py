"""Checks on dossiers, score sheets, results, councils and rounds."""

from collections.abc import Iterator
from datetime import date

from django.db.models import F, Q, Sum

from ratings.models import AssessmentRound, CouncilResult, Dossier, ScoreSheet
from ratings.transitions import State
from reports.checks import Finding, Severity, check

PARTS = ("A", "B", "C")


@check(
    "dossier-and-certificate",
    "Hồ sơ và giấy chứng nhận không khớp nhau",
    Severity.ERROR,
    why="Hồ sơ được công nhận phải dẫn tới đúng giấy chứng nhận của sản phẩm đó, theo đúng quyết định đó.",
    todo="Báo quản trị hệ thống: dữ liệu này chỉ sai khi bị ghi thẳng vào cơ sở dữ liệu.",
)
def dossiers_apart_from_their_certificates(day: date) -> Iterator[Finding]:
    dossiers = Dossier.objects.select_related("product", "issued")
    recognised = Q(state=State.RECOGNISED)
    for d in dossiers.filter(recognised & Q(issued=None) | ~recognised & Q(issued__isnull=False)):
        told = "chưa công nhận mà có giấy chứng nhận" if d.issued else "được công nhận mà không có giấy"
        yield Finding(f"Hồ sơ {d} của “{d.product}”: {told}", Dossier, d.pk)
    other = ~Q(issued__product=F("product")) | ~Q(issued__decision=F("decision"))
    for d in dossiers.filter(recognised, issued__isnull=False).filter(other):
        same = d.issued is not None and d.issued.product_id == d.product_id
        told = "giấy chứng nhận theo quyết định khác" if same else "giấy chứng nhận của sản phẩm khác"
        yield Finding(f"Hồ sơ {d} của “{d.product}”: {told}", Dossier, d.pk)


@check(
    "sheet-totals",
    "Điểm trên phiếu đã ký khác điểm cộng lại từ các lựa chọn",
    Severity.ERROR,
    why="Điểm phiếu do máy cộng khi ký; khác nhau nghĩa là phiếu bị sửa ngoài cổng.",
    todo="Dừng dùng kết quả của hồ sơ, báo quản trị hệ thống và chạy verify_audit.",
)
def sheets_that_do_not_add_up(day: date) -> Iterator[Finding]:
    sums = {
        f"sum_{part}": Sum("choices__option__points", filter=Q(choices__criterion__part=part), default=0)
        for part in PARTS
    }
    signed = ScoreSheet.objects.filter(signed_at__isnull=False).annotate(**sums)
    wrong = Q()
    for part in PARTS:
        wrong |= ~Q(**{f"part_{part.lower()}": F(f"sum_{part}")})
    for s in signed.filter(wrong).select_related("member", "dossier__product"):
        again = sum(getattr(s, f"sum_{part}") for part in PARTS)
        text = f"Phiếu của {s.member.name} cho “{s.dossier.product}”: ký {s.total}, cộng lại {again} điểm"
        yield Finding(text, ScoreSheet, s.pk, {"dossier_id": s.dossier_id})


@check(
    "result-totals",
    "Kết quả của Hội đồng khác tổng các phiếu đã ký",
    Severity.ERROR,
    why="Hạng sao dựa trên điểm trung bình của các phiếu; khác nhau thì hạng sao không có căn cứ.",
    todo="Dừng dùng kết quả của hồ sơ, báo quản trị hệ thống và chạy verify_audit.",
)
def results_apart_from_their_sheets(day: date) -> Iterator[Finding]:
    from_sheets = CouncilResult.objects.filter(source=CouncilResult.Source.SHEETS)
    last = from_sheets.order_by("dossier_id", "-attempt").distinct("dossier_id")
    # Sent back to the council, the sheets move on while the result waits for its next attempt.
    results = {r.dossier_id: r for r in last.exclude(dossier__state=State.SCORING)}
    signed = ScoreSheet.objects.filter(dossier__in=results).current().signed()  # type: ignore[attr-defined]
    sums = signed.order_by().values_list("dossier").annotate(*(Sum(f"part_{p.lower()}") for p in PARTS))
    found = {dossier: tuple(parts) for dossier, *parts in sums}
    products = dict(Dossier.objects.filter(pk__in=results).values_list("pk", "product__name"))
    for key, r in results.items():
        if found.get(key) != (told := (r.sum_a, r.sum_b, r.sum_c)):
            text = f"“{products[key]}”, lần {r.attempt}: ghi {sum(told)}, các phiếu cộng được {sum(found.get(key, ()))}"
            yield Finding(text, Dossier, key)


@check(
    "council-over",
    "Hội đồng hết nhiệm kỳ mà đợt đánh giá còn mở",
    Severity.WARNING,
    why="Hội đồng lập lại mỗi năm; kết luận sau ngày hết nhiệm kỳ không có thẩm quyền.",
    todo="Kết thúc đợt, hoặc lập Hội đồng mới rồi chuyển hồ sơ còn lại sang đợt của Hội đồng đó.",
)
def councils_over_with_open_rounds(day: date) -> Iterator[Finding]:
    late = AssessmentRound.objects.open().filter(council__valid_to__lt=day).select_related("council")
    for r in late:
        yield Finding(
            f"{r}: {r.council} hết nhiệm kỳ ngày {r.council.valid_to:%d/%m/%Y}", AssessmentRound, r.pk
        )
