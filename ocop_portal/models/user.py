from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models

from ocop_portal.history import tracked
from ocop_portal.permissions import ROLES, Permission, Role, has_permission


@tracked(exclude=["password", "last_login"], also=["second_factor_removed"])
class User(AbstractUser):
    """A person who signs in. The role says what, the unit says where. There is no public sign-up."""

    role = models.CharField("vai trò", max_length=20, choices=Role, default=Role.PRODUCER)
    unit = models.ForeignKey(
        "ocop_portal.AdministrativeUnit",
        models.PROTECT,
        related_name="users",
        verbose_name="đơn vị phụ trách",
        null=True,
        blank=True,
        help_text="Cán bộ cấp xã chỉ thấy chủ thể và sản phẩm của đơn vị này.",
    )

    class Meta(AbstractUser.Meta):
        verbose_name = "tài khoản"
        verbose_name_plural = "tài khoản"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(role=Role.COMMUNE) | models.Q(unit__isnull=False),
                name="user_commune_role_has_unit",
                violation_error_message="Cán bộ cấp xã phải được gán một xã, phường.",
            )
        ]

    @property
    def sees_whole_territory(self) -> bool:
        """Whether the role's scope is the whole register rather than one commune or producer."""
        return self.is_active and ROLES[self.role].whole_territory

    def get_full_name(self) -> str:
        """Family name first, as names are written here."""
        return f"{self.last_name} {self.first_name}".strip()

    def may(self, permission: str) -> bool:
        """For templates and tests: `has_permission` by the permission's value."""
        return has_permission(self, Permission(permission))

    def save(self, *args: Any, **kwargs: Any) -> None:
        """The admin site's own flags follow the role, so that the two can never disagree."""
        self.is_staff = self.is_superuser = self.role == Role.ADMIN
        if (fields := kwargs.get("update_fields")) is not None and "role" in fields:
            kwargs["update_fields"] = {*fields, "is_staff", "is_superuser"}
        super().save(*args, **kwargs)
