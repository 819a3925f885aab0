"""Addresses of the Excel import."""

from django.urls import path

from products.desk import imports

urlpatterns = [
    path("nhap-excel/", imports.home, name="import"),
    path("nhap-excel/mau.xlsx", imports.template_file, name="import-template"),
    path("nhap-excel/<int:pk>/", imports.report, name="import-report"),
    path("nhap-excel/<int:pk>/cot/", imports.columns, name="import-columns"),
    path("nhap-excel/<int:pk>/loi.xlsx", imports.errors, name="import-errors"),
    path("nhap-excel/<int:pk>/tien-do/", imports.progress, name="import-progress"),
]
