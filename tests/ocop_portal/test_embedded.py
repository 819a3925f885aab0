"""Drills of the embedded PostgreSQL, on a cluster of their own: cold start, races, kill -9, a stranger's pid."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from ocop_portal import embedded

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def a_home():
    """A short path: the socket's address must fit."""
    with tempfile.TemporaryDirectory(prefix="ocop-", dir="/tmp") as folder:
        Path(folder).chmod(0o711)
        path = Path(folder) / "pg"
        yield path
        embedded.stop(path)


@pytest.fixture
def home():
    with a_home() as path:
        yield path


@pytest.fixture(scope="module")
def kept_home():
    """A cluster for the drills that leave it whole: making one takes a second."""
    with a_home() as path:
        yield path


def connect(home):
    entry = embedded.connection(home)
    return psycopg.connect(host=entry["HOST"], dbname=entry["NAME"], user=entry["USER"], autocommit=True)


def keep(home, rows):
    """Commit that many rows to a table of their own."""
    with connect(home) as server:
        server.execute("DROP TABLE IF EXISTS kept")
        server.execute("CREATE TABLE kept (n int)")
        for n in range(rows):
            server.execute("INSERT INTO kept VALUES (%s)", [n])


def kept(home):
    with connect(home) as server:
        return server.execute("SELECT count(*) FROM kept").fetchone()[0]


def postmaster(home):
    return int((embedded._root(home) / "data" / "postmaster.pid").read_text().split("\n")[0])


def test_six_cold_starts_at_once_make_one_server(home):
    command = [
        sys.executable,
        "-c",
        f"from ocop_portal.embedded import start; from pathlib import Path; start(Path({str(home)!r}))",
    ]
    starts = [subprocess.Popen(command, cwd=ROOT) for _ in range(6)]
    assert [p.wait(timeout=120) for p in starts] == [0] * 6
    pid = postmaster(home)
    with connect(home) as server:
        settings = dict(
            server.execute(
                "SELECT name, setting FROM pg_settings WHERE name IN ('fsync','synchronous_commit','full_page_writes','listen_addresses','data_checksums')"
            ).fetchall()
        )
    assert settings == {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "listen_addresses": "",
        "data_checksums": "on",
    }
    assert postmaster(home) == pid, "asking again starts nothing"
    assert "đang chạy" in embedded.status(home)


def test_kill_9_loses_no_committed_row(kept_home):
    keep(kept_home, 50)
    os.kill(postmaster(kept_home), signal.SIGKILL)
    assert kept(kept_home) == 50


def test_a_pid_file_that_names_a_stranger_does_not_fool_it(kept_home):
    keep(kept_home, 3)
    embedded.stop(kept_home)
    pid_file = embedded._root(kept_home) / "data" / "postmaster.pid"
    assert not pid_file.exists()
    with subprocess.Popen(["sleep", "60"]) as stranger:
        pid_file.write_text(f"{stranger.pid}\n{pid_file.parent}\n1\n5432\n\n\n")
        assert kept(kept_home) == 3
        assert stranger.poll() is None, "the stranger lives"
        stranger.kill()


def test_a_folder_deleted_under_its_server_can_be_used_again(home):
    """The old server clears its socket away when it notices; it must not be the new one's."""
    keep(home, 1)
    old = postmaster(home)
    shutil.rmtree(embedded._root(home))
    keep(home, 4)
    os.kill(old, signal.SIGTERM)
    for _ in range(100):
        if not Path(f"/proc/{old}").exists():
            break
        time.sleep(0.1)
    assert kept(home) == 4


def test_stop_is_orderly_and_repeatable(kept_home):
    keep(kept_home, 3)
    embedded.stop(kept_home)
    embedded.stop(kept_home)
    assert "không chạy" in embedded.status(kept_home)
    assert kept(kept_home) == 3


def test_a_long_or_closed_path_gives_way_to_var_tmp(tmp_path):
    deep = tmp_path / ("a" * 60) / ("b" * 60) / "pg"
    assert str(embedded._root(deep)).startswith("/var/tmp/ocop-")
    assert embedded._root(deep) == embedded._root(deep)
    if os.geteuid() == 0:
        closed = Path(tempfile.mkdtemp(dir="/tmp"))
        closed.chmod(0o700)
        assert str(embedded._root(closed / "pg")).startswith("/var/tmp/ocop-")
        assert closed.stat().st_mode & 0o777 == 0o700, "nobody's folder is opened up"
        closed.rmdir()


def test_interrupted_initdb_is_not_taken_for_a_cluster(tmp_path):
    with tempfile.TemporaryDirectory(prefix="ocop-", dir="/tmp") as folder:
        Path(folder).chmod(0o711)
        home = Path(folder) / "pg"
        half = home / "data.new"
        half.mkdir(parents=True)
        home.chmod(0o711)
        (half / "PG_VERSION").write_text("18\n")
        began = time.monotonic()
        try:
            with connect(home) as server:
                assert server.execute("SELECT 1").fetchone() == (1,)
        finally:
            embedded.stop(home)
        assert time.monotonic() - began < embedded.PATIENCE
