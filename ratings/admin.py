"""Councils and their members, kept by admins. Terms end; nothing is deleted."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest

from ocop_portal.admin_base import AuditedAdmin
from ratings.actions.councils import REGULATION, copy_council
from ratings.models import (
    AdvisoryMember,
    AdvisoryTeam,
    Band,
    ConflictOfInterest,
    Council,
    CouncilMember,
    CriteriaSet,
    Ruleset,
)

BLANK_ROWS = 9


def _overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two terms share a day."""
    ends = [term.get("valid_to") for term in (one, other)]
    return not ((ends[0] and other["valid_from"] > ends[0]) or (ends[1] and one["valid_from"] > ends[1]))


class MemberFormSet(BaseInlineFormSet):
    """Rows entered together are held to the same rules as the database holds them one by one."""

    def clean(self) -> None:
        super().clean()
        rows = [f.cleaned_data for f in self.forms if f.cleaned_data.get("valid_from")]
        for index, row in enumerate(rows):
            for other in rows[:index]:
                if not _overlap(row, other):
                    continue
                role = row.get("role")
                if role == other.get("role") and role in (
                    CouncilMember.Role.CHAIR,
                    CouncilMember.Role.SECRETARY,
                ):
                    label = CouncilMember.Role(role).label
                    raise ValidationError(f"Trong cùng thời gian Hội đồng chỉ có một {label}.")
                if row.get("user") and row["user"] == other.get("user"):
                    raise ValidationError(
                        f"Tài khoản {row['user']} được gán cho hai thành viên trong cùng thời gian."
                    )


class TermInline(admin.TabularInline):
    """Many rows at once on a new record, a few more later; ended by a last day, never deleted."""

    can_delete = False

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 3 if obj else BLANK_ROWS


class MemberInline(TermInline):
    model = CouncilMember
    formset = MemberFormSet
    autocomplete_fields = ("user",)


class AdvisoryTeamInline(admin.TabularInline):
    model = AdvisoryTeam
    extra = 0
    can_delete = False
    show_change_link = True


@admin.register(Council)
class CouncilAdmin(AuditedAdmin):
    list_display = ("name", "year", "level", "decision_number", "member_count", "valid_from", "valid_to")
    list_filter = ("year", "level")
    search_fields = ("name", "decision_number", "members__name", "members__department")
    inlines = (MemberInline, AdvisoryTeamInline)
    actions = ("copy_to_next_year",)
    fieldsets = (
        (None, {"fields": ("name", "level", "year")}),
        (
            "Quyết định và nhiệm kỳ",
            {"fields": (("decision_number", "decided_on"), ("valid_from", "valid_to"))},
        ),
        ("Quy chế", {"fields": REGULATION}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(members_ever=Count("members"))

    @admin.display(description="thành viên", ordering="members_ever")
    def member_count(self, council: Any) -> int:
        return council.members_ever

    @admin.action(description="Sao chép sang năm sau, kèm thành viên")
    def copy_to_next_year(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Each chosen council once; one that was copied already is told, the rest go on."""
        for council in queryset:
            try:
                copy = copy_council(council=council, year=council.year + 1, by=request.user)
            except ValidationError as error:
                self.message_user(request, f"{council}: {error.messages[0]}", messages.WARNING)
            else:
                self.message_user(
                    request, f"Đã tạo {copy} với {copy.members.count()} thành viên.", messages.SUCCESS
                )


class InterestInline(admin.TabularInline):
    model = ConflictOfInterest
    extra = 1
    can_delete = False
    autocomplete_fields = ("producer",)


@admin.register(CouncilMember)
class CouncilMemberAdmin(AuditedAdmin):
    """One member's term, with declared interests."""

    list_display = ("name", "role", "department", "council", "scores", "valid_from", "valid_to")
    list_filter = ("council__year", "role", "scores")
    list_select_related = ("council",)
    search_fields = ("name", "department", "council__name")
    autocomplete_fields = ("council", "user")
    inlines = (InterestInline,)


class AdvisoryMemberInline(TermInline):
    model = AdvisoryMember


@admin.register(AdvisoryTeam)
class AdvisoryTeamAdmin(AuditedAdmin):
    list_display = ("name", "council", "decision_number")
    list_select_related = ("council",)
    search_fields = ("name", "council__name", "members__name")
    autocomplete_fields = ("council",)
    inlines = (AdvisoryMemberInline,)


class ReadOnlyInline(admin.TabularInline):
    """Rows of something that never changes."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class BandInline(ReadOnlyInline):
    model = Band
    fields = ("stars", "least", "certified_by")


class CriteriaSetInline(ReadOnlyInline):
    model = CriteriaSet
    fields = ("code", "name", "samples")


@admin.register(Ruleset)
class RulesetAdmin(AuditedAdmin):
    """Editions to read. They are loaded by `load_criteria` and never edited: a correction is the next edition."""

    list_display = ("name", "code", "edition", "in_force_from", "in_force_to")
    inlines = (BandInline, CriteriaSetInline)
    exclude = ("digest",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
