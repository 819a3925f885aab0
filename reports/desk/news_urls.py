"""Addresses of news at the desk, in the namespace `desk`."""

from django.urls import path

from reports.desk import news

urlpatterns = [
    path("tin-tuc/", news.news_list, name="news"),
    path("tin-tuc/viet/", news.add, name="news-add"),
    path("tin-tuc/<int:pk>/", news.detail, name="news-item"),
    path("tin-tuc/<int:pk>/sua/", news.edit, name="news-edit"),
    path("tin-tuc/<int:pk>/dang/", news.publish, name="news-publish"),
    path("tin-tuc/<int:pk>/go/", news.withdraw, name="news-withdraw"),
    path("tin-tuc/<int:pk>/dinh-kem/", news.file_add, name="news-file-add"),
    path("tin-tuc/tai-lieu/<int:pk>/", news.file, name="news-file"),
    path("tin-tuc/tai-lieu/<int:pk>/bo/", news.file_remove, name="news-file-remove"),
]
