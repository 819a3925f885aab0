"""Views of the portal itself: is it alive, can it serve, what does it look like."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@require_safe
@never_cache
@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """Alive: the process answers. Asks nothing of the database."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
@login_not_required
def readyz(request: HttpRequest) -> JsonResponse:
    """Can serve: the database answers and carries every migration. 503 otherwise, with the reason."""
    state: dict[str, Any] = {"database": False, "migrations": False}
    try:
        executor = MigrationExecutor(connection)
        state["database"] = True
        state["migrations"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        state["reason"] = type(error).__name__
    return JsonResponse(state, status=200 if all(state[k] for k in ("database", "migrations")) else 503)


@require_safe
@login_not_required
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in all its states, on one page."""
    from ocop_portal.gallery import gallery_context

    return render(request, "ocop_portal/gallery.html", gallery_context())
