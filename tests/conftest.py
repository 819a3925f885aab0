"""The suite's ground: strict templates, no network, a cast with fixed names."""

import gc
import socket
from collections.abc import Iterator
from datetime import date

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import TransactionTestCase

from ocop_portal.actions import load_holidays, load_units
from ratings.actions.rules import load_shipped
from tests.factories import UserFactory
from tests.ground import Ground

DAY = date(2026, 8, 15)
"""The day on which the suite reads the register, unless a test moves it."""


@pytest.fixture(scope="session", autouse=True)
def fast_hashing() -> None:
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session", autouse=True)
def rare_collections() -> None:
    """The collector goes over some hundred thousand objects of the project each time: seldom is enough here."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


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
    every real register, and back again after each test that commits.
    """
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        load_units()
        load_holidays()
        load_shipped()
        ground = Ground(cursor)
    TransactionTestCase._fixture_teardown = lambda self: ground.restore()
    yield
    # A connection that a browser kept open may hold a thread of the live server, and with it a session, to the last.
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


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
