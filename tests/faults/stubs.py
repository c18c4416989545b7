"""Participants' systems on the loopback that count what they were told, each under a path of one server."""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

MANIFEST = """
[adapter]
kind = "{kind}"
title = "A system of its own, for trials of faults"

[connection]
transport = "rest"

[push]
path = "/inbox"
{dedupes}

[push.fields]
id = {{ from = "notice_id" }}
about = {{ from = "about.source_id" }}
{more}
"""
CANNOT_TELL = "dedupes = false"
ASK = """
[push.ask]
path = "/has"
method = "POST"
found = "has"
[push.ask.fields]
id = { from = "notice_id" }
"""
READ = """
[[pull.lists]]
name = "rows"
path = "/rows"
records = "rows"
id = "id"
since = { param = "since", field = "at" }
paging = { style = "page", param = "page", size_param = "size", size = 2 }

[fields]
kind = { value = "missing" }
status = { value = "reported" }
recorded_at = { from = "at", as = "datetime", required = true }
"ref.version" = { from = "version" }
names = { from = "name", as = "names" }
gender = { value = "F" }
"""


def write_adapters(folder: Path) -> Path:
    """``stub`` knows a notice again, ``plain_stub`` does not and must be asked, ``source_stub`` can be read as well."""
    for kind, dedupes, more in (("stub", "", ""), ("plain_stub", CANNOT_TELL, ASK), ("source_stub", "", READ)):
        (folder / kind).mkdir(parents=True)
        text = MANIFEST.format(kind=kind, dedupes=dedupes, more=more)
        (folder / kind / "manifest.toml").write_text(text, encoding="utf-8")
    return folder


@dataclass
class Stub:
    """One system. ``effects`` counts what it did for each notice, ``order`` what it was told of each record.

    It answers after ``seconds``, or as soon as ``hurry`` is set.
    """

    dedupes: bool
    seconds: float = 0.0
    effects: Counter[str] = field(default_factory=Counter)
    order: dict[str, list[str]] = field(default_factory=dict)
    told: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)
    """What it tells when it is read, oldest first."""
    at: dict[str, float] = field(default_factory=dict)
    """When it was first told of each notice (monotonic)."""
    poison: dict[str, int] = field(default_factory=dict)
    """Notices that it cannot take, and the status with which it says so."""
    hurry: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, notice: str, about: str) -> None:
        with self.lock:
            self.told += 1
            self.at.setdefault(notice, time.monotonic())
            if self.dedupes and notice in self.effects:
                return
            self.effects[notice] += 1
            self.order.setdefault(about, []).append(notice)


@contextmanager
def serving(stubs: dict[str, Stub]) -> Iterator[str]:
    """All stubs on one free port; yields the address below which each has its name as a path."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            _, name, call = self.path.split("/")
            stub = stubs[name]
            if call == "inbox" and (status := stub.poison.get(body["id"])):
                self._answer({"detail": "poison"}, status)
                return
            if call == "inbox":
                stub.take(body["id"], body["about"])
                stub.hurry.wait(stub.seconds)  # taken, not yet acknowledged: where a kill hurts
            self._answer({"has": body["id"] in stub.effects})

        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            _, name, _ = asked.path.split("/")
            said = {key: values[0] for key, values in parse_qs(asked.query).items()}
            rows = [row for row in stubs[name].rows if row["at"] >= said.get("since", "")]
            first = (int(said["page"]) - 1) * int(said["size"])
            self._answer({"rows": rows[first : first + int(said["size"])]})

        def _answer(self, said: dict[str, Any], status: int = 200) -> None:
            text = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """A caller that was killed is what this is about."""

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
