"""The officials' desk: producers, products, decisions and certificates."""

from django.urls import path

from products.desk import certificates, decisions, history, home, photos, producers, products

urlpatterns = [
    path("", home.home, name="home"),
    path("chu-the/", producers.producer_list, name="producers"),
    path("chu-the/them/", producers.add, name="producer-add"),
    path("chu-the/<int:pk>/", producers.detail, name="producer"),
    path("chu-the/<int:pk>/sua/", producers.edit, name="producer-edit"),
    path("chu-the/<int:pk>/them-san-pham/", products.add, name="product-add"),
    path("san-pham/", products.product_list, name="products"),
    path("san-pham/<int:pk>/", products.detail, name="product"),
    path("san-pham/<int:pk>/sua/", products.edit, name="product-edit"),
    path("san-pham/<int:pk>/anh/", photos.photos, name="photos"),
    path("anh/<int:pk>/bo/", photos.remove, name="photo-remove"),
    path("quyet-dinh/", decisions.decision_list, name="decisions"),
    path("quyet-dinh/them/", decisions.add, name="decision-add"),
    path("quyet-dinh/<int:pk>/", decisions.detail, name="decision"),
    path("quyet-dinh/<int:pk>/sua/", decisions.edit, name="decision-edit"),
    path("quyet-dinh/<int:pk>/ban-chup/", decisions.scan, name="decision-scan"),
    path("quyet-dinh/<int:pk>/cong-nhan/", decisions.recognise, name="recognise"),
    path("giay-chung-nhan/<int:pk>/", certificates.detail, name="certificate"),
    path("giay-chung-nhan/<int:pk>/gia-han/", certificates.extend, name="extend"),
    path("giay-chung-nhan/<int:pk>/thu-hoi/", certificates.revoke, name="revoke"),
    path("lich-su/<slug:kind>/<int:pk>/", history.history, name="history"),
]
