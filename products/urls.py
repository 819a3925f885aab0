"""The public register: catalogue, product pages, certificate check."""

from django.urls import path, register_converter

from products.views import (
    badges,
    cards,
    catalogue,
    certificates,
    collections,
    complaints,
    explained,
    media,
    products,
)


class CodeConverter:
    """A product code as printed; anything else is not an address of ours."""

    regex = r"[0-9A-Za-z][0-9A-Za-z.-]{2,39}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(CodeConverter, "code")

app_name = "products"

urlpatterns = [
    path("san-pham/", catalogue.product_list, name="list"),
    path("san-pham.csv", catalogue.export_csv, name="csv"),
    path("san-pham.xlsx", catalogue.export_xlsx, name="xlsx"),
    path("san-pham.json", catalogue.export_json, name="json"),
    path("san-pham/<code:code>/", products.detail, name="detail"),
    path("san-pham/<code:code>/phan-anh/", complaints.complain, name="complain"),
    path("phan-anh/", complaints.complain_of_a_pack, name="complain-of-a-pack"),
    path("phan-anh/<slug:code>/", complaints.complaint, name="complaint"),
    path("san-pham/<code:code>/qr.svg", products.qr, name="qr"),
    path("san-pham/<code:code>/qr.png", badges.qr_image, name="qr-png"),
    path("san-pham/<code:code>/qr.pdf", badges.qr_pdf, name="qr-pdf"),
    path("san-pham/<code:code>/huy-hieu/", badges.badge_page, name="badge-page"),
    path("huy-hieu/<code:code>.svg", badges.badge_svg, name="badge-svg"),
    path("huy-hieu/<code:code>.png", badges.badge_png, name="badge-png"),
    path("anh-chia-se.png", cards.site_card, name="site-card"),
    path("anh-chia-se/<code:code>.png", cards.product_card, name="card"),
    path("anh-chia-se/bo-suu-tap/<slug:slug>.png", collections.collection_card, name="collection-card"),
    path("bo-suu-tap/", collections.collection_list, name="collections"),
    path("bo-suu-tap/<slug:slug>/", collections.collection, name="collection"),
    path("p/<code:code>", products.short, name="short"),
    path("giai-thich/", explained.explained, name="explained"),
    path("giay-chung-nhan/", certificates.check, name="check"),
    path("giay-chung-nhan/<slug:public_id>/", certificates.certificate, name="certificate"),
    path("media/products/<str:name>", media.photo, name="photo"),
    path("media/collections/<str:name>", collections.cover, name="collection-cover"),
]
