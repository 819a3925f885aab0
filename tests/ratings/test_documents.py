"""Printed documents: what they state, in letters that can be read back, on the paper they are meant for."""

import ast
import io
import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from ratings import documents
from ratings.documents import (
    LetterKind,
    certificate_pdf,
    commune_form_pdf,
    dossier_form_pdf,
    letter_pdf,
    minutes_pdf,
    plain,
    result_table_pdf,
    score_sheet_pdf,
)
from ratings.written import long_date, mean, points, short_date, star_words
from tests.ratings.papers import (
    CERTIFICATE,
    COMMUNE,
    DOSSIER,
    LETTER,
    MINUTES,
    PRODUCT,
    REFUSAL,
    RESULT_LINE,
    RESULTS,
    SCORE_SHEET,
    URL,
)

MADE_AT = datetime(2026, 8, 5, 9, 0, tzinfo=timezone(timedelta(hours=7)))
A4 = (595.28, 841.89)
MARK = "BẢN MINH HỌA – KHÔNG CÓ GIÁ TRỊ"
MOTTO = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập – Tự do – Hạnh phúc")
HOSTILE = '#eval("1") *x* $a$ <script>alert(1)</script> \u202eđảo\u202c #import "@preview/a:1.0.0": b // \\ 中 😀 \x00'
HOSTILE_PRINTED = '#eval("1") *x* $a$ <script>alert(1)</script> đảo #import "@preview/a:1.0.0": b // \\ � �'

Make = Callable[..., bytes]
PAPERS: list[tuple[Make, Any]] = [
    (certificate_pdf, CERTIFICATE),
    (minutes_pdf, MINUTES),
    (result_table_pdf, RESULTS),
    (score_sheet_pdf, SCORE_SHEET),
    (letter_pdf, LETTER),
    (letter_pdf, REFUSAL),
    (dossier_form_pdf, DOSSIER),
    (commune_form_pdf, COMMUNE),
]
NAMES = ["certificate", "minutes", "results", "score sheet", "letter", "refusal", "dossier", "commune"]
each = pytest.mark.parametrize(("make", "paper"), PAPERS, ids=NAMES)


