"""Accounts and administrative units. Admins keep them; officials never see this site."""

from typing import Any

from allauth.account import admin as account_admin
from allauth.mfa import admin as mfa_admin
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from ocop_portal.actions import remove_second_factor
from ocop_portal.admin_base import AuditedAdmin
from ocop_portal.clock import today
from ocop_portal.fields import PointedForm, PointField
from ocop_portal.models import AdministrativeUnit, PublicHoliday, UnitCentre, UnitName, UnitSuccession, User

admin.site.unregister(Group)  # roles are code (permissions.py), so that one table tells who may do what
# allauth's own pages would show the secrets of second factors and delete them without a trace.
for model in (account_admin.EmailAddress, mfa_admin.Authenticator):
    admin.site.unregister(model)


@admin.register(User)
class AccountAdmin(AuditedAdmin, UserAdmin):
    """Accounts are made here and switched off here; they are never deleted, since the trail names them."""

    list_display = ("username", "full_name", "role", "unit", "is_active", "last_login")
    list_filter = ("role", "is_active")
    list_select_related = ("unit",)
    search_fields = ("username", "first_name", "last_name", "email", "unit__name")
    ordering = ("username",)
    autocomplete_fields = ("unit",)
    fieldsets = (
        (None, {"fields": ("username", "password", "is_active")}),
        ("Họ tên và liên hệ", {"fields": ("last_name", "first_name", "email")}),
        ("Vai trò và địa bàn", {"fields": ("role", "unit")}),
        ("Thời gian", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("username", "role", "unit", "password1", "password2")}),
    )
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ()
    actions = ("remove_factor",)

    @admin.action(description="Gỡ xác thực hai lớp (mất điện thoại)", permissions=["change"])
    def remove_factor(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Asked for a reason first; then off, and in the account's trail."""
        if "reason" not in request.POST:
            context = {
                **self.admin_site.each_context(request),
                "title": "Gỡ xác thực hai lớp",
                "accounts": queryset,
                "opts": self.opts,
            }
            return TemplateResponse(request, "admin/remove_factor.html", context)
        for user in queryset:
            try:
                remove_second_factor(user=user, reason=request.POST["reason"], by=request.user)
                messages.success(request, f"Đã gỡ xác thực hai lớp của {user}.")
            except ValidationError as error:
                messages.error(request, error.messages[0])
        return None

    @admin.display(description="họ tên")
    def full_name(self, user: User) -> str:
        return f"{user.last_name} {user.first_name}".strip() or "–"


class StandingFilter(admin.SimpleListFilter):
    """Units that exist today, or those that have ended."""

    title = "hiệu lực"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("now", "hiện còn"), ("ended", "đã kết thúc")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "now":
            return queryset.filter(pk__in=AdministrativeUnit.objects.standing(today()))
        if self.value() == "ended":
            return queryset.filter(valid_to__lt=today())
        return queryset


class UnitNameInline(admin.TabularInline):
    model = UnitName
    extra = 0


class SuccessionInline(admin.TabularInline):
    model = UnitSuccession
    fk_name = "predecessor"
    extra = 0
    autocomplete_fields = ("successor",)
    verbose_name_plural = "đã thành"


class CentreForm(PointedForm):
    """The point from which distances to the unit are told."""

    position = PointField(
        required=True, help_text="Vĩ độ, kinh độ như bản đồ trên điện thoại ghi: 22.1469, 105.8348."
    )

    class Meta:
        model = UnitCentre
        fields = ("unit", "note")


@admin.register(AdministrativeUnit)
class UnitAdmin(AuditedAdmin):
    list_display = ("name", "code", "level", "parent", "valid_from", "valid_to", "in_territory")
    list_filter = ("level", StandingFilter, "in_territory")
    list_select_related = ("parent",)
    search_fields = ("name", "name_fold", "code", "other_names__name")
    autocomplete_fields = ("parent",)
    readonly_fields = ("district", "current")
    inlines = (UnitNameInline, SuccessionInline)


@admin.register(UnitCentre)
class CentreAdmin(AuditedAdmin):
    """Entered where no boundaries are loaded, or where their middle is far from where people live."""

    form = CentreForm
    fields = ("unit", "position", "note")
    list_display = ("unit", "latitude", "longitude", "note")
    list_select_related = ("unit",)
    search_fields = ("unit__name", "unit__name_fold", "unit__code")
    autocomplete_fields = ("unit",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A point entered by mistake goes again; the trail keeps that it was there."""
        return self.has_change_permission(request, obj)


@admin.register(PublicHoliday)
class PublicHolidayAdmin(AuditedAdmin):
    """The days off that terms in working days leave out; announced each year, so entered each year."""

    list_display = ("day", "name", "working")
    list_filter = ("working",)
    date_hierarchy = "day"
    search_fields = ("name",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A day entered by mistake goes again; the trail keeps that it was there."""
        return self.has_change_permission(request, obj)
