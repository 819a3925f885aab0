"""What every admin page of ours has in common: nothing is deleted, every write is in the trail, history is shown."""

from typing import Any

from django.contrib import admin, messages
from django.db import DataError, IntegrityError, InternalError, models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from ocop_portal.db import constraint_in_words
from ocop_portal.history import acting
from ocop_portal.telling import history_of


class AuditedAdmin(admin.ModelAdmin):
    """No deletion; writes carry their author; "Lịch sử" reads the trail that the triggers keep."""

    history_excluded: tuple[str, ...] = ()

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form, its writes in the trail. What only the database saw is told in words, and nothing is saved."""
        try:
            with transaction.atomic(), acting("admin", by=request.user):
                return super().changeform_view(request, *args, **kwargs)
        except (IntegrityError, DataError, InternalError) as error:
            if request.method != "POST":
                raise
            messages.error(request, f"Chưa lưu: {constraint_in_words(error)}")
            return redirect(request.get_full_path())

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
            "stories": history_of(record),
            "object": record,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/trail.html", context)
