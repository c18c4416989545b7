"""Owners' systems on the loopback, each under a path of one server, that answer well, slowly, badly or not at all.

One thread and an epoll: 1,700 systems cost what the hub is measured beside as little as they can. Run by itself it is
a process: ``python owners.py`` prints its port; a path says how it answers: ``/NAME/HOW/MILLISECONDS/ROWS``.
"""

import heapq
import json
import select
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MANIFEST = """
[adapter]
kind = "{kind}"
title = "An owner's system of its own, for trials of live questions"

[connection]
transport = "rest"
max_bytes = 200000

[[pull.lists]]
name = "children"
path = "/list"
records = "rows"
id = "no"

[search]
path = "/search"

[search.fields]
name = "query.name"
who = "officer.id"
why = "purpose"
case = "case"

[[search.answers]]
list = "children"
records = "rows"

{fetch}

[fields]
kind = {{ value = "missing" }}
status = {{ value = "untraced" }}
recorded_at = {{ from = "changed", as = "datetime", required = true }}
names = {{ from = "name", as = "names" }}
gender = {{ from = "sex", as = "code", table = "gender" }}
"event.on" = {{ from = "missing_on", as = "date" }}
"event.place.raw" = {{ from = "place" }}
"diaries[fir]" = {{ from = "fir", as = "diary", kind = "FIR", date = "missing_on", station = "station" }}
"""
_SECTION = """
[fetch.sections.{name}]
path = "/{{id}}/{name}"
record = "entries"
asker = {{ who = "officer.id", why = "purpose", case = "case" }}
"""
SECTIONS = ("profile", "case_history", "medical", "education", "contact")


def write_adapters(folder: Path, kind: str = "owner") -> Path:
    """The kind of system that is told here, as a folder for ``TRACKCHILD_ADAPTERS``."""
    (folder / kind).mkdir(parents=True)
    fetch = "".join(_SECTION.format(name=name) for name in SECTIONS)
    (folder / kind / "manifest.toml").write_text(MANIFEST.format(kind=kind, fetch=fetch), encoding="utf-8")
    return folder


def row(number: str, name: str = "Ravi Kumar", **said: str) -> dict[str, str]:
    """A child in this system's words."""
    usual = {"no": number, "name": name, "sex": "M", "missing_on": "2026-03-01", "changed": "2026-03-02T10:00:00+05:30"}
    return usual | {"place": "Gaya Junction"} | said


@dataclass
class Owners:
    """What they were asked and how they stand. ``rows`` is what an owner answers by its name, else numbered ones."""

    port: int = 0
    asked: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    rows: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    how: dict[str, str] = field(default_factory=dict)
    """In place of what the path says."""
    words: dict[str, bytes] = field(default_factory=dict)
    """What an owner answers in place of all else, whatever it is asked."""
    open_now: int = 0
    open_most: int = 0

    def url(self, name: str, how: str = "well", milliseconds: int = 0, rows: int = 1, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}/{name}/{how}/{milliseconds}/{rows}"


def _answer(owners: Owners, head: bytes, body: bytes) -> tuple[str, float, bytes]:
    """How, in how many seconds, and with what."""
    lines = head.decode("latin-1").split("\r\n")
    path = lines[0].split(" ")[1]
    _, name, how, milliseconds, rows, *rest = path.split("/")
    how = owners.how.get(name, how)
    if not how.startswith("quiet"):
        headers = {one.partition(":")[0].lower(): one.partition(":")[2].strip() for one in lines[1:]}
        owners.asked.append((path, headers, json.loads(body) if body else None))
    if name in owners.words:
        return how, int(milliseconds) / 1000, _spoken(how, owners.words[name])
    if rest[0] == "search":
        said: Any = {"rows": owners.rows.get(name) or [row(f"{name}-{n}") for n in range(int(rows))]}
    else:
        said = {"entries": {"About": f"{rest[0]} {rest[1].partition('?')[0]}"}}
    return how, int(milliseconds) / 1000, _spoken(how, json.dumps(said).encode())


def _spoken(how: str, said: bytes) -> bytes:
    if how == "garbage":
        return _http(b"<html>not today</html>", kind=b"text/html")
    if how == "else":
        return _http(b'{"error": "nothing here"}')
    if how == "cut":
        return _http(said)[:-20]
    if how == "no-http":
        return b"220 smtp.example ready\r\n"
    if how == "oversize":
        return _http(b'{"rows": [' + b'"' + b"x" * 900_000 + b'"]}')
    if how == "half":
        return _http(json.dumps({"rows": [json.loads(said)["rows"][0], {"name": "no number"}]}).encode())
    if how == "busy":
        return _http(b"{}", status=b"503", more=b"Retry-After: 120\r\n")
    if how.isdecimal():
        return _http(said, status=how.encode())
    return _http(said)


