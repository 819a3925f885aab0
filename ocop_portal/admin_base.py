"""What every admin page of ours has in common: nothing is deleted, every write is in the trail, history is shown."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from ocop_portal.history import acting


class AuditedAdmin(admin.ModelAdmin):
    """No deletion; writes carry their author; "Lịch sử" reads the trail that the triggers keep."""

    history_excluded: tuple[str, ...] = ()

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with acting("admin", by=request.user):
            return super().changeform_view(request, *args, **kwargs)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The record's events, newest first, in place of the admin's own log, which misses imports and SQL."""
        record = self.get_object(request, object_id)
        if record is None or not self.has_view_permission(request, record):
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Lịch sử: {record}",
            "events": events_of(record),
            "object": record,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/trail.html", context)


def events_of(record: models.Model, limit: int = 200) -> list[dict[str, Any]]:
    """The record's versions with what changed between one and the one before: [{at, actor, verb, changes}]."""
    events = list(record.events.order_by("pgh_id")[:limit])  # type: ignore[attr-defined]
    told, before = [], None
    for event in events:
        context = event.pgh_context or {}
        told.append(
            {
                "at": event.pgh_created_at,
                "actor": context.get("actor", ""),
                "verb": event.pgh_label,
                "reason": context.get("reason", ""),
                "changes": changes(before, event),
            }
        )
        before = event
    return told[::-1]


def changes(before: models.Model | None, event: models.Model) -> list[tuple[str, Any, Any]]:
    """(field's label, old value, new value) of what differs between two versions of a row."""
    told = []
    for field in event._meta.concrete_fields:
        if field.name.startswith("pgh_") or field.primary_key or field.name == "id":
            continue
        old, new = (getattr(before, field.attname) if before else None), getattr(event, field.attname)
        if old != new and not (before is None and new in (None, "", False)):
            told.append((field.verbose_name, old, new))
    return told
