from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from ocop_portal.admin_base import AuditedAdmin
from products.admin import ReadOnlyAdmin
from reports.models import Message, PlanTarget, Reminder


@admin.register(PlanTarget)
class PlanTargetAdmin(AuditedAdmin):
    list_display = ("name", "from_year", "to_year", "products", "stars_5")
    search_fields = ("name",)


@admin.register(Reminder)
class ReminderAdmin(ReadOnlyAdmin):
    """What was owed to whom, and in which letter it went."""

    list_display = ("product", "ends_on", "threshold", "audience", "recipient", "day", "mail")
    list_filter = ("threshold", "audience", "message__mail")
    list_select_related = ("certificate__product", "user", "producer", "message")
    search_fields = (
        "certificate__number",
        "certificate__product__name_fold",
        "certificate__product__code",
        "user__username",
        "producer__name_fold",
    )
    date_hierarchy = "ends_on"

    @admin.display(description="sản phẩm", ordering="certificate__product__name_key")
    def product(self, reminder: Reminder) -> str:
        return str(reminder.certificate.product)

    @admin.display(description="người nhận")
    def recipient(self, reminder: Reminder) -> str:
        return str(reminder.user or reminder.producer)

    @admin.display(description="ngày nhắc", ordering="message__day")
    def day(self, reminder: Reminder) -> Any:
        return reminder.message.day

    @admin.display(description="thư điện tử", ordering="message__mail")
    def mail(self, reminder: Reminder) -> str:
        return reminder.message.get_mail_display()

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        """A reminder never changes; what happened to it happened to its letter."""
        reminder = self.get_object(request, object_id)
        if reminder is None:
            return super().history_view(request, object_id, extra_context)
        return admin.site.get_model_admin(Message).history_view(request, str(reminder.message_id))


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    """Letters with the state of their mails."""

    list_display = ("subject", "day", "recipient", "mail", "tries", "sent_at", "read_at")
    list_filter = ("mail",)
    list_select_related = ("user", "producer")
    search_fields = ("subject", "message_id", "user__username", "producer__name_fold")
    date_hierarchy = "day"

    @admin.display(description="người nhận")
    def recipient(self, message: Message) -> str:
        return str(message.user or message.producer)
