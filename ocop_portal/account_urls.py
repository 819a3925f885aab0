"""Signing in and second factor: the parts of allauth that an account made by an admin needs."""

from allauth.account import views as account
from django.urls import include, path

urlpatterns = [
    path("dang-nhap/", account.login, name="account_login"),
    path("dang-xuat/", account.logout, name="account_logout"),
    path("xac-nhan-lai/", account.reauthenticate, name="account_reauthenticate"),
    path("doi-mat-khau/", account.password_change, name="account_change_password"),
    path("khoa-tam/", account.account_inactive, name="account_inactive"),
    path("hai-lop/", include("allauth.mfa.urls")),
]
