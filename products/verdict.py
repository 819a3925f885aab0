"""The answer to "does this star stand?", in one sentence a shopper can read."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext

from ocop_portal.languages import day_text, quoted, told
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
        gettext("Sổ bộ không ghi nhận tình trạng của “{product}” vào ngày này.").format(product=product.name),
        gettext(
            "Thông tin về sản phẩm lấy từ nguồn công khai và chỉ có đến hết thời hạn đã công bố. "
            "Hãy hỏi cơ quan OCOP hoặc chủ thể để biết kết quả mới nhất."
        ),
    )


def verdict(certificate: Certificate, day: date) -> Verdict:
    """What the certificate is worth on the day."""
    name, stars = certificate.product.name, certificate.stars
    end = day_text(certificate.last_day)
    match certificate.standing_on(day):
        case Standing.IN_FORCE:
            return Verdict("good", _in_force(name, stars, end))
        case Standing.EXPIRING:
            left = days_left(certificate, day)
            return Verdict(
                "ending",
                _in_force(name, stars, end),
                gettext("Sắp hết hạn: còn {left}.").format(left=left)
                if left[:1].isdigit()
                else gettext("Hôm đó là ngày cuối cùng."),
            )
        case Standing.EXTENDED:
            return Verdict(
                "ending",
                gettext(
                    "Được gia hạn: “{product}” vẫn được dùng {stars} sao OCOP đến hết ngày {day}."
                ).format(product=name, stars=stars, day=end),
                gettext("Giấy chứng nhận in hạn {day} và được gia hạn trong khi chờ đánh giá lại.").format(
                    day=day_text(certificate.valid_to)
                ),
            )
        case Standing.EXPIRED:
            return _expired(certificate, name, stars)
        case Standing.REVOKED:
            return _revoked(certificate, name, stars)
        case Standing.REPLACED:
            return Verdict(
                "warn",
                gettext("Đã thay bằng giấy chứng nhận mới từ {day}.").format(
                    day=day_text(certificate.superseded_on)
                ),
                gettext(
                    "Giấy này cấp cho “{product}”, {stars} sao OCOP; hãy xem giấy đang dùng bên dưới."
                ).format(product=name, stars=stars),
            )
        case Standing.NOT_YET_VALID:
            return Verdict(
                "warn",
                gettext("Chưa có hiệu lực: “{product}” được dùng {stars} sao OCOP từ ngày {day}.").format(
                    product=name, stars=stars, day=day_text(certificate.valid_from)
                ),
            )


def _in_force(name: str, stars: int, end: str) -> str:
    sentence = gettext("Còn hiệu lực: “{product}” được dùng {stars} sao OCOP đến hết ngày {day}.")
    return sentence.format(product=name, stars=stars, day=end)


def _expired(certificate: Certificate, name: str, stars: int) -> Verdict:
    """Ended, and nobody recorded what came after."""
    return Verdict(
        "bad",
        gettext("Hết hiệu lực từ {day}: “{product}” không còn được dùng {stars} sao OCOP.").format(
            day=day_text(certificate.last_day + timedelta(days=1)), product=name, stars=stars
        ),
        gettext(
            "Chưa ghi nhận kết quả đánh giá lại. Bao bì in sau ngày này không được mang biểu trưng và hạng sao."
        ),
    )


def _revoked(certificate: Certificate, name: str, stars: int) -> Verdict:
    """Withdrawn, and on which ground."""
    return Verdict(
        "bad",
        gettext("Đã thu hồi từ {day}: “{product}” không được dùng {stars} sao OCOP.").format(
            day=day_text(certificate.revoked_on), product=name, stars=stars
        ),
        told(
            gettext("Căn cứ: {ground}. {reason}"),
            ground=certificate.get_revocation_ground_display(),
            reason=quoted(certificate.revocation_reason),
        ),
    )
