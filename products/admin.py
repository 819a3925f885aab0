from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from ocop_portal.admin_base import AuditedAdmin
from products.models import Certificate, Decision, Product, ProductAlias, ProductGroup


class ReadOnlyAdmin(AuditedAdmin):
    """To look things up and read their history. They are written at the desk, through actions that check them."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ProductGroup)
class ProductGroupAdmin(AuditedAdmin):
    list_display = ("code", "name", "group_name", "sector")
    list_filter = ("sector",)
    search_fields = ("code", "name", "group_name")


class AliasInline(admin.TabularInline):
    model = ProductAlias
    extra = 0


@admin.register(Product)
class ProductAdmin(ReadOnlyAdmin):
    list_display = ("name", "code", "producer", "group", "place", "made_up")
    list_filter = ("group__sector", "made_up")
    list_select_related = ("producer", "group", "place")
    search_fields = ("name", "name_fold", "code", "aliases__code", "producer__name_fold")
    inlines = (AliasInline,)


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "signed_on", "kind", "issuer", "issuer_level", "ruleset")
    list_filter = ("kind", "issuer_level", "ruleset")
    search_fields = ("number", "issuer")
    date_hierarchy = "signed_on"


@admin.register(Certificate)
class CertificateAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "product", "stars", "kind", "valid_from", "valid_to", "revoked_on")
    list_filter = ("stars", "kind", "revocation_ground")
    list_select_related = ("product", "decision")
    search_fields = ("number", "public_id", "product__name", "product__name_fold", "product__code")
    date_hierarchy = "valid_from"