def opened(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def words(text: str) -> str:
    """The text with every break as one space, so that a sentence is found however its lines fell."""
    return " ".join(text.replace("\u200b", "").split())


@cache
def text_of(make: Make, paper: Any) -> str:
    return words("\n".join(page.extract_text() for page in opened(make(paper, made_at=MADE_AT)).pages))


def with_texts(value: Any, change: Callable[[str], str]) -> Any:
    """The document with every text in it changed, but for what is not words: the QR drawing and the kind."""
    if is_dataclass(value):
        return replace(
            value,
            **{f.name: with_texts(getattr(value, f.name), change) for f in fields(value) if f.name != "qr"},
        )
    if isinstance(value, tuple):
        return tuple(with_texts(item, change) for item in value)
    return change(value) if isinstance(value, str) and not isinstance(value, LetterKind) else value


@each
def test_opens_as_tagged_a4_and_names_what_it_is_about(make: Make, paper: Any) -> None:
    pdf = opened(make(paper, made_at=MADE_AT))
    width, height = A4 if make not in (certificate_pdf, result_table_pdf) else A4[::-1]
    for page in pdf.pages:
        assert abs(float(page.mediabox.width) - width) < 0.1
        assert abs(float(page.mediabox.height) - height) < 0.1
    assert pdf.trailer["/Root"]["/Lang"] == "vi-VN"
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert pdf.metadata.title
    text = text_of(make, paper)
    for line in (*MOTTO, PRODUCT):
        assert line in text


@each
def test_only_the_projects_letters_are_used(make: Make, paper: Any) -> None:
    for page in opened(make(paper, made_at=MADE_AT)).pages:
        for font in page["/Resources"].get("/Font", {}).values():
            assert "Tinos" in font.get_object()["/BaseFont"]


@each
def test_same_bytes_for_the_same_time(make: Make, paper: Any) -> None:
    assert make(paper, made_at=MADE_AT) == make(paper, made_at=MADE_AT)
    assert make(paper, made_at=MADE_AT) != make(paper, made_at=MADE_AT + timedelta(days=1))


@each
def test_mark_of_an_illustration_on_every_page(make: Make, paper: Any) -> None:
    assert MARK not in text_of(make, paper)
    for page in opened(make(replace(paper, illustrative=True), made_at=MADE_AT)).pages:
        assert MARK in words(page.extract_text())


@each
def test_hostile_text_everywhere_is_printed_and_not_run(make: Make, paper: Any) -> None:
    text = text_of(make, with_texts(paper, lambda _: HOSTILE))
    assert HOSTILE_PRINTED in text or HOSTILE_PRINTED.replace(" ", "") in text.replace(" ", "")
    assert "\u202e" not in text


@each
@pytest.mark.parametrize(
    ("filler", "word"), [("ế", "ế"), ("Tên dài ", "dài")], ids=["one word", "many words"]
)
def test_a_name_of_5000_letters_goes_on_over_pages(make: Make, paper: Any, filler: str, word: str) -> None:
    name = (filler * 5_000)[:5_000]
    changed = with_texts(paper, lambda text: name if text == PRODUCT else text)
    assert text_of(make, changed).count(word) >= name.count(word)


@each
def test_all_empty_texts_still_make_a_paper(make: Make, paper: Any) -> None:
    assert MOTTO[0] in text_of(make, with_texts(paper, lambda _: ""))


def test_certificate_says_what_a_citizen_checks() -> None:
    text = text_of(certificate_pdf, CERTIFICATE)
    for said in (
        "GIẤY CHỨNG NHẬN",
        "Sản phẩm OCOP đạt 4 sao (bốn sao) cấp tỉnh",
        "Số: 0118/2026/GCN-OCOP",
        "Hợp tác xã Đèo Gió Mới",
        "Thôn Nà Mẫu, xã Bằng Mới, tỉnh Thái Nguyên",
        "Mật ong, sản phẩm khác từ ong",
        "Chai 500 ml; Hộp 2 chai 250 ml",
        "Quyết định số 2417/QĐ-UBND ngày 05 tháng 8 năm 2026 của Chủ tịch Ủy ban nhân dân tỉnh Thái Nguyên",
        "từ ngày 05/08/2026 đến hết ngày 05/08/2029",
        "các sản phẩm khác của chủ thể không thuộc giấy này",
        URL,
        "Thái Nguyên, ngày 05 tháng 8 năm 2026",
        "KT. CHỦ TỊCH PHÓ CHỦ TỊCH",
        "Lường Thị Ngữ",
    ):
        assert said in text
    assert "Tổng điểm" not in text
    assert "Tổng điểm: 89,99 / 100" in text_of(
        certificate_pdf, replace(CERTIFICATE, total=Fraction(89999, 1000))
    )


def test_certificate_is_one_page_with_names_as_long_as_the_register_takes() -> None:
    long = replace(
        CERTIFICATE,
        product="Rượu men lá chưng cất thủ công " * 6,
        producer="Hợp tác xã nông nghiệp và dịch vụ tổng hợp " * 4,
        address="Thôn Nà Mẫu, xã Bằng Mới, " * 6,
        packaging=("Hộp quà 3 chai 500 ml",) * 8,
        total=Decimal("88.5"),
        product_code="19-01864-0007-2026",
    )
    for paper in (CERTIFICATE, long, replace(long, illustrative=True)):
        assert len(opened(certificate_pdf(paper, made_at=MADE_AT)).pages) == 1


@pytest.mark.parametrize("stars", [3, 4, 5])
def test_certificate_counts_its_stars_in_words(stars: int) -> None:
    said = {3: "3 sao (ba sao)", 4: "4 sao (bốn sao)", 5: "5 sao (năm sao)"}[stars]
    assert said in text_of(certificate_pdf, replace(CERTIFICATE, stars=stars))


def test_minutes_state_presence_results_and_reasons() -> None:
    text = text_of(minutes_pdf, MINUTES)
    for said in (
        "Căn cứ Quyết định số 215/QĐ-UBND ngày 20 tháng 01 năm 2026",
        "Vào hồi 08 giờ 30 phút, ngày 05 tháng 8 năm 2026",
        "Có mặt 7/9 thành viên chấm điểm; số cần có để họp: 7. Hội đồng đủ điều kiện tiến hành họp.",
        "Bế Đức Nhẫn – Ủy viên. Lý do: đi công tác",
        "Nông Văn Mẫu – Tổ trưởng Tổ tư vấn",
        "II. NỘI DUNG CUỘC HỌP",
        "Lần đầu 7 83,85 6 4 sao Không",
        "Nâng hạng 7 69,99 12 3 sao Có",
        "2. Chè dây Khau Mẫu (69,99 điểm; 3 sao): – Tổng điểm trung bình thấp hơn mức 70 điểm.",
        "IV. KẾT LUẬN",
        "kết thúc vào hồi 17 giờ 05 phút",
        "THƯ KÝ",
        "Ma Văn Thử",
        "TM. HỘI ĐỒNG",
    ):
        assert said in text
    assert "70,00" not in text


def test_minutes_without_quorum_say_so_and_sections_close_up() -> None:
    bare = replace(MINUTES, attended=6, absent=(), guests=(), agenda=(), conclusions=(), ended=None)
    text = text_of(minutes_pdf, bare)
    assert "Hội đồng không đủ điều kiện tiến hành họp." in text
    assert "II. KẾT QUẢ ĐÁNH GIÁ" in text
    assert "vắng mặt" not in text
    assert "Mời dự" not in text


def test_result_table_repeats_its_head_on_every_page() -> None:
    lines = tuple(
        replace(RESULT_LINE, product=f"Sản phẩm thứ {i}", stars=(5, 4, 3, 0)[i % 4]) for i in range(90)
    )
    pages = opened(result_table_pdf(replace(RESULTS, lines=lines), made_at=MADE_AT)).pages
    texts = [words(page.extract_text()) for page in pages]
    assert len(texts) > 3
    filled = [text for text in texts if "Sản phẩm thứ" in text]
    for number, text in enumerate(filled, 1):
        assert (
            "STT Sản phẩm Chủ thể Xã, phường Hình thức Phần A Phần B Phần C Tổng điểm Đề xuất Ghi chú" in text
        )
        assert number == 1 or text.startswith(f"{number} ")
    whole = " ".join(texts)
    assert all(f"Sản phẩm thứ {i} " in whole for i in range(90))
    assert "33,00 21,42 28,42 82,85 5 sao" in whole
    summary = "Tổng số 90 sản phẩm: 23 sản phẩm 5 sao; 23 sản phẩm 4 sao; 22 sản phẩm 3 sao; 22 sản phẩm dưới 3 sao."
    assert summary in whole
    assert summary in texts[-1], "the signature stands alone on its page"


def test_an_empty_result_table_counts_none() -> None:
    assert "Tổng số 0 sản phẩm." in text_of(result_table_pdf, replace(RESULTS, lines=()))


def test_score_sheet_sums_its_rows() -> None:
    text = text_of(score_sheet_pdf, SCORE_SHEET)
    for said in (
        "Mật ong, sản phẩm khác từ ong (Quyết định số 26/2026/QĐ- TTg)",
        "Phần A. Sản phẩm và sức mạnh cộng đồng",
        "1. Tổ chức sản xuất",
        "1.1 Nguồn nguyên liệu Từ 75 % trong tỉnh 4 (5)",
        "1.2 Bảo vệ môi trường Không chọn 0 (3)",
        "Cộng phần A 4 (8)",
        "Cộng phần B 2,5 (5)",
        "4 / 8 2,5 / 5 6,5 / 13",
        "Ký lúc 03 giờ 12 phút, ngày 05 tháng 8 năm 2026",
        "Đề nghị bổ sung mã truy xuất.",
    ):
        assert said in text
    assert text.count("1. Tổ chức sản xuất") == 1
    assert "Phiếu chưa ký" in text_of(score_sheet_pdf, replace(SCORE_SHEET, signed_at=None))


@pytest.mark.parametrize("illustrative", [True, False])
def test_tags_hold_wherever_a_table_breaks(illustrative: bool) -> None:
    """The typesetter refuses a table torn by what else stands on the page, so every length must pass."""
    part = SCORE_SHEET.parts[0]
    for count in range(1, 40):
        paper = replace(
            SCORE_SHEET, parts=(replace(part, rows=part.rows * count),), illustrative=illustrative
        )
        assert score_sheet_pdf(paper, made_at=MADE_AT)


def test_long_criteria_break_over_pages_with_their_head() -> None:
    part = SCORE_SHEET.parts[0]
    long = replace(part, rows=tuple(replace(part.rows[0], code=f"1.{i}") for i in range(80)))
    pages = opened(score_sheet_pdf(replace(SCORE_SHEET, parts=(long,)), made_at=MADE_AT)).pages
    assert len(pages) > 2
    for page in pages:
        text = words(page.extract_text())
        assert "Nguồn nguyên liệu" not in text or "Mã Tiêu chí Mức được chọn Điểm (tối đa)" in text


def test_letter_tells_what_is_recognised() -> None:
    text = text_of(letter_pdf, LETTER)
    for said in (
        "Số: 412/UBND-NN",
        "V/v kết quả đánh giá, phân hạng sản phẩm OCOP",
        "Kính gửi: - Ủy ban nhân dân xã Bằng Mới; - Hợp tác xã Đèo Gió Mới.",
        "Căn cứ Quyết định số 2417/QĐ-UBND;",
        "4 sao",
        "0118/2026/GCN-OCOP từ 05/08/2026 đến 05/08/2029",
        "không sớm hơn 180 ngày và không muộn hơn 120 ngày",
        "Nơi nhận: - Như trên; - Lưu: VT, NN.",
    ):
        assert said in text


def test_letter_gives_reasons_below_three_stars() -> None:
    text = text_of(letter_pdf, REFUSAL)
    assert "chưa đạt từ 3 sao" in text
    assert (
        "Tổng điểm trung bình của Hội đồng: 45,85 / 100. – Chưa có kết quả kiểm nghiệm còn hiệu lực." in text
    )
    assert "Sản phẩm được công nhận" not in text


@pytest.mark.parametrize("kind", LetterKind)
def test_a_letter_must_tell_of_something(kind: LetterKind) -> None:
    with pytest.raises(ValueError, match="no product"):
        replace(LETTER, kind=kind, recognised=(), refused=())


def test_dossier_prints_both_forms() -> None:
    text = text_of(dossier_form_pdf, DOSSIER)
    for said in (
        "Mẫu số 01",
        "Số tiếp nhận: 07-2026/PĐK-19-01864-2026",
        "5 Người đại diện Lý Thị Ưng, Giám đốc",
        "6 Trang điện tử –",
        "Mẫu số 02",
        "Hợp đồng mua; Bảng kê",
        "Tổng điểm tự đánh giá: 6,5 / 13",
        "Bằng Mới, ngày 15 tháng 3 năm 2026",
    ):
        assert said in text


def test_commune_form_prints_four_assessments() -> None:
    text = text_of(commune_form_pdf, COMMUNE)
    for said in (
        "Mẫu số 03",
        "ỦY BAN NHÂN DÂN XÃ BẰNG MỚI",
        "Hồ sơ đầy đủ theo quy định.",
        "1. Nguồn gốc và nguyên liệu địa phương Ong nuôi tại 12 thôn của xã.",
        "4. Bản sắc và tri thức địa phương Không có ý kiến.",
        "16/03/2026",
    ):
        assert said in text
    lacking = replace(COMMUNE, complete=False, missing=("Giấy chứng nhận cơ sở đủ điều kiện",))
    assert "chưa đầy đủ. Cần bổ sung: – Giấy chứng nhận cơ sở đủ điều kiện" in text_of(
        commune_form_pdf, lacking
    )


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (85, "85,00"),
        (Decimal("8.5"), "8,50"),
        (Fraction(2, 3), "0,66"),
        (Fraction(1, 200), "0,00"),
        (Fraction(69995, 1000), "69,99"),
        (Fraction(69999999, 1000000), "69,99"),
        (Fraction(49995, 1000), "49,99"),
        (Fraction(89996, 1000), "89,99"),
        (Fraction(29999, 1000), "29,99"),
        (70, "70,00"),
        (Fraction(70001, 1000), "70,00"),
        (Fraction(79996, 1000), "79,99"),
        (100, "100,00"),
        (0, "0,00"),
    ],
)
def test_means_are_never_lifted_into_the_next_band(value: int | Decimal | Fraction, written: str) -> None:
    assert mean(value) == written