def _http(body: bytes, status: bytes = b"200", kind: bytes = b"application/json", more: bytes = b"") -> bytes:
    head = b"HTTP/1.1 %s X\r\nContent-Type: %s\r\n%sContent-Length: %d\r\n\r\n"
    return head % (status, kind, more, len(body)) + body


class _Server:
    """``drip`` gives a byte a tenth of a second, ``reset`` resets, ``half-open`` takes and never answers."""

    def __init__(self, owners: Owners, listening: socket.socket) -> None:
        self._owners, self._listening = owners, listening
        self._epoll = select.epoll()
        self._epoll.register(listening.fileno(), select.EPOLLIN)
        self._conns: dict[int, socket.socket] = {}
        self._read: dict[int, bytes] = {}
        self._later: list[tuple[float, int, int, bytes, str]] = []
        self._count = 0
        self.ending = False

    def serve(self) -> None:
        while not self.ending:
            wait = max(0.0, min(0.02, self._later[0][0] - time.monotonic())) if self._later else 0.02
            for fd, _ in self._epoll.poll(wait):
                if fd == self._listening.fileno():
                    self._accept()
                elif fd in self._conns:
                    self._take(fd)
            now = time.monotonic()
            while self._later and self._later[0][0] <= now:
                _, _, fd, said, how = heapq.heappop(self._later)
                if fd in self._conns:
                    self._say(fd, said, how)
        for fd in list(self._conns):
            self._drop(fd)
        self._epoll.close()

    def _accept(self) -> None:
        try:
            while True:
                made, _ = self._listening.accept()
                made.setblocking(False)
                self._conns[made.fileno()] = made
                self._read[made.fileno()] = b""
                self._epoll.register(made.fileno(), select.EPOLLIN)
                self._owners.open_now = len(self._conns)
                self._owners.open_most = max(self._owners.open_most, self._owners.open_now)
        except BlockingIOError:
            return

    def _drop(self, fd: int) -> None:
        self._epoll.unregister(fd)
        self._conns.pop(fd).close()
        self._read.pop(fd)
        self._owners.open_now = len(self._conns)

    def _take(self, fd: int) -> None:
        try:
            part = self._conns[fd].recv(65_536)
        except OSError:
            part = b""
        if not part:
            self._drop(fd)
            return
        self._read[fd] += part
        head, end, body = self._read[fd].partition(b"\r\n\r\n")
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        if not end or len(body) < int(length or 0):
            return
        self._read[fd] = b""
        how, seconds, said = _answer(self._owners, head, body)
        if how == "reset":
            self._conns[fd].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
            self._drop(fd)
        elif how != "half-open":
            self._put(fd, seconds, said, how)

    def _put(self, fd: int, seconds: float, said: bytes, how: str) -> None:
        self._count += 1
        heapq.heappush(self._later, (time.monotonic() + seconds, self._count, fd, said, how))

    def _say(self, fd: int, said: bytes, how: str) -> None:
        now, rest = (said[:1], said[1:]) if how == "drip" else (said, b"")
        try:
            sent = self._conns[fd].send(now)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._drop(fd)
            return
        rest = now[sent:] + rest
        if rest:
            self._put(fd, 0.1 if how == "drip" else 0.001, rest, how)
        elif how in ("cut", "no-http"):
            self._drop(fd)


def listen(everywhere: bool = False) -> socket.socket:
    """A listening socket of this machine alone; ``everywhere`` on it means all of 127.0.0.0/8."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if everywhere:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo")
    made.bind(("0.0.0.0" if everywhere else "127.0.0.1", 0))
    made.listen(4_096)
    made.setblocking(False)
    return made


@contextmanager
def serving() -> Iterator[Owners]:
    """The owners' systems on a free port, ended again."""
    listening = listen()
    owners = Owners(listening.getsockname()[1])
    server = _Server(owners, listening)
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        yield owners
    finally:
        server.ending = True
        thread.join()
        listening.close()


if __name__ == "__main__":
    alone = listen(everywhere=True)
    print(alone.getsockname()[1], flush=True)
    try:
        _Server(Owners(), alone).serve()
    except KeyboardInterrupt:
        sys.exit(0)
