"""What of the dossiers lies in a user's scope (anything else answers 404), and what the user's role may do there."""

import re
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from ocop_portal.permissions import Permission, has_permission
from ratings.models import Dossier, Evidence

NUMBER = re.compile(r"[0-9]{1,18}")


def dossiers_of(user: Any) -> QuerySet[Dossier]:
    """The dossiers in scope, each once, so that they may be counted and annotated."""
    mine = Dossier.objects.visible_to(user).order_by().values("pk")  # type: ignore[attr-defined]
    return Dossier.objects.filter(pk__in=mine)


def dossier_of(user: Any, pk: int, **_rest: object) -> Dossier:
    """The dossier in scope; what else the address names is not asked here. Raises Http404."""
    return get_object_or_404(Dossier.objects.visible_to(user).with_line(), pk=pk)  # type: ignore[attr-defined]


def evidence_of(user: Any, pk: int) -> Evidence:
    """A piece of evidence of a dossier in scope."""
    found = get_object_or_404(Evidence.objects.select_related("criterion"), pk=pk)
    found.dossier = dossier_of(user, found.dossier_id)
    return found


def ensure(user: Any, permission: Permission) -> None:
    """Raises PermissionDenied (403) where the user's role lacks the permission."""
    if not has_permission(user, permission):
        raise PermissionDenied("Tài khoản của bạn không có quyền thực hiện việc này.")


def asked_number(text: str) -> int:
    """A key out of an address. Raises Http404 where it is none."""
    if not NUMBER.fullmatch(text):
        raise Http404("Địa chỉ này không đúng.")
    return int(text)


def may_read_report(user: Any, dossier: Dossier) -> bool:
    """The advisory team reports to agency and council; the producer reads it once the dossier is decided."""
    return dossier.closed or any(
        has_permission(user, p) for p in (Permission.DESK_VIEW, Permission.SHEETS_VIEW)
    )


def may_read_result(user: Any, dossier: Dossier) -> bool:
    """Officials and members read numbers once the council has proposed, everybody else once it is decided."""
    if dossier.state in (Dossier.State.RECOGNISED, Dossier.State.NOT_RECOGNISED):
        return True
    proposed = dossier.state in (Dossier.State.PROPOSED, Dossier.State.MINISTRY)
    return proposed and has_permission(user, Permission.SHEETS_VIEW)
