"""Readers: plain sockets kept open, so that the client costs as little as it can beside the server on one machine."""

import multiprocessing
import socket
import time
from dataclasses import dataclass
from typing import Any

HOST = "ocop.example.vn"
ENCODING = "gzip, deflate, br"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def ms(self) -> float:
        """Milliseconds in the server, where the clock was asked for."""
        return float(self.headers["x-ms"])

    @property
    def queries(self) -> int:
        return int(self.headers["x-queries"])

    @property
    def worker(self) -> str:
        return self.headers["x-worker"]


def request(path: str, headers: dict[str, str] | None = None) -> bytes:
    """The bytes of a GET as a browser behind the province's proxy sends it."""
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {HOST}",
        f"Accept-Encoding: {ENCODING}",
        "X-Forwarded-Proto: https",
    ]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


class Reader:
    """One connection."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._socket: socket.socket | None = None

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        if self._socket:
            self._socket.close()
            self._socket = None

    def _connected(self) -> socket.socket:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self.port), timeout=300)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._socket

    def get(self, path: str, *, clock: bool = False, **headers: str) -> Answer:
        """One answer, read whole."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        head, body = self.exchange(request(path, named | ({"X-Clock": "1"} if clock else {})))
        first, *lines = head.decode("latin-1").split("\r\n")
        told = {n.strip().lower(): v.strip() for n, _, v in (line.partition(":") for line in lines)}
        return Answer(int(first.split()[1]), told, body)

    def exchange(self, sent: bytes) -> tuple[bytes, bytes]:
        """(head, body). A connection that the server closed between two requests is opened anew."""
        for last_try in (False, True):
            try:
                wire = self._connected()
                wire.sendall(sent)
                return self._read(wire)
            except (ConnectionError, EOFError):
                self.close()
                if last_try:
                    raise
        raise AssertionError("unreachable")

    def _read(self, wire: socket.socket) -> tuple[bytes, bytes]:
        data = wire.recv(262_144)
        while (end := data.find(b"\r\n\r\n")) < 0:
            if not (more := wire.recv(262_144)):
                raise EOFError
            data += more
        head = data[:end]
        lowered = head.lower()
        if b"transfer-encoding: chunked" in lowered:
            return head, self._chunked(wire, data[end + 4 :])
        at = lowered.find(b"content-length:")
        length = int(lowered[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        body = data[end + 4 :]
        while len(body) < length:
            if not (more := wire.recv(262_144)):
                raise EOFError
            body += more
        if b"connection: close" in lowered:
            self.close()
        return head, body

    @staticmethod
    def _chunked(wire: socket.socket, data: bytes) -> bytes:
        body = b""
        while True:
            while b"\r\n" not in data:
                data += wire.recv(262_144)
            size, _, data = data.partition(b"\r\n")
            length = int(size, 16)
            while len(data) < length + 2:
                data += wire.recv(262_144)
            body, data = body + data[:length], data[length + 2 :]
            if not length:
                return body


@dataclass(frozen=True)
class Rate:
    """Requests a second of several addresses, read in turn by the same connections."""

    per_second: dict[str, float]
    errors: int


def rates(port: int, paths: dict[str, str], *, seconds: float, readers: int = 8, turns: int = 4) -> Rate:
    """How many answers a second each address gives. {name: path or host-relative address} in `turns` turns each.

    All readers change from one address to the next at the same moments, so that whatever else the machine does
    weighs on all of them alike.
    """
    begin = time.monotonic() + 1.5
    slot = seconds / turns
    work = (port, list(paths.items()), begin, slot, turns)
    with multiprocessing.get_context("fork").Pool(readers) as pool:
        told = pool.map(_read_in_turn, [work] * readers, chunksize=1)
    counts = {name: sum(t[name] for t in told) for name in paths}
    return Rate({name: n / seconds for name, n in counts.items()}, sum(t[""] for t in told))


def rate(port: int, path: str, *, seconds: float, readers: int = 8) -> float:
    """Requests a second of one slow address; what was begun in time counts with the time that it took."""
    with multiprocessing.get_context("fork").Pool(readers) as pool:
        return sum(pool.map(_read_for, [(port, path, seconds)] * readers, chunksize=1))


def _read_for(work: tuple[int, str, float]) -> float:
    port, path, seconds = work
    sent, count, begun = request(path), 0, time.monotonic()
    with Reader(port) as reader:
        while time.monotonic() < begun + seconds:
            head, _ = reader.exchange(sent)
            count += head.startswith(b"HTTP/1.1 200")
    return count / (time.monotonic() - begun)


def _read_in_turn(work: tuple[int, list[tuple[str, str]], float, float, int]) -> dict[str, int]:
    """One reader: its count by name, and errors under "". A little of each turn's start is not counted."""
    port, paths, begin, slot, turns = work
    counts: dict[str, Any] = {name: 0 for name, _ in paths} | {"": 0}
    settle = min(0.1, slot / 5)
    with Reader(port) as reader:
        for _, path in paths:
            reader.get(path)
        time.sleep(max(0.0, begin - time.monotonic()))
        at = begin
        for _ in range(turns):
            for name, path in paths:
                sent, count, errors = request(path), 0, 0
                end = at + settle
                for counted in (False, True):
                    end = end if not counted else end + slot
                    while time.monotonic() < end:
                        head, _ = reader.exchange(sent)
                        errors += not head.startswith(b"HTTP/1.1 200")
                        count += counted
                counts[name] += count
                counts[""] += errors
                at = end
    return counts
