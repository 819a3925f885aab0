"""The desk's addresses of the register-wide trail and of the check of the register."""

from django.urls import path

from reports.desk import audit, registry

urlpatterns = [
    path("nhat-ky/", audit.audit, name="audit"),
    path("nhat-ky/nhat-ky.<slug:ending>", audit.audit_file, name="audit-file"),
    path("ra-soat/", registry.registry, name="registry-check"),
]
