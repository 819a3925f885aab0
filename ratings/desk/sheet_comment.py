"""The general remark of a member's own sheet: kept while it is written, long before the sheet is signed."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from ocop_portal.permissions import Permission, requires
from ratings.actions.sheets import StaleComment, save_comment
from ratings.desk.sheet_reading import own_sheet, sheet_in_sight, shut
from ratings.desk.sheets import overview
from ratings.forms.sheets import CommentForm, SignForm, sheet_version
from ratings.models import ScoreSheet


@require_POST
@requires(Permission.SCORE, of=sheet_in_sight)
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the remark: sheet.js is told the sheet's new version, as by `save`; a button leads to the page again."""
    found = own_sheet(request.user, pk)
    scripted = request.headers.get("Accept") == "application/json"
    form = CommentForm(request.POST)
    if not form.is_valid():
        message = next(iter(form.errors.values()))[0]
        return _refused(request, found, str(message), scripted)
    try:
        saved = save_comment(sheet=found, by=request.user, **form.cleaned_data)
    except StaleComment as clash:
        if scripted:
            told = {"saved": False, "comment": clash.comment, "version": sheet_version(found)}
            return JsonResponse(told, status=409)
        words = f"Nhận xét vừa được sửa ở tab hoặc máy khác thành: “{clash.comment}”. Lưu lần nữa để giữ bản dưới đây."
        return _refused(request, found, words, scripted, seen=clash.comment)
    except ValidationError as error:
        return _refused(request, found, error.messages[0], scripted)
    if scripted:
        return JsonResponse({"saved": True, "comment": saved.comment, "version": sheet_version(saved)})
    messages.success(request, "Đã lưu nhận xét chung. Phiếu chưa ký.")
    return redirect("desk:sheet", pk)


def _refused(
    request: HttpRequest, sheet: ScoreSheet, words: str, scripted: bool, **changed: str
) -> HttpResponse:
    """The reason why the remark was not kept, beside what was sent."""
    if scripted:
        return JsonResponse({"saved": False, "message": words}, status=422)
    if shut(sheet):
        messages.warning(request, words)
        return redirect("desk:sheet", sheet.pk)
    given = {"comment": request.POST.get("comment", ""), "seen": sheet.comment, **changed}
    form = SignForm(version=sheet_version(sheet), initial=given)
    messages.error(request, words)
    return overview(request, sheet, form)
