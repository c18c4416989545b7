"""Fixtures of the adapters' tests: a look-alike system as a process of its own, loaded with its samples."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from adapters import catalog
from adapters.base import Adapter
from tests.loopback import connection

KEY = "hub:open sesame"
Answer = tuple[int, dict[str, str], bytes]
_SERVE = (
    "import sys, pathlib; from adapters import catalog;"
    "catalog.node(sys.argv[1])(port=0, database=sys.argv[2], load=pathlib.Path(sys.argv[3]), key=sys.argv[4])"
)


@dataclass(frozen=True)
class Node:
    """A running look-alike: where it listens, and the database it keeps."""

    kind: str
    url: str
    database: str
    process: subprocess.Popen[str]

    def adapter(self, secret: str = KEY) -> Adapter:
        return catalog.adapter(self.kind, connection("tester", self.url, secret))


@pytest.fixture(scope="module")
def start_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Node]]:
    """``start_node("cci")``: a process of that kind, ended after the module's tests.

    It has every sample loaded, or ``rows`` (its own words) where they are given.
    """
    running: list[Node] = []

    def start(kind: str, rows: list[dict[str, Any]] | None = None, key: str = KEY) -> Node:
        place = tmp_path_factory.mktemp(kind)
        node = _started(kind, place, _samples(kind, place) if rows is None else _written(rows, place), key)
        running.append(node)
        return node

    yield start
    for node in running:
        node.process.terminate()
        node.process.communicate(timeout=20)


def _samples(kind: str, place: Path) -> Path:
    rows = "".join(
        path.read_text(encoding="utf-8") for path in sorted((catalog.folder(kind) / "samples").rglob("*.jsonl"))
    )
    (place / "rows.jsonl").write_text(rows, encoding="utf-8")
    return place / "rows.jsonl"


def _written(rows: list[dict[str, Any]], place: Path) -> Path:
    (place / "rows.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return place / "rows.jsonl"


def _started(kind: str, place: Path, load: Path, key: str) -> Node:
    database = f"sqlite:///{place / 'node.sqlite'}"
    command = [sys.executable, "-c", _SERVE, kind, database, str(load), key]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = process.stdout.readline()
    assert said.startswith("ready http://127.0.0.1:"), said
    return Node(kind, said.split()[1], database, process)


class Source:
    """A loopback source: answers what a test tells it to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.answer: Callable[[str], Answer] = lambda path: (200, {"Content-Type": "application/json"}, b"{}")
        source = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                source.asked.append((self.command, self.path, dict(self.headers), body))
                status, headers, answer = source.answer(self.path)
                self.send_response(status)
                for name, value in {"Content-Length": str(len(answer)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_POST = do_PUT = answer  # noqa: N815

            def log_message(self, *said: Any) -> None:
                return None

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def says(self, status: int, body: Any = b"", **headers: str) -> None:
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {"Content-Type": "application/json", **{name.replace("_", "-"): v for name, v in headers.items()}}
        self.answer = lambda path: (status, named, sent)

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def source() -> Iterator[Source]:
    made = Source()
    yield made
    made.close()
