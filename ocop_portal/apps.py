from django.apps import AppConfig
from django.db.models.signals import post_migrate


class OcopPortalConfig(AppConfig):
    name = "ocop_portal"
    verbose_name = "Cổng OCOP"

    def ready(self) -> None:
        from ocop_portal.db import refuse_truncate
        from ocop_portal.journal import index_events

        post_migrate.connect(refuse_truncate, dispatch_uid="refuse_truncate")
        post_migrate.connect(index_events, dispatch_uid="index_events")
