"""The demo's news: announcements, plans and news of an office, all made up, one draft and one withdrawn."""

import io
from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from docx import Document

from ocop_portal import clock
from ocop_portal.models import User
from reports.models import News
from reports.news_actions import add_news_file, publish_news, save_news, withdraw_news

Kind = News.Kind
# (days ago, kind, title, summary, text); the first is a draft.
NEWS = (
    (
        2, Kind.NEWS, "Lịch tập huấn bán hàng trực tuyến cho chủ thể OCOP",
        "Dự thảo lịch ba buổi tập huấn tại các cụm xã.", "",
    ),
    (
        6, Kind.NOTICE, "Nhắc chủ thể nộp hồ sơ đánh giá lại trước khi giấy chứng nhận hết hạn",
        "Giấy chứng nhận có giá trị 36 tháng. Chủ thể có sản phẩm sắp hết hạn nên nộp hồ sơ sớm.",
        "Chủ thể xem hạn của sản phẩm trên trang tra cứu, gõ tên sản phẩm hoặc mã.\n\n"
        "Hồ sơ nộp tại Ủy ban nhân dân cấp xã nơi sản xuất. Cán bộ xã hướng dẫn hoàn thiện và chuyển lên tỉnh.\n\n"
        "Hết hạn mà không đánh giá lại thì không được in hạng sao OCOP trên bao bì.",
    ),
    (
        20, Kind.PLAN, "Kế hoạch đánh giá, phân hạng sản phẩm OCOP đợt tới",
        "Thời gian nhận hồ sơ, kiểm tra thực tế và họp Hội đồng; kèm mẫu phiếu đăng ký.",
        "1. Nhận hồ sơ tại cấp xã: từ khi có thông báo.\n2. Kiểm tra hồ sơ, thực tế: trong 15 ngày làm việc.\n"
        "3. Họp Hội đồng: sau khi đủ hồ sơ.\n\nChủ thể tải mẫu phiếu đăng ký ở dưới, điền và gửi cán bộ xã.",
    ),
    (
        48, Kind.NEWS, "Tuần lễ giới thiệu sản phẩm OCOP tại trung tâm tỉnh",
        "Các chủ thể giới thiệu miến dong, chè, tinh bột nghệ và hàng thủ công; có tư vấn hồ sơ tại chỗ.",
        "Người dân đến xem, nếm thử và mua sản phẩm còn hiệu lực công nhận.\n\n"
        "Danh sách sản phẩm và chủ thể tham gia có ở trang sự kiện.",
    ),
    (
        75, Kind.NOTICE, "Thông báo đổi địa điểm nhận hồ sơ OCOP",
        "Từ tháng tới, hồ sơ nhận tại bộ phận một cửa của xã.",
        "Chủ thể đến bộ phận một cửa trong giờ hành chính.",
    ),
)  # fmt: skip
MARK = "(minh họa)"


def load_news(by: User, say: Callable[[str], object]) -> None:
    """Write the demo's news, once."""
    if News.objects.exists():
        return
    say("Tin tức …")
    today = clock.today()
    for ago, kind, title, summary, text in NEWS:
        with clock.on(today - timedelta(days=ago)):
            item = News(kind=kind, title=f"{title} {MARK}", day=clock.today(), summary=summary, text=text)
            item.made_up = True
            save_news(news=item, by=by)
            if kind == Kind.PLAN:
                add_news_file(news=item, title=f"Mẫu phiếu đăng ký {MARK}", file=_form(), by=by)
            if text:
                item = publish_news(news=item, by=by)
    with clock.on(today - timedelta(days=NEWS[-1][0] - 3)):
        withdraw_news(news=item, reason="Đăng nhầm: nơi nhận hồ sơ không đổi (minh họa).", by=by)


def _form() -> ContentFile:
    """A form to be filled in, as Word; the same bytes of text each time."""
    document, kept = Document(), io.BytesIO()
    document.core_properties.created = document.core_properties.modified = datetime(2026, 1, 1)
    document.add_heading("Phiếu đăng ký tham gia đánh giá sản phẩm OCOP (minh họa)", 1)
    for label in ("Tên sản phẩm", "Chủ thể", "Xã, phường", "Điện thoại"):
        document.add_paragraph(f"{label}: ……………………………………")
    document.save(kept)
    return ContentFile(kept.getvalue(), "Mẫu phiếu đăng ký (minh họa).docx")
