"""A backfill by date as it is typed: only those days, paused and resumed, and gone on with after kill -9."""

import datetime
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa

from contracts.participants import Delivery
from portal.cli.opened import opened_hub
from tests.portal.cli.conftest import Started, Typed

MANIFEST = """
[adapter]
kind = "police_xy"
title = "Police of XY"
[connection]
transport = "rest"
[[pull.lists]]
name = "missing"
path = "/missing"
records = "rows"
id = "Id"
since = { param = "since", field = "Upd", as = "datetime", format = "%Y-%m-%d %H:%M:%S" }
paging = { style = "page", param = "page", first = 1, size_param = "size", size = 20 }
[fields]
kind = { value = "missing" }
status = { value = "untraced" }
names = { from = "Name", as = "names" }
"event.on" = { from = "Upd", as = "date" }
recorded_at = { from = "Upd", as = "datetime", format = "%Y-%m-%d %H:%M:%S", required = true }
"""
BEGIN = datetime.datetime(2024, 1, 1, 0, 30)
#: Ten rows a day, from 1 January on.
ROWS = [
    {"Id": f"A{n}", "Name": f"Ravi {n}", "Upd": f"{BEGIN + datetime.timedelta(hours=2.4 * n):%Y-%m-%d %H:%M:%S}"}
    for n in range(400)
]
DAYS = ("--from", "2024-01-11", "--until", "2024-01-30")
WANTED = {row["Id"] for row in ROWS if "2024-01-11" <= row["Upd"] < "2024-01-31"}


class Police:
    """A system that gives its rows in order of change; page ``holds`` and those after wait for ``go``."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.holds, self.go = 1_000, threading.Event()
        police = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
                police.asked.append(asked["since"])
                if len(police.asked) >= police.holds:
                    police.go.wait(60)
                rows = [row for row in ROWS if row["Upd"] >= asked["since"]]
                first = (int(asked["page"]) - 1) * int(asked["size"])
                body = json.dumps({"rows": rows[first : first + int(asked["size"])]}).encode()
                try:
                    self.send_response(200)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    return  # whoever asked was killed meanwhile

            def log_message(self, *said: Any) -> None:
                return None

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def close(self) -> None:
        self.go.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def police(typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Police]:
    made = Police()
    (tmp_path / "mine" / "police_xy").mkdir(parents=True)
    (tmp_path / "mine" / "police_xy" / "manifest.toml").write_text(MANIFEST)
    monkeypatch.setenv("TRACKCHILD_ADAPTERS", json.dumps([str(tmp_path / "mine")]))
    monkeypatch.setenv("TRACKCHILD_BATCH_ROWS", "25")
    monkeypatch.setenv("TRACKCHILD_LEASE_SECONDS", "2")
    registered = typed(
        "registry", "add", "xy", "--name", "XY", "--kind", "state_police", "--adapter", "police_xy", "--url", made.url
    )
    assert registered.code == 0, registered.err
    yield made
    made.close()


def indexed(folder: Path) -> list[str]:
    engine = sa.create_engine(f"sqlite:///{folder / 'hub.sqlite'}")
    with engine.connect() as connection:
        found = [row[0] for row in connection.execute(sa.text("SELECT source_id FROM records"))]
    engine.dispose()
    return found


def stands(typed: Typed) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(typed("adapter", "backfill", "xy", "--status", "--json").out)
    return found


def test_only_those_days_are_taken_in_and_the_pull_keeps_its_own_place(
    typed: Typed, police: Police, tmp_path: Path
) -> None:
    done = typed("adapter", "backfill", "xy", *DAYS)
    assert done.code == 0, done.err
    assert sorted(indexed(tmp_path)) == sorted(WANTED) and len(WANTED) == 200
    assert police.asked[0] == "2024-01-11 00:00:00" and len(police.asked) < 15
    assert (stands(typed)["state"], stands(typed)["read"], stands(typed)["share"]) == ("done", 200, 1.0)
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM cursors WHERE participant = 'xy'")).scalar() == 0
    engine.dispose()


def test_a_backfill_that_was_killed_goes_on_behind_its_last_batch(
    typed: Typed, police: Police, start: Callable[..., Started], tmp_path: Path
) -> None:
    police.holds = 5
    running = start("adapter", "backfill", "xy", *DAYS)
    until = time.monotonic() + 30
    while not indexed(tmp_path) and time.monotonic() < until:
        time.sleep(0.05)
    while len(police.asked) < police.holds and time.monotonic() < until:
        time.sleep(0.05)
    os.kill(running.process.pid, signal.SIGKILL)
    running.process.wait()
    before, asked = len(indexed(tmp_path)), len(police.asked)
    assert 0 < before < len(WANTED) and stands(typed)["read"] == before
    police.holds = 1_000
    police.go.set()
    done = typed("adapter", "backfill", "xy", "--resume", "--json")
    assert done.code == 0, done.err
    assert sorted(indexed(tmp_path)) == sorted(WANTED)
    assert police.asked[asked] > "2024-01-11 00:00:00"
    assert json.loads(done.out)["report"]["read"] <= len(WANTED) - before + 20  # a page of ties at most comes again


def test_a_paused_backfill_stops_behind_a_batch_and_goes_on_when_it_is_resumed(
    typed: Typed, police: Police, start: Callable[..., Started], tmp_path: Path
) -> None:
    police.holds = 5
    running = start("adapter", "backfill", "xy", *DAYS)
    until = time.monotonic() + 30
    while len(police.asked) < police.holds and time.monotonic() < until:
        time.sleep(0.05)
    assert json.loads(typed("adapter", "backfill", "xy", "--pause", "--json").out)["state"] == "paused"
    police.go.set()
    assert running.process.wait(60) == 0
    assert 0 < len(indexed(tmp_path)) < len(WANTED) and "backfill_paused" in running.log
    assert typed("adapter", "backfill", "xy", "--resume").code == 0
    assert sorted(indexed(tmp_path)) == sorted(WANTED)


def test_outside_of_the_lanes_hours_nothing_is_asked(typed: Typed, police: Police) -> None:
    now = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=5.5 + 6)
    window = f"{now:%H:%M}-{now + datetime.timedelta(hours=1):%H:%M}"
    with opened_hub() as hub:
        known = hub.registry.participants.require("xy")
        assert known.endpoint is not None
        endpoint = known.endpoint.model_copy(update={"delivery": Delivery(window=window)})
        hub.registry.participants.alter(known.model_copy(update={"endpoint": endpoint}))
    done = typed("adapter", "backfill", "xy", *DAYS)
    assert "outside_window" in done.err and police.asked == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "one_way: "),
        (("--from", "2024-01-01"), "one_way: "),
        (("--status",), "no_backfill: "),
        (("--from", "2024-02-01", "--until", "2024-01-01"), "bad_days: "),
    ],
)
def test_what_cannot_be_backfilled_says_why(
    typed: Typed, police: Police, arguments: tuple[str, ...], says: str
) -> None:
    assert says in typed("adapter", "backfill", "xy", *arguments).err
