"""The desk's addresses of what ends: lists, calendar, forecast, notices, dossiers opened in bulk."""

from django.urls import path

from reports.desk import lapses, notices, outlook

urlpatterns = [
    path("han/", lapses.lapses, name="lapses"),
    path("han/danh-sach.<str:ending>", lapses.lapses_file, name="lapses-file"),
    path("han/lich/", outlook.calendar, name="lapses-calendar"),
    path("han/du-bao/", outlook.outlook, name="lapses-forecast"),
    path("han/mo-ho-so/", lapses.open_dossiers, name="lapses-open-dossiers"),
    path("han/thong-bao/", notices.notice_list, name="notices"),
    path("han/thong-bao/lap/", notices.make, name="notice-make"),
    path("han/thong-bao/van-ban.<str:ending>", notices.notices_file, name="notices-file"),
    path("han/thong-bao/danh-sach.<str:ending>", notices.notices_sheet, name="notices-sheet"),
    path("han/thong-bao/<int:pk>/van-ban.<str:ending>", notices.notice_file, name="notice-file"),
    path("han/thong-bao/<int:pk>/huy/", notices.void, name="notice-void"),
]
