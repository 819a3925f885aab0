"""The real server: gunicorn with the portal's own configuration and production settings, two workers."""

import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench.client import HOST, Reader
from bench.databases import HOME, ROOT, environment

WORKERS = 2
PATIENCE = 60


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def production(size: int) -> dict[str, str]:
    """The environment of a province's server on the register of that size; the bench's address is added."""
    return environment(size) | {
        "PRODUCTION": "1",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "ALLOWED_HOSTS": HOST,
        "SITE_URL": f"https://{HOST}",
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "WEB_CONCURRENCY": str(WORKERS),
    }


@contextmanager
def serving(size: int) -> Iterator[int]:
    """The port at which the register of that size is served, until the block ends."""
    port = _free_port()
    env = production(size) | {"PORT": str(port)}
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(collect, cwd=ROOT, env=env, check=True)
    log = HOME / "server.log"
    with log.open("w") as out:
        command = [sys.executable, "-m", "gunicorn", "ocop_portal.wsgi"]
        server = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=out)
        try:
            _wait(server, port)
            yield port
        finally:
            server.terminate()
            server.wait(PATIENCE)


def _wait(server: subprocess.Popen[bytes], port: int) -> None:
    """Until both workers answer."""
    deadline = time.monotonic() + PATIENCE
    seen: set[str] = set()
    while len(seen) < WORKERS:
        if server.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"Máy chủ không chạy được; xem {HOME / 'server.log'}.")
        try:
            with Reader(port) as reader:
                seen.add(reader.get("/-/nothing", clock=True).worker)
        except OSError:
            time.sleep(0.2)
