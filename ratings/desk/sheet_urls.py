"""The desk's addresses of score sheets: a member's own, and paper sheets typed in by the agency."""

from django.urls import path

from ratings.desk import paper, sheet_comment, sheets

urlpatterns = [
    path("cham-diem/", sheets.sheet_list, name="sheets"),
    path("cham-diem/<int:pk>/", sheets.sheet, name="sheet"),
    path("cham-diem/<int:pk>/phan/<slug:part>/", sheets.part, name="sheet-part"),
    path("cham-diem/<int:pk>/luu/", sheets.save, name="sheet-save"),
    path("cham-diem/<int:pk>/nhan-xet/", sheet_comment.comment, name="sheet-comment"),
    path("cham-diem/<int:pk>/ky/", sheets.sign, name="sheet-sign"),
    path("cham-diem/<int:pk>/phieu.pdf", paper.sheet_print, name="sheet-print"),
    path("cham-diem/<int:pk>/ban-chup/", paper.sheet_scan, name="sheet-scan"),
    path("ho-so/<int:pk>/phieu-giay/<int:member>/", paper.paper_sheet, name="sheet-paper"),
]
