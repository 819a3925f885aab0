"""The shapes of answers that all resources share."""

from typing import Any

from ninja import Schema
from pydantic import Field


class Problem(Schema):
    """RFC 9457 problem details."""

    type: str = Field(title="Loại lỗi", description="Địa chỉ giải thích loại lỗi này.")
    title: str = Field(title="Tên lỗi")
    status: int = Field(title="Mã HTTP")
    detail: str = Field(title="Điều gì sai, bằng lời")


def refusals(*statuses: int) -> dict[int, Any]:
    """The problems that an operation answers with, for its declaration."""
    return dict.fromkeys((*statuses, 422, 429, 500), Problem)
