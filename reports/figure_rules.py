"""The rules of the yearly report: how each figure is measured, told in words and proved by its list (domain §6)."""

from decimal import Decimal

from ocop_portal.permissions import Permission
from producers.growth import share
from producers.models import Campaign, Producer
from products.models import Certificate, ProductMark, SalesChannel
from products.standing import Standing
from reports.neighbours import kept_in_year
from reports.rule import Rule, total
from reports.tables.support import points_of, promotions_of
from reports.tables.territory import percent
from reports.tables.traits import areas_of, hectares

PRODUCTS, PERCENT, MILLIONS = "sản phẩm", "%", "triệu đồng"
NO_HISTORY = " Sổ bộ không ghi ngày nên số của ngày đã qua lấy theo dữ liệu hiện nay."


def _stars(n: int) -> Rule:
    return Rule(
        f"stars_{n}",
        f"Trong đó: {n} sao",
        PRODUCTS,
        f"Đếm sản phẩm có giấy chứng nhận {n} sao được dùng vào ngày báo cáo.",
        lambda r: r.statistics.standing[n],
        ("so-bo", {"status": "standing", "stars": str(n)}),
    )


def _recognised(kind: Certificate.Kind, name: str) -> Rule:
    return Rule(
        f"recognised_{kind.value}",
        f"Trong đó: {name}",
        "kết quả",
        f"Đếm giấy chứng nhận loại “{kind.label}” có giá trị từ một ngày trong năm, đến ngày báo cáo.",
        lambda r: r.recognised[kind],
        ("cong-nhan-trong-nam", {"kind": kind.value}),
    )


def _channel(kind: SalesChannel.Kind) -> Rule:
    return Rule(
        f"on_{kind.value}",
        f"Sản phẩm bán trên {kind.label}",
        PRODUCTS,
        f"Đếm sản phẩm còn hiệu lực có kênh bán {kind.label}.{NO_HISTORY}",
        lambda r: r.channels[kind],
        ("thuong-mai-dien-tu", {"channel": kind.value}),
    )


def _mark(kind: ProductMark.Kind, unit: str) -> Rule:
    return Rule(
        f"marks_{kind.value}",
        kind.label.capitalize(),
        unit,
        f"Đếm tên {kind.label} khác nhau, cấp đến ngày báo cáo, mà sản phẩm còn hiệu lực đang mang.",
        lambda r: r.marks[kind],
        ("nhan-hieu", {"kind": kind.value}),
    )


def _campaign(kind: Campaign.Kind) -> Rule:
    return Rule(
        f"campaigns_{kind.value}",
        f"Đợt {kind.label}",
        "đợt",
        f"Đếm đợt {kind.label} bắt đầu trong năm, không tính đợt đã hủy.",
        lambda r: r.campaigns[kind],
        ("tu-van", {"kind": kind.value}),
    )


