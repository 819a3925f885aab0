"""The officials' desk: consulting and training, promotion, points of sale."""

from django.urls import path

from producers.desk import campaigns, photos, points, promotions

CSV, XLSX = {"ending": "csv"}, {"ending": "xlsx"}

urlpatterns = [
    path("tu-van/", campaigns.campaign_list, name="campaigns"),
    path("tu-van/danh-sach.csv", campaigns.campaign_file, CSV, name="campaigns-csv"),
    path("tu-van/danh-sach.xlsx", campaigns.campaign_file, XLSX, name="campaigns-xlsx"),
    path("tu-van/them/", campaigns.add, name="campaign-add"),
    path("tu-van/<int:pk>/", campaigns.detail, name="campaign"),
    path("tu-van/<int:pk>/sua/", campaigns.edit, name="campaign-edit"),
    path("tu-van/<int:pk>/chu-the/", campaigns.participants, name="campaign-participants"),
    path("tu-van/<int:pk>/bao-cao.pdf", campaigns.report, name="campaign-report"),
    path("xuc-tien/", promotions.promotion_list, name="promotions"),
    path("xuc-tien/danh-sach.csv", promotions.promotion_file, CSV, name="promotions-csv"),
    path("xuc-tien/danh-sach.xlsx", promotions.promotion_file, XLSX, name="promotions-xlsx"),
    path("xuc-tien/them/", promotions.add, name="promotion-add"),
    path("xuc-tien/<int:pk>/", promotions.detail, name="promotion"),
    path("xuc-tien/<int:pk>/sua/", promotions.edit, name="promotion-edit"),
    path("xuc-tien/<int:pk>/chu-the/", promotions.participants, name="promotion-participants"),
    path("xuc-tien/<int:pk>/anh/", photos.photos, name="promotion-photos"),
    path("xuc-tien/anh/<int:pk>/bo/", photos.remove, name="promotion-photo-remove"),
    path("xuc-tien/<int:pk>/bao-cao.pdf", promotions.report, name="promotion-report"),
    path("diem-ban/", points.point_list, name="points-of-sale"),
    path("diem-ban/danh-sach.csv", points.point_file, CSV, name="points-of-sale-csv"),
    path("diem-ban/danh-sach.xlsx", points.point_file, XLSX, name="points-of-sale-xlsx"),
    path("diem-ban/them/", points.add, name="point-of-sale-add"),
    path("diem-ban/<int:pk>/", points.detail, name="point-of-sale"),
    path("diem-ban/<int:pk>/sua/", points.edit, name="point-of-sale-edit"),
    path("diem-ban/<int:pk>/chu-the/", points.participants, name="point-of-sale-participants"),
    path("diem-ban/<int:pk>/dong/", points.close, name="point-of-sale-close"),
]
