from django.contrib import admin

from ocop_portal.admin_base import AuditedAdmin
from producers.models import Producer


@admin.register(Producer)
class ProducerAdmin(AuditedAdmin):
    """For the accounts of a producer and for putting right what the desk does not offer."""

    list_display = ("name", "legal_form", "place", "contact_consent", "made_up")
    list_filter = ("legal_form", "contact_consent", "made_up")
    list_select_related = ("place",)
    search_fields = ("name", "name_fold", "registration_number")
    autocomplete_fields = ("place", "accounts")