def test_points_take_as_few_digits_as_they_need() -> None:
    assert [points(n) for n in (0, 8, 10, 100, Decimal("8.50"), Fraction(17, 4))] == ["0", "8", "10", "100", "8,5", "4,25"]  # fmt: skip


def test_days_are_written_as_decree_30_asks() -> None:
    assert long_date(date(2026, 8, 5)) == "ngày 05 tháng 8 năm 2026"
    assert long_date(date(2026, 1, 20)) == "ngày 20 tháng 01 năm 2026"
    assert long_date(date(2026, 12, 31)) == "ngày 31 tháng 12 năm 2026"
    assert short_date(date(2026, 12, 31)) == "31/12/2026"
    assert plain(datetime(2026, 12, 31, 17, 30, tzinfo=UTC)) == {
        "clock": "00 giờ 30 phút",
        "short": "01/01/2027",
        "long": "ngày 01 tháng 01 năm 2027",
    }


def test_no_star_below_three() -> None:
    assert [star_words(n) for n in (0, 2, 3, 5)] == ["Dưới 3 sao", "Dưới 3 sao", "3 sao", "5 sao"]


def test_documents_know_no_models() -> None:
    tree = ast.parse(Path(documents.__file__).read_text())
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    own = {name for name in modules if re.match(r"ocop_portal|producers|products|ratings|django", name)}
    assert own == {"ocop_portal.papers", "ocop_portal.typesetting", "ratings.written"}
