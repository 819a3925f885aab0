"""One of each printed document, of made-up producers; `replace` varies them."""

from datetime import UTC, date, datetime
from fractions import Fraction

from ocop_portal.qr import qr_svg
from ratings.documents import (
    CertificateSheet,
    CommuneForm,
    CriterionRow,
    DossierForm,
    Heading,
    Letter,
    LetterKind,
    Minutes,
    MinutesLine,
    PartTable,
    Person,
    RecognisedLine,
    RefusedLine,
    ResultLine,
    ResultTable,
    ScoreSheetPrint,
    Signature,
)

PRODUCT, PRODUCER = "Mật ong bạc hà Đèo Gió", "Hợp tác xã Đèo Gió Mới"
URL = "https://ocop.example.vn/p/19-01864-0007-2026"
DAY = date(2026, 8, 5)
PROVINCE = Heading("Ủy ban nhân dân tỉnh Thái Nguyên", place="Thái Nguyên", day=DAY)
COUNCIL = Heading(
    "Hội đồng đánh giá, phân hạng sản phẩm OCOP", "UBND tỉnh Thái Nguyên", "03/BB-HĐ", "Thái Nguyên", DAY
)
CHAIR = Signature(("TM. Hội đồng", "Chủ tịch"), "Lường Thị Ngữ")
SECRETARY = Signature(("Thư ký",), "Ma Văn Thử")

CERTIFICATE = CertificateSheet(
    heading=PROVINCE,
    number="0118/2026/GCN-OCOP",
    product=PRODUCT,
    product_set="Mật ong, sản phẩm khác từ ong",
    producer=PRODUCER,
    address="Thôn Nà Mẫu, xã Bằng Mới, tỉnh Thái Nguyên",
    stars=4,
    decision_number="2417/QĐ-UBND",
    decision_day=DAY,
    decision_authority="Chủ tịch Ủy ban nhân dân tỉnh Thái Nguyên",
    valid_from=DAY,
    valid_to=date(2029, 8, 5),
    check_url=URL,
    qr=qr_svg(URL, "Mã QR"),
    packaging=("Chai 500 ml", "Hộp 2 chai 250 ml"),
    signature=Signature(("KT. Chủ tịch", "Phó Chủ tịch"), "Lường Thị Ngữ"),
)

MINUTES = Minutes(
    heading=COUNCIL,
    council="Hội đồng đánh giá, phân hạng sản phẩm OCOP cấp tỉnh năm 2026",
    round="Đợt 1 năm 2026",
    decision_number="215/QĐ-UBND",
    decision_day=date(2026, 1, 20),
    decision_authority="Chủ tịch Ủy ban nhân dân tỉnh Thái Nguyên",
    started=datetime(2026, 8, 5, 1, 30, tzinfo=UTC),
    ended=datetime(2026, 8, 5, 10, 5, tzinfo=UTC),
    venue="Phòng họp số 2, trụ sở Ủy ban nhân dân tỉnh",
    members=9,
    attended=7,
    quorum=7,
    present=(Person("Lường Thị Ngữ", "Phó Chủ tịch UBND tỉnh", "Chủ tịch Hội đồng"), Person("Ma Văn Thử")),
    absent=(Person("Bế Đức Nhẫn", "Ủy viên", "đi công tác"),),
    guests=(Person("Nông Văn Mẫu", "Tổ trưởng Tổ tư vấn"),),
    agenda=("Thư ký báo cáo kết quả kiểm tra hồ sơ.", "Từng thành viên chấm điểm trên phiếu."),
    lines=(
        MinutesLine(PRODUCT, PRODUCER, "Lần đầu", 7, Fraction(587, 7), 4, 6),
        MinutesLine(
            "Chè dây Khau Mẫu",
            "Tổ hợp tác Khau Mẫu",
            "Nâng hạng",
            7,
            Fraction(13999, 200),
            3,
            12,
            rescored=True,
            why_not_higher=("Tổng điểm trung bình thấp hơn mức 70 điểm.",),
        ),
    ),
    conclusions=("Hội đồng thống nhất đề nghị công nhận 02 sản phẩm.",),
    chair=CHAIR,
    secretary=SECRETARY,
)

