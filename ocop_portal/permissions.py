"""Who may do what: one enum of permissions, one table of roles, one question to ask.

Views, templates and tests ask `has_permission(user, Permission.X)`. *Where* a user may do it is a matter of
scope, and scope is a queryset (`Producer.objects.visible_to(user)`): what is out of scope answers 404, what is
in scope but not permitted answers 403.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse


class Permission(StrEnum):
    """Everything that is not open to the public. Stored nowhere, so names may change."""

    DESK_VIEW = "desk_view"
    PRODUCER_EDIT = "producer_edit"
    PRODUCT_EDIT = "product_edit"
    DECISION_RECORD = "decision_record"
    CERTIFICATE_RECORD = "certificate_record"
    CERTIFICATE_EXTEND = "certificate_extend"
    CERTIFICATE_REVOKE = "certificate_revoke"
    HISTORY_VIEW = "history_view"
    DOSSIER_VIEW = "dossier_view"
    DOSSIER_FILE = "dossier_file"
    DOSSIER_CHECK = "dossier_check"
    DOSSIER_INTAKE = "dossier_intake"
    ROUND_VIEW = "round_view"
    ROUND_KEEP = "round_keep"
    SCORE = "score"
    SHEETS_VIEW = "sheets_view"
    SHEET_RECORD = "sheet_record"
    RESULT_KEEP = "result_keep"
    DECISION_SIGN = "decision_sign"
    NOTICE_KEEP = "notice_keep"
    INBOX = "inbox"
    REGISTER_IMPORT = "register_import"
    REPORT_VIEW = "report_view"
    FIGURES_ENTER = "figures_enter"
    INSPECTION_KEEP = "inspection_keep"
    COMPLAINT_KEEP = "complaint_keep"
    COMPLAINT_REPLY = "complaint_reply"
    SUPPORT_KEEP = "support_keep"
    CONTENT_KEEP = "content.keep"
    AUDIT_VIEW = "audit_view"
    ADMIN_SITE = "admin_site"


class Role(models.TextChoices):
    """Stored in `User.role`: values outlive code and are never renamed."""

    ADMIN = "admin", "quản trị hệ thống"
    PROVINCE = "province", "cơ quan OCOP cấp tỉnh"
    COMMUNE = "commune", "cán bộ cấp xã"
    SIGNATORY = "signatory", "người ký quyết định"
    COUNCIL = "council", "thành viên Hội đồng"
    PRODUCER = "producer", "chủ thể OCOP"


@dataclass(frozen=True)
class RoleRules:
    """What a role is for and what it may do."""

    description: str
    permissions: frozenset[Permission]
    whole_territory: bool = False
    """False: the role sees its own commune (or its own producer) only."""


# Scores are a member's own, a signature is the signatory's and a reply the producer's: nobody holds them by rank.
PERSONAL = frozenset({Permission.SCORE, Permission.DECISION_SIGN, Permission.COMPLAINT_REPLY})

ROLES: dict[str, RoleRules] = {
    Role.ADMIN: RoleRules(
        "Quản lý tài khoản, đơn vị hành chính, danh mục và Hội đồng trong trang quản trị.",
        frozenset(Permission) - PERSONAL,
        whole_territory=True,
    ),
    Role.PROVINCE: RoleRules(
        "Giữ sổ bộ và đợt đánh giá trong toàn tỉnh: tiếp nhận hồ sơ, tổng hợp điểm, giấy chứng nhận, gia hạn, thu hồi.",
        frozenset(Permission) - PERSONAL - {Permission.ADMIN_SITE},
        whole_territory=True,
    ),
    Role.COMMUNE: RoleRules(
        "Cập nhật chủ thể và sản phẩm trên địa bàn xã; kiểm tra và chuyển hồ sơ; xem giấy chứng nhận và hạn.",
        frozenset(
            {
                Permission.DESK_VIEW,
                Permission.PRODUCER_EDIT,
                Permission.PRODUCT_EDIT,
                Permission.HISTORY_VIEW,
                Permission.DOSSIER_VIEW,
                Permission.DOSSIER_FILE,
                Permission.DOSSIER_CHECK,
                Permission.NOTICE_KEEP,
                Permission.INBOX,
                Permission.REPORT_VIEW,
                Permission.FIGURES_ENTER,
                Permission.INSPECTION_KEEP,
                Permission.COMPLAINT_KEEP,
                Permission.SUPPORT_KEEP,
            }
        ),
    ),
    Role.SIGNATORY: RoleRules(
        "Xem toàn bộ sổ bộ, lịch sử và ký quyết định.",
        frozenset(
            {
                Permission.DESK_VIEW,
                Permission.HISTORY_VIEW,
                Permission.DOSSIER_VIEW,
                Permission.ROUND_VIEW,
                Permission.SHEETS_VIEW,
                Permission.DECISION_SIGN,
                Permission.INBOX,
                Permission.REPORT_VIEW,
                Permission.AUDIT_VIEW,
            }
        ),
        whole_territory=True,
    ),
    Role.COUNCIL: RoleRules(
        "Chấm điểm hồ sơ của Hội đồng mình; xem hồ sơ, minh chứng và kết quả sau khi mọi phiếu đã ký.",
        frozenset({Permission.DOSSIER_VIEW, Permission.SCORE, Permission.SHEETS_VIEW}),
    ),
    Role.PRODUCER: RoleRules(
        "Lập, nộp và theo dõi hồ sơ cho sản phẩm của mình; nhập số liệu năm; trả lời phản ánh.",
        frozenset(
            {
                Permission.DOSSIER_VIEW,
                Permission.DOSSIER_FILE,
                Permission.INBOX,
                Permission.FIGURES_ENTER,
                Permission.COMPLAINT_REPLY,
            }
        ),
    ),
}


def rules_of(user: Any) -> RoleRules | None:
    """The rules of a signed-in, active user's role; None for anybody else."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return None
    return ROLES.get(user.role)


def has_permission(user: Any, permission: Permission) -> bool:
    """Whether the user's role carries the permission, in whatever scope the user has."""
    rules = rules_of(user)
    return rules is not None and permission in rules.permissions


View = Callable[..., HttpResponse]


def requires(permission: Permission, *, of: Callable[..., object] | None = None) -> Callable[[View], View]:
    """Refuse a signed-in user without the permission. Visitors are sent to sign in by the middleware.

    `of` finds what the address speaks of in the user's scope, or raises Http404: what is not yours answers 404, what
    is yours but not your role answers 403. It is asked only where the permission is lacking; otherwise the view itself
    fetches in scope.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not has_permission(request.user, permission):
                if of is not None:
                    of(request.user, *args, **kwargs)
                raise PermissionDenied("Tài khoản của bạn không có quyền thực hiện việc này.")
            return view(request, *args, **kwargs)

        guarded.required_permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate
