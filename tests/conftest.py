"""The suite's ground: strict templates, no network, a cast with fixed names."""

import socket
from collections.abc import Iterator
from datetime import date
from importlib import import_module

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.db import connection
from django.db.models.signals import post_migrate

from ocop_portal.actions import load_holidays, load_units
from ocop_portal.db import MAY_TRUNCATE
from ocop_portal.models import RegisterRevision
from ratings.actions.rules import load_shipped
from tests.factories import UserFactory

DAY = date(2026, 8, 15)
"""The day on which the suite reads the register, unless a test moves it."""


@pytest.fixture(scope="session", autouse=True)
def fast_hashing() -> None:
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def fixed_day(settings) -> date:
    settings.TODAY = DAY
    return DAY


@pytest.fixture(autouse=True)
def quiet_cache(settings) -> None:
    """Limits on signing in are tested where they are switched on."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


@pytest.fixture(autouse=True)
def media(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """The portal needs no network: anything but the local machine is refused."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "localhost", "::1"):
            raise RuntimeError(f"a test tried to reach {address}")
        connect(self, address)

    socket.socket.connect = guarded
    yield
    socket.socket.connect = connect


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> Iterator[None]:
    """Units, product groups, criteria, holidays and the revision are reference data: there from the start, as in
    every real register.

    A test that commits empties all tables at its end; they come back with the signal that follows.
    """
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        # A test that commits empties all tables at its end, which the database otherwise refuses.
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute(f"ALTER DATABASE {name} SET {MAY_TRUNCATE} = 'yes'")
        cursor.execute(f"SET {MAY_TRUNCATE} = 'yes'")
        load_units()
        load_holidays()
        load_shipped()
    post_migrate.connect(restore_reference_data, sender=apps.get_app_config("reports"))
    yield
    # A connection that a browser kept open may hold a thread of the live server, and with it a session, to the last.
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def restore_reference_data(**kwargs: object) -> None:
    RegisterRevision.objects.get_or_create(pk=1)
    import_module("products.migrations.0002_product_groups").add_groups(apps, None)
    load_units()
    load_holidays()
    load_shipped()


@pytest.fixture
def tinh(db):
    """The provincial OCOP agency: sees and keeps the whole register."""
    return UserFactory(username="tinh", province=True)


@pytest.fixture
def xa(db):
    """An official of (old) Xã Côn Minh."""
    return UserFactory(username="xa", commune=True)


@pytest.fixture
def chutich(db):
    """Signs decisions; sees everything, edits nothing."""
    return UserFactory(username="chutich", signatory=True)


@pytest.fixture
def admin_account(db):
    return UserFactory(username="admin", admin=True)


@pytest.fixture
def hd1(db):
    """A council member: no desk."""
    return UserFactory(username="hd1", council=True)


def pytest_make_parametrize_id(val: object) -> str | None:
    """Functions by their name: an address in memory would give each worker another list of tests."""
    name = getattr(val, "__name__", None)
    return name if callable(val) and name else None
