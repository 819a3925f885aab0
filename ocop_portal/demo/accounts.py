"""Accounts that exist in a demo alone, and their one password."""

import os
import secrets
from pathlib import Path

from django.conf import settings

from ocop_portal.models import AdministrativeUnit, User
from ocop_portal.permissions import Role

ACCOUNTS: tuple[tuple[str, str, str], ...] = (
    ("admin", Role.ADMIN, "Quản trị"),
    ("tinh", Role.PROVINCE, "Cơ quan OCOP tỉnh"),
    ("xa", Role.COMMUNE, "Cán bộ xã"),
    ("chutich", Role.SIGNATORY, "Người ký quyết định"),
    ("hd1", Role.COUNCIL, "Chủ tịch Hội đồng"),
    ("hd2", Role.COUNCIL, "Thư ký Hội đồng"),
    *((f"hd{n}", Role.COUNCIL, f"Thành viên Hội đồng {n}") for n in range(3, 8)),
    ("chuthe", Role.PRODUCER, "Chủ thể"),
)


def password() -> str:
    """`DEMO_PASSWORD`, else the one kept from the last start, else a new one; kept beside the database."""
    kept = Path(settings.STATE_DIR) / "demo_password"
    given = os.environ.get("DEMO_PASSWORD", "").strip()
    chosen = given or (kept.read_text().strip() if kept.exists() else secrets.token_urlsafe(9))
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.touch(mode=0o600)
    kept.write_text(chosen)
    return chosen


def make_accounts(chosen: str, commune: AdministrativeUnit) -> dict[str, User]:
    """The accounts with the chosen password, made or brought up to date; `xa` keeps `commune`."""
    made = {}
    for name, role, title in ACCOUNTS:
        user = User.objects.filter(username=name).first() or User(username=name)
        user.role, user.last_name, user.first_name = role, title, "(trình diễn)"
        user.unit = commune if role == Role.COMMUNE else None
        if not user.pk or not user.check_password(chosen):
            user.set_password(chosen)
        user.save()
        made[name] = user
    return made
