"""How the steps of a citizen's report look and read at the desk."""

from dataclasses import dataclass

from products.complaint_steps import State

TONES: dict[str, str] = {
    State.RECEIVED: "info",
    State.CHECKING: "warn",
    State.ANSWERED: "good",
    State.DUPLICATE: "quiet",
    State.SET_ASIDE: "quiet",
}

LOOKS: dict[str, tuple[str, str]] = {
    "check": ("primary", "search"),
    "answer": ("primary", "check"),
    "publish": ("secondary", "eye"),
    "identify": ("secondary", "package"),
    "assign": ("secondary", "user"),
    "forward": ("secondary", "arrow-right"),
    "hand-down": ("secondary", "arrow-right"),
    "duplicate": ("quiet", "copy"),
    "set-aside": ("quiet", "x"),
    "reopen": ("quiet", "refresh"),
    "withdraw": ("quiet", "x"),
}
"""(look, icon) of each step that is an official's, those that lead on first."""


@dataclass(frozen=True)
class Words:
    """What a step does, and what is said once it is taken."""

    ask: str
    done: str
    danger: bool = False


WORDS: dict[str, Words] = {
    "check": Words(
        "Phản ánh được chuyển sang “đang xác minh”. Từ lúc này chủ thể đọc được nội dung phản ánh (không đọc được "
        "liên hệ của người gửi) và có thể trả lời. Muốn kiểm tra đột xuất thì hãy lập kế hoạch kiểm tra trước.",
        "Đã chuyển sang xác minh.",
    ),
    "answer": Words(
        "Người gửi đọc được kết quả và lời trả lời ngay khi bạn lưu.",
        "Đã trả lời phản ánh.",
    ),
    "identify": Words(
        "Phản ánh này gửi về một bao bì chưa rõ sản phẩm. Nếu xác định được, hãy ghi mã hoặc tên sản phẩm.",
        "Đã ghi sản phẩm.",
    ),
    "assign": Words("Giao phản ánh cho một cán bộ của cấp đang xử lý.", "Đã giao người xử lý."),
    "forward": Words(
        "Phản ánh được chuyển lên cơ quan OCOP cấp tỉnh. Xã vẫn xem được nhưng không xử lý nữa. "
        "Hạn trả lời giữ nguyên.",
        "Đã chuyển lên tỉnh.",
    ),
    "hand-down": Words(
        "Phản ánh được chuyển về xã để xác minh và trả lời; hạn trả lời giữ nguyên.", "Đã chuyển về xã."
    ),
    "duplicate": Words(
        "Phản ánh này đóng lại và dùng chung câu trả lời với phản ánh được chọn.",
        "Đã ghép vào phản ánh khác.",
    ),
    "set-aside": Words(
        "Dành cho thư rác, nội dung không phải phản ánh. Không có gì bị xóa; người gửi đọc được lý do bạn ghi.",
        "Đã xếp riêng phản ánh.",
        danger=True,
    ),
    "reopen": Words(
        "Phản ánh trở lại “đang xác minh” với hạn trả lời mới. Câu trả lời cũ được giữ trong lịch sử; phần đã công bố "
        "thôi hiện trên trang sản phẩm cho đến khi công bố lại.",
        "Đã mở lại để xác minh.",
    ),
    "publish": Words(
        "Tóm tắt này và trả lời hiện có của chủ thể (nếu có) hiện trên trang sản phẩm. Hãy đọc lại trả lời của chủ thể "
        "trước khi công bố.",
        "Đã công bố trên trang sản phẩm.",
    ),
    "withdraw": Words(
        "Tóm tắt và trả lời của chủ thể thôi hiện trên trang sản phẩm.", "Đã thôi công bố.", danger=True
    ),
}
