"""The desk's addresses of the register-wide trail and of the check of the register."""

from django.urls import path

from reports.desk import audit

urlpatterns = [
    path("nhat-ky/", audit.audit, name="audit"),
    path("nhat-ky/nhat-ky.<slug:ending>", audit.audit_file, name="audit-file"),
]
