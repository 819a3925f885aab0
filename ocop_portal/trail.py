"""The words of the trail: what each verb of `acting()` says, and how single acts are told.

How events become sentences stands in `ocop_portal.telling`.
"""

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
    "save_comment": "ghi nhận xét chung",
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
    "remove_second_factor": "gỡ xác thực hai lớp",
    "admin": "sửa trong trang quản trị",
    "load_demo": "nạp sổ bộ trình diễn",
    "load_units": "nạp đơn vị hành chính",
}
LABELS = {
    "insert": "thêm",
    "update": "sửa",
    "delete": "bỏ",
    "second_factor_removed": "gỡ xác thực hai lớp của",
}

# What an act says of a single record, in place of its verb and the record's name: {column} stands for its value,
# {name} for the record. Told so only where every column that is named has a value. (model, verb): words; the verb may
# be bound to what happened to the row ("add_photo:insert").
TOLD = {
    ("ocop_portal.user", "remove_second_factor"): "gỡ xác thực hai lớp của tài khoản “{username}”",
    ("products.decision", "record_decision:insert"): "ghi {name}, ký ngày {signed_on}, {issuer}",
    (
        "products.certificate",
        "record_certificate:insert",
    ): "ghi giấy chứng nhận {stars} của “{product}”, từ ngày {valid_from} đến hết ngày {valid_to}",
    (
        "products.certificate",
        "record_certificate:update",
    ): "ghi giấy chứng nhận mới của “{product}”, thay giấy trước từ ngày {superseded_on}",
    (
        "products.certificate",
        "extend_certificate",
    ): "gia hạn giấy chứng nhận của “{product}” đến hết ngày {extended_to}",
    (
        "products.certificate",
        "revoke_certificate",
    ): "thu hồi giấy chứng nhận của “{product}” từ ngày {revoked_on}, căn cứ: {revocation_ground}",
    ("products.productimage", "add_photo:insert"): "thêm ảnh “{alt}” của “{product}”",
    ("products.productimage", "remove_photo"): "bỏ ảnh “{alt}” của “{product}”",
    ("ratings.dossier", "start_dossier:insert"): "lập hồ sơ {kind} cho “{product}”",
    ("ratings.dossier", "dossier_submit"): "nộp hồ sơ của “{product}” tại {unit}",
    ("ratings.dossier", "dossier_resubmit"): "nộp bổ sung hồ sơ của “{product}”",
    ("ratings.dossier", "dossier_return"): "trả lại hồ sơ của “{product}” để hoàn thiện",
    ("ratings.dossier", "dossier_forward"): "chuyển hồ sơ của “{product}” lên tỉnh",
    ("ratings.dossier", "dossier_receive"): "tiếp nhận hồ sơ của “{product}”",
    ("ratings.dossier", "dossier_ask_more"): "yêu cầu bổ sung hồ sơ của “{product}”",
    ("ratings.dossier", "dossier_report"): "ghi báo cáo của Tổ tư vấn cho “{product}”",
    ("ratings.communereview", "save_commune_review"): "ghi mẫu 03 của hồ sơ {dossier}",
    ("ratings.dossier", "dossier_admit"): "đưa hồ sơ của “{product}” vào {round}",
    ("ratings.dossier", "dossier_open_scoring"): "mở chấm điểm hồ sơ của “{product}”",
    ("ratings.dossier", "dossier_propose"): "ghi đề nghị của Hội đồng cho “{product}”",
    ("ratings.dossier", "dossier_send_back"): "trả lại Hội đồng hồ sơ của “{product}”",
    ("ratings.dossier", "dossier_recognise"): "công nhận “{product}” theo {decision}",
    ("ratings.dossier", "dossier_refuse"): "không công nhận “{product}”",
    ("ratings.dossier", "dossier_refer"): "trình Bộ hồ sơ của “{product}”",
    ("ratings.dossier", "dossier_ministry_recognise"): "ghi Bộ công nhận 5 sao cho “{product}”",
    ("ratings.dossier", "dossier_ministry_below"): "ghi kết quả dưới 5 sao của Bộ cho “{product}”",
    ("ratings.dossier", "dossier_withdraw"): "rút hồ sơ của “{product}”",
    ("ratings.dossier", "dossier_exclude"): "loại hồ sơ của “{product}”",
    ("ratings.dossier", "save_registration"): "ghi mẫu 01 của hồ sơ “{product}”",
    ("ratings.evidence", "add_evidence:insert"): "thêm minh chứng “{title}” vào hồ sơ {dossier}",
    ("ratings.evidence", "remove_evidence"): "bỏ minh chứng “{title}” khỏi hồ sơ {dossier}",
    ("ratings.assessmentround", "close_round"): "kết thúc {name} ngày {closed_on}",
    ("ratings.assessmentround", "save_round"): "lưu {name}",
    ("ratings.councilsession", "save_session"): "lưu {name} tại {place}",
    ("ratings.scoresheet", "save_comment"): "ghi nhận xét chung vào phiếu của {member}, hồ sơ {dossier}",
    ("ratings.scoresheet", "sign_sheet"): "ký phiếu đánh giá của {member}, hồ sơ {dossier}",
    ("ratings.scoresheet", "record_paper_sheet"): "nhập phiếu giấy của {member}, hồ sơ {dossier}",
    ("ratings.scoresheet", "reopen_sheets"): "mở chấm lại cho {member}, hồ sơ {dossier}",
    ("ratings.ministryreferral", "refer_to_ministry"): "trình Bộ theo tờ trình {sent_number} ngày {sent_on}",
}

SECRET = {
    "ratings.choice": ("option", "note"),
    "ratings.scoresheet": ("part_a", "part_b", "part_c", "comment"),
}
"""Columns whose values the trail never tells: members score alone, and their sheets tell when they may be read."""
NAMED = {"ratings.choice": "criterion"}
"""Models whose own words would tell a secret: the relation by which a row is named instead."""
PRIVATE = {
    "ocop_portal.user": ("email",),
    "producers.producer": ("representative", "phone", "email", "address"),
    "producers.pointofsale": ("phone",),
    "ratings.dossier": ("contact_name", "contact_phone", "production_address"),
}
"""Contacts: told in the history of the record to those who may open it, never in the register-wide trail."""
TECHNICAL = {
    "products.product": ("search_context",),
    "products.certificate": ("public_id",),
    "products.productimage": ("key", "width", "height", "widths", "position"),
    "ratings.choice": ("revision",),
    "ratings.ruleset": ("digest",),
}
"""Columns that mean nothing to a reader."""
