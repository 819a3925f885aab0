"""The desk's form for a producer."""

from typing import Any

from django import forms

from ocop_portal.clock import today
from ocop_portal.forms import DayInput, EditForm, UnitField, not_after, version_of
from ocop_portal.models import AdministrativeUnit
from producers.models import Producer


def units_of(user: Any) -> list[AdministrativeUnit]:
    """The communes and districts that the user may give as a place: all, or one's own and what merged into it."""
    units = AdministrativeUnit.objects.in_territory().select_related("district")
    if not user.sees_whole_territory:
        units = units.within(user.unit)
    return list(units.exclude(level=AdministrativeUnit.Level.PROVINCE))


class ProducerForm(EditForm, forms.ModelForm):
    """A producer within the user's scope."""

    place = UnitField(label="Địa bàn")
    contact_consent_on = DayInput(label="Ngày đồng ý", required=False)

    class Meta:
        model = Producer
        fields = (
            "name",
            "name_en",
            "legal_form",
            "registration_number",
            "representative",
            "place",
            "address",
            "phone",
            "email",
            "website",
            "contact_consent",
            "contact_consent_on",
        )

    def __init__(self, *args: Any, user: Any, instance: Producer | None = None, **kwargs: Any) -> None:
        version = version_of(instance) if instance else ""
        super().__init__(*args, instance=instance, version=version, **kwargs)
        self.fields["place"].units = units_of(user)

    def clean_contact_consent_on(self) -> Any:
        day = self.cleaned_data.get("contact_consent_on")
        if day:
            not_after(day, today(), "Ngày đồng ý")
        return day
