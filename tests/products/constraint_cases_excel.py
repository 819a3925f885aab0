"""For each constraint of the Excel import, a write that only it refuses."""

from django.utils import timezone

from products.models import ImportUpload
from tests.factories import UserFactory


def upload(**fields):
    user = fields.pop("user", None) or UserFactory(province=True)
    return ImportUpload.objects.create(**{"user": user, "name": "sổ.xlsx", "digest": "0" * 64} | fields)


CASES = {"importupload_applied_is_counted": lambda: upload(applied_at=timezone.now())}
NEVER_DELETED = {ImportUpload: upload}
