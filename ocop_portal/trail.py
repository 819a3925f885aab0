"""The trail read back: who did what to a record, when and why, in words."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.formats import number_format

VERBS = {
    "record_decision": "ghi quyết định",
    "record_certificate": "ghi giấy chứng nhận",
    "extend_certificate": "gia hạn giấy chứng nhận",
    "revoke_certificate": "thu hồi giấy chứng nhận",
    "save_producer": "lưu chủ thể",
    "save_product": "lưu sản phẩm",
    "add_photo": "thêm ảnh",
    "remove_photo": "bỏ ảnh",
    "copy_council": "sao chép Hội đồng",
    "load_criteria": "nạp bộ tiêu chí",
    "load_holidays": "nạp ngày nghỉ lễ",
    "start_dossier": "lập hồ sơ",
    "save_registration": "ghi mẫu 01",
    "save_self_scores": "tự chấm điểm (mẫu 02)",
    "add_evidence": "thêm minh chứng",
    "remove_evidence": "bỏ minh chứng",
    "save_commune_review": "ghi mẫu 03",
    "save_advisory_report": "ghi báo cáo của Tổ tư vấn",
    "save_round": "lưu đợt đánh giá",
    "close_round": "kết thúc đợt đánh giá",
    "save_session": "lưu phiên họp",
    "save_attendance": "điểm danh",
    "set_session": "xếp phiên họp",
    "open_scoring": "mở chấm điểm",
    "save_choice": "chấm một tiêu chí",
    "sign_sheet": "ký phiếu đánh giá",
    "record_paper_sheet": "nhập phiếu giấy",
    "reopen_sheets": "mở chấm lại",
    "propose": "tổng hợp kết quả",
    "issue_certificate": "cấp giấy chứng nhận",
    "refer_to_ministry": "trình Bộ",
    "record_ministry_result": "ghi kết quả của Bộ",
    "dossier_submit": "nộp hồ sơ",
    "dossier_resubmit": "nộp bổ sung",
    "dossier_return": "trả lại hồ sơ",
    "dossier_forward": "chuyển hồ sơ lên tỉnh",
    "dossier_receive": "tiếp nhận hồ sơ",
    "dossier_ask_more": "yêu cầu bổ sung",
    "dossier_report": "ghi báo cáo của Tổ tư vấn",
    "dossier_admit": "đưa vào đợt đánh giá",
    "dossier_open_scoring": "mở chấm điểm",
    "dossier_propose": "Hội đồng đề nghị",
    "dossier_send_back": "trả lại Hội đồng",
    "dossier_recognise": "công nhận",
    "dossier_refuse": "không công nhận",
    "dossier_refer": "trình Bộ",
    "dossier_ministry_recognise": "Bộ công nhận 5 sao",
    "dossier_ministry_below": "Bộ đánh giá dưới 5 sao",
    "dossier_withdraw": "rút hồ sơ",
    "dossier_exclude": "loại hồ sơ",
    "correct_decision": "sửa quyết định",
    "record_notices": "ghi thông báo hết hạn",
    "void_notice": "hủy thông báo hết hạn",
    "remove_second_factor": "gỡ xác thực hai lớp",
    "admin": "sửa trong trang quản trị",
    "load_demo": "nạp sổ bộ trình diễn",
    "load_units": "nạp đơn vị hành chính",
}
LABELS = {"insert": "thêm", "update": "sửa", "delete": "xóa"}


def events_of(record: models.Model, limit: int = 200) -> list[dict[str, Any]]:
    """The record's versions, newest first, with what changed from the one before:

    [{at, actor, verb, reason, changes: [(label, old, new)]}].
    """
    events = list(record.events.order_by("-pgh_id")[: limit + 1])[::-1]  # type: ignore[attr-defined]
    told, before, names = [], None, {}
    for event in events:
        context = event.pgh_context or {}
        told.append(
            {
                "at": event.pgh_created_at,
                "actor": context.get("actor", ""),
                "verb": VERBS.get(context.get("verb", ""), LABELS.get(event.pgh_label, event.pgh_label)),
                "reason": context.get("reason", ""),
                "changes": changes(before, event, names),
            }
        )
        before = event
    return told[::-1][:limit]


def changes(
    before: models.Model | None, event: models.Model, names: dict[Any, str]
) -> list[tuple[str, str, str]]:
    """(field's label, old value, new value) of what differs between two versions of a row."""
    told = []
    for field in event._meta.concrete_fields:
        if field.name.startswith("pgh_") or field.primary_key or field.name == "id":
            continue
        old, new = (getattr(before, field.attname) if before else None), getattr(event, field.attname)
        if old != new and not (before is None and new in (None, "", False)):
            told.append((str(field.verbose_name), _shown(field, old, names), _shown(field, new, names)))
    return told


def _shown(field: Any, value: Any, names: dict[Any, str]) -> str:
    """A value as a reader knows it. `names` keeps the names of records already looked up."""
    if value in (None, ""):
        return ""
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, datetime):
        return f"{value:%H:%M %d/%m/%Y}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, Decimal | float):
        return number_format(value, use_l10n=True, force_grouping=True)
    if field.is_relation:
        key = (field.related_model, value)
        if key not in names:
            names[key] = str(field.related_model._default_manager.filter(pk=value).first() or value)
        return names[key]
    return str(dict(field.flatchoices).get(value, value))
