"""Checks on accounts, calendars, targets and the register's own machinery."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q

from ocop_portal.journal import tracked_models
from ocop_portal.models import PublicHoliday, RegisterRevision, User
from ocop_portal.permissions import Role
from products.models import Certificate, Product, Tally
from products.search_entries import wrong_entries
from products.standing import standing_case
from ratings.models import CouncilMember
from reports.checks import Finding, Severity, check
from reports.models import PlanTarget

ANNOUNCED_FROM = 11
"""The month from which next year's holidays are known, as they are announced each autumn."""
MOST_TOLD = 20


@check(
    "account-without-unit",
    "Tài khoản cấp xã không có xã, hoặc xã đã kết thúc",
    Severity.WARNING,
    why="Cán bộ xã chỉ thấy hồ sơ của xã mình; sai xã thì không thấy hồ sơ nào đang chờ.",
    todo="Trong trang quản trị, chọn xã, phường hiện nay cho tài khoản, hoặc khóa tài khoản.",
)
def commune_accounts_without_unit(day: date) -> Iterator[Finding]:
    lost = Q(unit=None) | Q(unit__valid_to__lt=day)
    for user in User.objects.filter(lost, role=Role.COMMUNE, is_active=True).select_related("unit"):
        told = f"{user.unit} kết thúc {user.unit.valid_to:%d/%m/%Y}" if user.unit else "không có xã"
        yield Finding(f"Tài khoản {user.get_username()}: {told}", User, user.pk)


@check(
    "account-term-over",
    "Tài khoản Hội đồng còn mở sau nhiệm kỳ",
    Severity.WARNING,
    why="Người hết nhiệm kỳ không còn việc trong hệ thống; tài khoản mở là một cửa không ai canh.",
    todo="Khóa tài khoản trong trang quản trị, hoặc thêm người đó vào Hội đồng mới.",
)
def accounts_of_ended_terms(day: date) -> Iterator[Finding]:
    seats = CouncilMember.objects.filter(user=OuterRef("pk"))
    serving = seats.filter(Q(valid_to=None) | Q(valid_to__gte=day))
    over = User.objects.filter(Exists(seats), ~Exists(serving), role=Role.COUNCIL, is_active=True)
    for user in over:
        yield Finding(f"Tài khoản {user.get_username()}", User, user.pk)


@check(
    "revision-missing",
    "Mất số hiệu phiên bản của sổ bộ",
    Severity.ERROR,
    why="Trang công khai được giữ theo số hiệu này; thiếu nó thì mọi lần ghi đều không tăng được số hiệu.",
    todo="Báo quản trị hệ thống: tạo lại dòng số 1 của bảng phiên bản.",
)
def revision_missing(day: date) -> Iterator[Finding]:
    if not RegisterRevision.objects.filter(pk=1).exists():
        yield Finding("Bảng phiên bản sổ bộ trống")


@check(
    "tally-wrong",
    "Số đếm của danh mục sai",
    Severity.ERROR,
    why="Danh mục công khai đọc số sản phẩm của từng lựa chọn từ bảng đếm; sai thì người xem không tìm đủ sản phẩm.",
    todo="Báo quản trị hệ thống chạy SELECT products_tally_anew(products_tally_day()) và tìm vì sao bảng đếm lệch.",
)
def tally_wrong(day: date) -> Iterator[Finding]:
    keys = ("place", "group", "stars", "standing")
    for counted in Tally.objects.values_list("day", flat=True).distinct():
        told = Counter({row[:4]: row[4] for row in Tally.objects.values_list(*keys, "products")})
        found = Certificate.objects.public(counted).order_by()
        rows = found.values_list("product__place", "product__group", "stars", standing_case(counted))
        rows = rows.annotate(n=Count("pk"))
        real = Counter({row[:4]: row[4] for row in rows})
        for cell in [c for c in told | real if told[c] != real[c]][:MOST_TOLD]:
            yield Finding(
                f"Nơi {cell[0]}, bộ {cell[1]}, {cell[2]} sao, {cell[3]}: ghi {told[cell]}, có {real[cell]}"
            )


@check(
    "search-wrong",
    "Bảng tra cứu lệch với sổ bộ",
    Severity.ERROR,
    why="Ô tìm kiếm đọc bảng này; lệch thì người tìm không thấy sản phẩm, hoặc thấy hạng sao cũ.",
    todo="Báo quản trị hệ thống chạy SELECT products_search_anew() và tìm vì sao bảng lệch.",
)
def search_wrong(day: date) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(f"{wrong_entries()} ORDER BY 1 LIMIT {MOST_TOLD}")
        for product in Product.objects.filter(pk__in=[key for (key,) in cursor.fetchall()]):
            yield Finding(f"{product.code}, {product.name}", Product, product.pk)


@check(
    "untracked",
    "Bản ghi không có trong nhật ký",
    Severity.ERROR,
    why="Mọi lần ghi đều để lại dấu vết; bản ghi không có dấu vết là bị ghi khi cơ chế nhật ký bị tắt.",
    todo="Báo quản trị hệ thống và chạy verify_audit để biết bảng nào, dòng nào.",
)
def rows_without_events(day: date) -> Iterator[Finding]:
    quote, models, sql = connection.ops.quote_name, tracked_models(), []
    for place, model in enumerate(models):
        events = model.pgh_event_model._meta.db_table  # type: ignore[attr-defined]
        sql.append(
            f"(SELECT {place}, t.id FROM {quote(model._meta.db_table)} t WHERE NOT EXISTS"
            f" (SELECT FROM {quote(events)} e WHERE e.pgh_obj_id = t.id) ORDER BY t.id LIMIT {MOST_TOLD})"
        )
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(sql))
        for place, key in cursor.fetchall():
            model = models[place]
            yield Finding(f"{str(model._meta.verbose_name).capitalize()} số {key}", model, key)


@check(
    "holidays-missing",
    "Chưa có lịch nghỉ lễ năm sau",
    Severity.WARNING,
    why="Thời hạn tính bằng ngày làm việc (xã xử lý trong 15 ngày) sai khi thiếu ngày nghỉ.",
    todo="Khi có thông báo, nhập ngày nghỉ và ngày làm bù ở trang quản trị, mục ngày nghỉ lễ.",
)
def holidays_missing(day: date) -> Iterator[Finding]:
    years = [day.year, *([day.year + 1] if day.month >= ANNOUNCED_FROM else [])]
    known = set(PublicHoliday.objects.filter(day__year__in=years).values_list("day__year", flat=True))
    for year in years:
        if year not in known:
            yield Finding(f"Năm {year} chưa có ngày nghỉ lễ nào")


@check(
    "plan-missing",
    "Năm nay không có chỉ tiêu kế hoạch",
    Severity.WARNING,
    why="Không có chỉ tiêu thì báo cáo không nói được đạt bao nhiêu phần trăm.",
    todo="Thêm chỉ tiêu của kế hoạch hiện hành ở trang quản trị, mục chỉ tiêu kế hoạch.",
)
def plan_missing(day: date) -> Iterator[Finding]:
    if not PlanTarget.objects.filter(from_year__lte=day.year, to_year__gte=day.year).exists():
        yield Finding(f"Không có kế hoạch nào gồm năm {day.year}")
