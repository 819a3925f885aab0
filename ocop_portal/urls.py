"""Addresses: Vietnamese paths, English parameters. The contract others rely on; nothing here is ever renamed.

Public pages are `bilingual`: also under `/en/`. What officials use, what speaks to programs and the
self-assessment, whose criteria are written for producers here, is Vietnamese alone.
"""

from allauth.account.decorators import secure_admin_login
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from ocop_portal import views
from ocop_portal.languages import bilingual
from reports.api import public_urls
from reports.views import home

# Before `admin.site.urls` is read: the admin signs in where everybody does, second factor included.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = admin.site.site_title = "Quản trị sổ bộ OCOP"
admin.site.index_title = "Danh mục và tài khoản"
admin.site.enable_nav_sidebar = False  # a list needs the width, and the index is one click away

urlpatterns = [
    *i18n_patterns(path("", home, name="home"), prefix_default_language=False),
    bilingual("products.urls"),
    bilingual("products.producer_urls"),
    path("", include("ratings.urls")),
    bilingual("reports.urls"),
    path("api/v1/", public_urls()),
    path("can-bo/", include("ocop_portal.desk_urls")),
    path("tai-khoan/", include("ocop_portal.account_urls")),
    path("admin/", admin.site.urls),
    path("thu-vien-giao-dien/", views.gallery, name="gallery"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]
