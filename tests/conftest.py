"""The suite's ground: strict templates, no network, a cast with fixed names."""

import fcntl
import gc
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date

import pytest
from _pytest import runner
from django.db import connection
from django.test import TransactionTestCase, override_settings

from ocop_portal.actions import load_holidays, load_units
from ocop_portal.stack import with_room
from products.tally import TODAY
from ratings.actions.rules import load_shipped
from tests.factories import UserFactory
from tests.ground import Ground
from tests.migrating import rendered_for_fields_alone
from tests.scenes import Scenes, gather
from tests.statuses import answer_without_pages

DAY = date(2026, 8, 15)
"""The day on which the suite reads the register, unless a test moves it."""


@pytest.fixture(scope="session", autouse=True)
def quiet_settings() -> Iterator[None]:
    """One day for all; what keeps, counts or limits requests is tested where a test switches it on."""
    with override_settings(
        TODAY=DAY,
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        PAGES_MEMORY_MB=0,
        VISITS_SECONDS=0,
        API_REQUESTS_PER_MINUTE=0,
    ):
        yield


@pytest.fixture(scope="session", autouse=True)
def rare_collections() -> None:
    """The collector goes over some hundred thousand objects of the project each time: seldom is enough here."""
    gc.freeze()
    gc.set_threshold(200_000, 20, 50)


@pytest.fixture
def fixed_day() -> date:
    return DAY


@pytest.fixture(autouse=True)
def media(settings, tmp_path) -> None:
    """Uploads, files of open data and counted requests are of one test alone."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.API_LIMITS_FILE = tmp_path / "api-windows"
    settings.OPEN_DATA_FILES = tmp_path / "open-data"


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
def sparing_migrations() -> Iterator[ExitStack]:
    """Closed when the database stands."""
    with ExitStack() as stack:
        stack.enter_context(rendered_for_fields_alone())
        yield stack


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix,
    sparing_migrations,
    tmp_path_factory,
    django_db_blocker,
    request,
) -> None:
    """One worker migrates for all: the others wait a little and copy its database."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if not worker or request.config.getvalue("reuse_db"):
        return
    shared = tmp_path_factory.getbasetemp().parent / "ground"
    test = connection.settings_dict["TEST"]
    ground = f"{connection.creation._get_test_db_name().removesuffix(f'_{worker}')}_ground"
    with shared.with_suffix(".lock").open("w") as lock, django_db_blocker.unblock():
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not shared.exists():
            own, test["NAME"] = test["NAME"], ground
            name = connection.settings_dict["NAME"]
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            load_reference_data()
            connection.close()
            connection.settings_dict["NAME"], test["NAME"] = name, own
            shared.touch()
    test["TEMPLATE"] = ground


def load_reference_data() -> None:
    load_units()
    load_holidays()
    load_shipped()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, sparing_migrations, django_db_blocker) -> Iterator[None]:
    """Units, product groups, criteria, holidays and the revision are reference data: there from the start, as in
    every real register, and back again after each test that commits.
    """
    sparing_migrations.close()
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        # Nothing here outlives the suite, and the database counts on the suite's day.
        for setting, value in (("synchronous_commit", "off"), (TODAY, f"'{DAY:%Y-%m-%d}'")):
            cursor.execute(f"ALTER DATABASE {name} SET {setting} = {value}")
            cursor.execute(f"SET {setting} = {value}")
        if (
            "TEMPLATE" not in connection.settings_dict["TEST"]
            or not connection.settings_dict["TEST"]["TEMPLATE"]
        ):
            load_reference_data()
        ground = Ground(cursor)
    TransactionTestCase._fixture_teardown = lambda self: ground.restore()
    yield
    # A connection that a browser kept open may hold a thread of the live server, and with it a session, to the last.
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(scope="session")
def open_scenes(django_db_setup, django_db_blocker) -> Iterator[Scenes]:
    scenes = Scenes(django_db_blocker)
    yield scenes
    scenes.close()


@pytest.fixture
def scenes(request, open_scenes) -> Scenes:
    open_scenes.stand(request)
    return open_scenes


@pytest.fixture
def _django_db_helper(scenes, _django_db_helper) -> None:
    """A test's own transaction begins inside that of its scene, so the scene comes first."""


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


@pytest.fixture
def statuses_alone(monkeypatch) -> None:
    answer_without_pages(monkeypatch)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> object:
    """As ever, in less time."""
    return with_room(runner.pytest_runtest_protocol)(item, nextitem)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    gather(items)


def pytest_make_parametrize_id(val: object) -> str | None:
    """Functions by their name: an address in memory would give each worker another list of tests."""
    name = getattr(val, "__name__", None)
    return name if callable(val) and name else None
