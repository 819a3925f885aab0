"""Errors as RFC 9457 problem+json, in a sentence. The API speaks Vietnamese whatever the reader's language."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse

from ocop_portal.links import absolute

PROBLEM_TYPE = "application/problem+json"
PREFIX = "/api/v1/"
TITLES = {
    400: "Yêu cầu không đọc được",
    404: "Không tìm thấy",
    405: "Phương thức không được phép",
    410: "Không còn đủ nhật ký thay đổi",
    422: "Tham số không hợp lệ",
    429: "Quá nhiều yêu cầu",
    500: "Lỗi của cổng",
}
"""What each problem is called. Each is explained on the docs page under `#loi-<status>`, which is its type."""
PROBLEMS = {
    400: "Con trỏ trang không đọc được hoặc là của danh sách khác; nội dung gửi lên không phải JSON.",
    404: "Không có bản ghi, mã hay ngày như vậy trong sổ bộ, hoặc không có địa chỉ này.",
    405: "Dùng phương thức mà địa chỉ không nhận; tiêu đề Allow nêu các phương thức được nhận.",
    410: "Nhật ký thay đổi không nối được từ phiên bản đã hỏi: hãy tải lại toàn bộ rồi hỏi từ “revision”.",
    422: "Tên tham số lạ, hoặc giá trị không đúng dạng. Câu trong “detail” nêu tham số nào.",
    429: "Quá nhiều yêu cầu trong một phút; hãy đợi số giây ghi ở Retry-After.",
    500: "Lỗi của cổng, đã được ghi lại.",
}
"""When each is met, in words."""
SENTENCES = {
    400: "Không đọc được yêu cầu này.",
    404: f"Không có địa chỉ này trong API. Các địa chỉ được liệt kê ở {PREFIX}.",
    405: "Địa chỉ này không nhận phương thức đã dùng.",
    500: "Cổng gặp lỗi khi trả lời. Lỗi đã được ghi lại; hãy thử lại sau.",
}


def problem(
    request: HttpRequest, status: int, detail: str = "", *, title: str = "", **more: Any
) -> HttpResponse:
    """The problem as an answer. `more` are members of its own, such as the number to begin anew from."""
    told = {
        "type": absolute(request, f"{PREFIX}#loi-{status}"),
        "title": title or TITLES.get(status, "Không nhận được"),
        "status": status,
        "detail": detail or SENTENCES.get(status, "Không nhận được yêu cầu này."),
        **more,
    }
    response = HttpResponse(
        json.dumps(told, ensure_ascii=False).encode(), status=status, content_type=PROBLEM_TYPE
    )
    response.headers["Cache-Control"] = "no-store" if status in (429, 500) else "no-cache"
    return response


class Refused(Exception):
    """Why a request is not answered: (status, sentence, members of the problem)."""

    def __init__(self, status: int, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.status, self.detail, self.more = status, detail, more