RESULT_LINE = ResultLine(
    PRODUCT, PRODUCER, "Bằng Mới", "Lần đầu", 33, Fraction(150, 7), Fraction(199, 7), Fraction(580, 7), 4
)
RESULTS = ResultTable(
    heading=COUNCIL,
    title="Kết quả đánh giá, phân hạng sản phẩm OCOP đợt 1 năm 2026",
    attached_to="Kèm theo Biên bản số 03/BB-HĐ",
    lines=(RESULT_LINE,),
    signature=CHAIR,
)

PARTS = (
    PartTable(
        "A",
        "Sản phẩm và sức mạnh cộng đồng",
        (
            CriterionRow("1.1", "Nguồn nguyên liệu", "1. Tổ chức sản xuất", "Từ 75 % trong tỉnh", 4, 5, ("Hợp đồng mua", "Bảng kê")),
            CriterionRow("1.2", "Bảo vệ môi trường", "1. Tổ chức sản xuất", "", 0, 3),
        ),
    ),
    PartTable("B", "Khả năng tiếp thị", (CriterionRow("4.1", "Thị trường", "4. Tiếp thị", "Trong tỉnh", Fraction(5, 2), 5),)),
)  # fmt: skip
SCORE_SHEET = ScoreSheetPrint(
    heading=COUNCIL,
    round="Đợt 1 năm 2026",
    member="Bế Đức Nhẫn",
    member_role="Ủy viên",
    product=PRODUCT,
    producer=PRODUCER,
    address="Xã Bằng Mới",
    product_set="Mật ong, sản phẩm khác từ ong",
    ruleset="26/2026/QĐ-TTg",
    parts=PARTS,
    signed_at=datetime(2026, 8, 4, 20, 12, tzinfo=UTC),
    remarks="Mật trong, thơm.\nĐề nghị bổ sung mã truy xuất.",
)

LETTER = Letter(
    heading=Heading("Ủy ban nhân dân tỉnh Thái Nguyên", number="412/UBND-NN", place="Thái Nguyên", day=DAY),
    kind=LetterKind.RECOGNISED,
    to=("Ủy ban nhân dân xã Bằng Mới", PRODUCER),
    round="đợt 1 năm 2026",
    basis=("Quyết định số 2417/QĐ-UBND",),
    signature=Signature(("TM. Ủy ban nhân dân", "Chủ tịch"), "Lường Thị Ngữ"),
    recognised=(RecognisedLine(PRODUCT, PRODUCER, 4, "0118/2026/GCN-OCOP", DAY, date(2029, 8, 5)),),
    copies=("Như trên", "Lưu: VT, NN"),
)
REFUSAL = Letter(
    heading=LETTER.heading,
    kind=LetterKind.NOT_RECOGNISED,
    to=("Ủy ban nhân dân xã Bằng Mới",),
    round="đợt 1 năm 2026",
    basis=(),
    signature=LETTER.signature,
    refused=(
        RefusedLine(PRODUCT, PRODUCER, Fraction(321, 7), ("Chưa có kết quả kiểm nghiệm còn hiệu lực.",)),
    ),
)

DOSSIER = DossierForm(
    product=PRODUCT,
    producer=PRODUCER,
    commune="Ủy ban nhân dân xã Bằng Mới",
    product_set="Mật ong, sản phẩm khác từ ong",
    kind="Phân hạng lại",
    registration=(("Người đại diện", "Lý Thị Ưng, Giám đốc"), ("Trang điện tử", "")),
    parts=PARTS,
    signature=Signature(("Đại diện chủ thể",), "Lý Thị Ưng", "(Ký, ghi rõ họ tên)"),
    receipt_number="07-2026/PĐK-19-01864-2026",
    place="Bằng Mới",
    day=date(2026, 3, 15),
)

COMMUNE = CommuneForm(
    heading=Heading("Ủy ban nhân dân xã Bằng Mới", number="56/UBND", place="Bằng Mới", day=date(2026, 4, 2)),
    product=PRODUCT,
    producer=PRODUCER,
    address="Thôn Nà Mẫu",
    product_set="Mật ong, sản phẩm khác từ ong",
    kind="Phân hạng lại",
    origin="Ong nuôi tại 12 thôn của xã.",
    labour="36 lao động, trong đó 34 người của xã.",
    idea="Nghề nuôi ong có từ lâu đời.",
    identity="",
    complete=True,
    conclusion="Hồ sơ đủ điều kiện.",
    signature=Signature(("TM. Ủy ban nhân dân", "Chủ tịch"), "Triệu Văn Mẫu"),
    received_on=date(2026, 3, 16),
)
