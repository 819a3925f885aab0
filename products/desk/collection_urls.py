"""Addresses of collections at the desk, in the namespace `desk`."""

from django.urls import path

from products.desk import collection_items, collections

urlpatterns = [
    path("bo-suu-tap/", collections.collection_list, name="collections"),
    path("bo-suu-tap/lap/", collections.add, name="collection-add"),
    path("bo-suu-tap/<int:pk>/", collections.detail, name="collection"),
    path("bo-suu-tap/<int:pk>/sua/", collections.edit, name="collection-edit"),
    path("bo-suu-tap/<int:pk>/xem-truoc/", collections.preview, name="collection-preview"),
    path("bo-suu-tap/<int:pk>/dang/", collections.publish, name="collection-publish"),
    path("bo-suu-tap/<int:pk>/go/", collections.withdraw, name="collection-withdraw"),
    path("bo-suu-tap/<int:pk>/them-san-pham/", collection_items.add, name="collection-item-add"),
    path("bo-suu-tap/<int:pk>/anh-bia/", collection_items.cover, name="collection-cover"),
    path("bo-suu-tap/anh-bia/<int:pk>/bo/", collection_items.cover_remove, name="collection-cover-remove"),
    path("bo-suu-tap/muc/<int:pk>/sua/", collection_items.edit, name="collection-item-edit"),
    path("bo-suu-tap/muc/<int:pk>/chuyen/", collection_items.move, name="collection-item-move"),
    path("bo-suu-tap/muc/<int:pk>/bo/", collection_items.remove, name="collection-item-remove"),
]
