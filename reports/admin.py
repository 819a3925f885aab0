from django.contrib import admin

from ocop_portal.admin_base import AuditedAdmin
from reports.models import PlanTarget


@admin.register(PlanTarget)
class PlanTargetAdmin(AuditedAdmin):
    list_display = ("name", "from_year", "to_year", "products", "stars_5")
    search_fields = ("name",)
