"""The desk's reports: official tables, the report of the year, the grid of yearly figures."""

from django.urls import path

from reports.desk import figures_grid, tables, yearly_report

urlpatterns = [
    path("bao-cao/", tables.index, name="reports"),
    path("bao-cao/nam/", yearly_report.page, name="yearly-report"),
    path("bao-cao/nam.xlsx", yearly_report.xlsx, name="yearly-report-xlsx"),
    path("bao-cao/nam.pdf", yearly_report.pdf, name="yearly-report-pdf"),
    path("bao-cao/<slug:slug>/", tables.page, name="report-table"),
    path("bao-cao/<slug:slug>.xlsx", tables.xlsx, name="report-table-xlsx"),
    path("bao-cao/<slug:slug>.pdf", tables.pdf, name="report-table-pdf"),
    path("so-lieu-nam/", figures_grid.grid, name="yearly-figures"),
    path("so-lieu-nam/mau.xlsx", figures_grid.workbook, name="yearly-figures-workbook"),
    path("so-lieu-nam/nap/", figures_grid.upload, name="yearly-figures-upload"),
]