SECTIONS: tuple[tuple[str, tuple[Rule, ...]], ...] = (
    (
        "Kết quả công nhận sản phẩm",
        (
            Rule(
                "products",
                "Sản phẩm từ 3 sao còn hiệu lực",
                PRODUCTS,
                "Đếm sản phẩm có giấy chứng nhận còn hiệu lực, sắp hết hạn hoặc được gia hạn vào ngày báo cáo.",
                lambda r: r.statistics.standing.total,
                ("so-bo", {"status": "standing"}),
            ),
            *(_stars(n) for n in (5, 4, 3)),
            Rule(
                "target",
                "Chỉ tiêu của kế hoạch",
                PRODUCTS,
                "Số sản phẩm từ 3 sao mà kế hoạch của giai đoạn có năm báo cáo đặt ra.",
                lambda r: r.target.products if r.target else None,
                ("chi-tieu-ke-hoach", {}),
                proved=None,
                detail=lambda r: (
                    f"{r.target}, trong đó ít nhất {r.target.stars_5} sản phẩm 5 sao" if r.target else ""
                ),
            ),
            Rule(
                "target_percent",
                "Kết quả so với chỉ tiêu",
                PERCENT,
                "Sản phẩm từ 3 sao còn hiệu lực × 100 : chỉ tiêu của kế hoạch; cắt xuống một chữ số sau dấu phẩy.",
                lambda r: percent(r.statistics.standing.total, r.target.products) if r.target else None,
                ("chi-tieu-ke-hoach", {}),
                proved=None,
            ),
            Rule(
                "recognised",
                "Kết quả công nhận trong năm",
                "kết quả",
                "Đếm giấy chứng nhận có giá trị từ một ngày trong năm, đến ngày báo cáo; không tính giấy cấp lại.",
                lambda r: sum(r.recognised.values()),
                ("cong-nhan-trong-nam", {}),
            ),
            _recognised(Certificate.Kind.FIRST, "công nhận lần đầu"),
            _recognised(Certificate.Kind.UPGRADE, "nâng hạng sao"),
            _recognised(Certificate.Kind.REASSESSMENT, "đánh giá, phân hạng lại"),
            Rule(
                "expiring",
                "Sản phẩm sắp hết hạn trong 180 ngày",
                PRODUCTS,
                "Đếm sản phẩm còn hiệu lực có ngày cuối trong 180 ngày kể từ ngày báo cáo.",
                lambda r: r.statistics.in_standing(Standing.EXPIRING).total,
                ("so-bo", {"status": "expiring"}),
            ),
            Rule(
                "lapsed_not_reassessed",
                "Sản phẩm hết hạn, chưa đánh giá lại",
                PRODUCTS,
                "Đếm sản phẩm có giấy chứng nhận cuối cùng hết hạn trước ngày báo cáo mà chưa có kết quả mới; "
                "tính riêng, không nằm trong số còn hiệu lực.",
                lambda r: r.statistics.lapsed_not_reassessed,
                ("het-han-chua-danh-gia-lai", {}),
            ),
            Rule(
                "revoked",
                "Giấy chứng nhận bị thu hồi trong năm",
                "giấy",
                "Đếm giấy chứng nhận có ngày thu hồi trong năm, đến ngày báo cáo.",
                lambda r: r.revoked,
                ("thu-hoi-trong-nam", {}),
            ),
        ),
    ),
    (
        "Chủ thể và địa bàn",
        (
            Rule(
                "producers",
                "Chủ thể có sản phẩm còn hiệu lực",
                "chủ thể",
                "Đếm chủ thể khác nhau của các sản phẩm còn hiệu lực.",
                lambda r: sum(r.producers_by_form.values()),
                ("chu-the", {}),
            ),
            Rule(
                "cooperatives",
                "Trong đó: hợp tác xã",
                "chủ thể",
                "Đếm chủ thể là hợp tác xã trong số đó.",
                lambda r: r.producers_by_form[Producer.LegalForm.COOPERATIVE],
                ("chu-the", {"form": Producer.LegalForm.COOPERATIVE.value}),
            ),
            Rule(
                "communes",
                "Xã, phường trên địa bàn",
                "xã, phường",
                "Đếm xã, phường, thị trấn có vào ngày báo cáo.",
                lambda r: len(r.asked.communes),
                ("xa-theo-so-san-pham", {}),
            ),
            Rule(
                "communes_with_product",
                "Xã, phường có sản phẩm",
                "xã, phường",
                "Đếm xã, phường có ít nhất một sản phẩm còn hiệu lực, theo nơi sản xuất.",
                lambda r: r.communes_with_product,
                ("xa-theo-so-san-pham", {"only": "having"}),
                detail=lambda r: f"{r.communes_with_product} trong {len(r.asked.communes)} xã, phường",
            ),
            Rule(
                "communes_without_product",
                "Xã, phường chưa có sản phẩm",
                "xã, phường",
                "Số xã, phường trên địa bàn trừ số xã, phường có sản phẩm còn hiệu lực.",
                lambda r: len(r.asked.communes) - r.communes_with_product,
                ("xa-chua-co-san-pham", {}),
            ),
        ),
    ),
    (
        "Sản xuất và thu nhập",
        (
            Rule(
                "revenue_grown_percent",
                "Chủ thể có doanh thu từ 1,1 lần năm trước",
                PERCENT,
                "Số chủ thể có doanh thu năm báo cáo ≥ 1,1 × doanh thu năm trước, × 100 : số chủ thể có doanh thu của "
                "cả hai năm trong sổ (năm trước lớn hơn 0); làm tròn một chữ số sau dấu phẩy.",
                lambda r: share(r.grown, r.comparable),
                ("so-lieu-nam", {"growth": "comparable"}),
                proved=lambda t: share(int(t.totals[6]) if t.totals else 0, len(t.rows)),  # type: ignore[arg-type]
                detail=lambda r: (
                    f"{r.grown} trong {r.comparable} chủ thể có số liệu cả hai năm" if r.comparable else ""
                ),
            ),
            Rule(
                "revenue",
                "Doanh thu từ sản phẩm OCOP",
                MILLIONS,
                "Cộng doanh thu năm báo cáo của các chủ thể có số liệu.",
                lambda r: r.sums["revenue"],
                ("so-lieu-nam", {}),
                total(4),
            ),
            Rule(
                "workers",
                "Lao động",
                "người",
                "Cộng số lao động của các chủ thể có số liệu.",
                lambda r: r.sums["workers"],
                ("so-lieu-nam", {}),
                total(7),
            ),
            Rule(
                "women",
                "Trong đó: lao động nữ",
                "người",
                "Cộng số lao động nữ của các chủ thể có số liệu.",
                lambda r: r.sums["women"],
                ("so-lieu-nam", {}),
                total(8),
            ),
            Rule(
                "members",
                "Hộ liên kết",
                "hộ",
                "Cộng số hộ liên kết của các chủ thể có số liệu.",
                lambda r: r.sums["members"],
                ("so-lieu-nam", {}),
                total(9),
            ),
            Rule(
                "raw_material_area",
                "Sản phẩm có vùng nguyên liệu được chứng nhận",
                PRODUCTS,
                "Đếm sản phẩm còn hiệu lực có vùng nguyên liệu được chứng nhận (hữu cơ, VietGAP, GACP-WHO …), "
                "đang trong thời hạn vào ngày báo cáo.",
                lambda r: areas_of(r.asked).order_by().values("product").distinct().count(),
                ("vung-nguyen-lieu", {}),
                proved=lambda t: len({getattr(row[0], "url", "") for row in t.rows}),
            ),
            Rule(
                "raw_material_hectares",
                "Diện tích vùng nguyên liệu được chứng nhận",
                "ha",
                "Cộng diện tích các vùng đó; vùng không ghi diện tích tính là 0.",
                lambda r: hectares(r.asked),
                ("vung-nguyen-lieu", {}),
                proved=total(6, Decimal(0)),
                places=2,
            ),
            _mark(ProductMark.Kind.GEOGRAPHICAL, "chỉ dẫn"),
            _mark(ProductMark.Kind.COLLECTIVE, "nhãn hiệu"),
            _mark(ProductMark.Kind.CERTIFICATION, "nhãn hiệu"),
        ),
    ),
    (
        "Thị trường",
        (
            Rule(
                "exported",
                "Sản phẩm xuất khẩu",
                PRODUCTS,
                "Đếm sản phẩm còn hiệu lực có thị trường xuất khẩu bắt đầu từ năm báo cáo trở về trước.",
                lambda r: r.exported,
                ("xuat-khau", {}),
                detail=lambda r: f"Thị trường: {', '.join(r.markets)}" if r.markets else "",
            ),
            *(
                _channel(kind)
                for kind in (
                    SalesChannel.Kind.POSTMART,
                    SalesChannel.Kind.LAZADA,
                    SalesChannel.Kind.SHOPEE,
                    SalesChannel.Kind.BACKANMARKET,
                    SalesChannel.Kind.KETNOIOCOP,
                )
            ),
            Rule(
                "points_of_sale",
                "Điểm giới thiệu và bán sản phẩm",
                "điểm",
                "Đếm điểm bán mở từ ngày báo cáo trở về trước và chưa đóng vào ngày ấy.",
                lambda r: points_of(r.asked).count(),
                ("diem-ban", {}),
            ),
        ),
    ),
    (
        "Hỗ trợ, xúc tiến và quản lý sau công nhận",
        (
            *(_campaign(kind) for kind in Campaign.Kind),
            Rule(
                "campaign_parts",
                "Lượt chủ thể được tư vấn, tập huấn",
                "lượt",
                "Cộng số chủ thể tham gia từng đợt; một chủ thể dự hai đợt là hai lượt.",
                lambda r: r.campaign_parts["parts"],
                ("tu-van", {}),
                proved=total(6, 0),
                detail=lambda r: f"{r.campaign_parts['people']} lượt người của chủ thể",
            ),
            Rule(
                "promotions",
                "Hội chợ và sự kiện xúc tiến",
                "sự kiện",
                "Đếm sự kiện bắt đầu trong năm, không tính sự kiện đã hủy.",
                lambda r: promotions_of(r.asked).count(),
                ("xuc-tien", {}),
            ),
            Rule(
                "promotion_sales",
                "Doanh số tại các sự kiện",
                MILLIONS,
                "Cộng doanh số của các chủ thể có ghi.",
                lambda r: r.promotion_parts["sales"],
                ("xuc-tien", {}),
                total(7),
            ),
            Rule(
                "promotion_contracts",
                "Hợp đồng, biên bản ghi nhớ tại các sự kiện",
                "văn bản",
                "Cộng số hợp đồng, biên bản ghi nhớ của các chủ thể.",
                lambda r: r.promotion_parts["contracts"],
                ("xuc-tien", {}),
                proved=total(8, 0),
            ),
            Rule(
                "notices",
                "Thông báo sắp hết hạn đã gửi trong năm",
                "văn bản",
                "Đếm văn bản thông báo có ngày gửi trong năm, không tính văn bản đã hủy.",
                lambda r: kept_in_year(r, "products.Notice", "sent_on", voided_on=None),
                room=("desk:notices", Permission.NOTICE_KEEP),
            ),
            Rule(
                "inspections",
                "Cuộc kiểm tra đã thực hiện trong năm",
                "cuộc",
                "Đếm cuộc kiểm tra có ngày kiểm tra trong năm.",
                lambda r: kept_in_year(r, "products.Inspection", "done_on", state="done"),
                room=("desk:inspections", Permission.INSPECTION_KEEP),
            ),
            Rule(
                "complaints",
                "Phản ánh của người dân nhận trong năm",
                "phản ánh",
                "Đếm phản ánh có ngày nhận trong năm.",
                lambda r: kept_in_year(r, "products.Complaint", "received_on"),
                room=("desk:complaints", Permission.COMPLAINT_KEEP),
            ),
        ),
    ),
)
