"""The answer to "does this star stand?", in one sentence a shopper can read."""

from dataclasses import dataclass
from datetime import date, timedelta

from products.catalogue import days_left
from products.models import Certificate, Product
from products.standing import STANDS, Standing


@dataclass(frozen=True)
class Verdict:
    """Tone (good, ending, warn, bad, unknown), the sentence, and what else a reader must know."""

    tone: str
    sentence: str
    note: str = ""


def is_silent(certificate: Certificate, governing: Certificate | None, day: date) -> bool:
    """Whether the register says nothing of this certificate on the day.

    What is known from a public source alone is told only while the source shows it standing: nobody recorded
    what came after.
    """
    if not certificate.product.listed_only_while_standing:
        return False
    return governing is None or governing.standing_on(day) not in STANDS


def silent(product: Product) -> Verdict:
    """Neither a star nor a lapse: nothing is recorded."""
    return Verdict(
        "unknown",
        f"Sổ bộ không ghi nhận tình trạng của “{product.name}” vào ngày này.",
        "Thông tin về sản phẩm lấy từ nguồn công khai và chỉ có đến hết thời hạn đã công bố. "
        "Hãy hỏi cơ quan OCOP hoặc chủ thể để biết kết quả mới nhất.",
    )


def verdict(certificate: Certificate, day: date) -> Verdict:
    """What the certificate is worth on the day."""
    name, stars = f"“{certificate.product.name}”", f"{certificate.stars} sao OCOP"
    end = f"{certificate.last_day:%d/%m/%Y}"
    match certificate.standing_on(day):
        case Standing.IN_FORCE:
            return Verdict("good", f"Còn hiệu lực: {name} được dùng {stars} đến hết ngày {end}.")
        case Standing.EXPIRING:
            left = days_left(certificate, day)
            return Verdict(
                "ending",
                f"Còn hiệu lực: {name} được dùng {stars} đến hết ngày {end}.",
                f"Sắp hết hạn: còn {left}." if left[:1].isdigit() else "Hôm đó là ngày cuối cùng.",
            )
        case Standing.EXTENDED:
            return Verdict(
                "ending",
                f"Được gia hạn: {name} vẫn được dùng {stars} đến hết ngày {end}.",
                f"Giấy chứng nhận in hạn {certificate.valid_to:%d/%m/%Y} và được gia hạn trong khi chờ đánh giá lại.",
            )
        case Standing.EXPIRED:
            return Verdict(
                "bad",
                f"Hết hiệu lực từ {certificate.last_day + timedelta(days=1):%d/%m/%Y}: "
                f"{name} không còn được dùng {stars}.",
                "Chưa ghi nhận kết quả đánh giá lại. Bao bì in sau ngày này không được mang biểu trưng và hạng sao.",
            )
        case Standing.REVOKED:
            return Verdict(
                "bad",
                f"Đã thu hồi từ {certificate.revoked_on:%d/%m/%Y}: {name} không được dùng {stars}.",
                f"Căn cứ: {certificate.get_revocation_ground_display()}. {certificate.revocation_reason}",
            )
        case Standing.REPLACED:
            return Verdict(
                "warn",
                f"Đã thay bằng giấy chứng nhận mới từ {certificate.superseded_on:%d/%m/%Y}.",
                f"Giấy này cấp cho {name}, {stars}; hãy xem giấy đang dùng bên dưới.",
            )
        case Standing.NOT_YET_VALID:
            return Verdict(
                "warn",
                f"Chưa có hiệu lực: {name} được dùng {stars} từ ngày {certificate.valid_from:%d/%m/%Y}.",
            )
