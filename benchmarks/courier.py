"""Notices a second of the courier with 36 lanes, beside a bare loop that posts each and updates one row.

    python -m benchmarks.courier --runs 5 --write docs/benchmarks.md

Both sides deliver the same notices to the same receivers, 36 of them on one server of the loopback, each side with 36
threads. The courier claims, posts by its adapter, reads the answer as an outsider's, and writes lane, breaker and
outcome; the bare loop is ``requests.post`` and one UPDATE in a transaction of its own.
"""

import argparse
import datetime as dt
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import Engine, bindparam, insert, update

from benchmarks import sections
from benchmarks.bare import messages as table
from benchmarks.databases import KINDS, database, server
from contracts import Notice, NoticeKind, Participant, Reference
from contracts.participants import Endpoint
from hub.app import Hub
from hub.index.dialect import engine_for
from hub.logs import configure
from hub.settings import Settings
from tests.faults.stubs import write_adapters

_LANES = 36
_DONE = update(table).where(table.c.message_id == bindparam("id")).values(body=b"done")
_RECEIVER = """
import socket, threading, sys
ANSWER = b'HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nContent-Length: 2\\r\\n\\r\\n{}'
def serve(one):
    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with one, one.makefile("rb") as lines:
        while lines.readline():
            length = 0
            while (line := lines.readline().strip().lower()):
                if line.startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            lines.read(length)
            one.sendall(ANSWER)
listening = socket.create_server(("127.0.0.1", 0), backlog=256)
print(listening.getsockname()[1], flush=True)
while True:
    threading.Thread(target=serve, args=(listening.accept()[0],), daemon=True).start()
"""


@contextmanager
def receivers() -> Iterator[str]:
    """A server that takes whatever it is told, in a process of its own."""
    with subprocess.Popen([sys.executable, "-c", _RECEIVER], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.kill()


def notice(lane: str, run: int, number: int) -> Notice:
    """One of those that both sides deliver; no two about one record."""
    return Notice(
        notice_id=f"{lane}-{run}-{number:06}",
        kind=NoticeKind.MATCH_PROPOSED,
        to=lane,
        about=Reference(participant=lane, source_id=f"R{run}-{number}"),
        created_at=dt.datetime.now(dt.UTC),
        text="Your record may be the same child as another. Please review the evidence and decide.",
    )


def opened(url: str, folder: Path, address: str) -> Hub:
    """A hub with 36 participants whose systems are the receivers."""
    adapters = write_adapters(folder / f"adapters-{url.rpartition('/')[2]}")
    hub = Hub.open(
        Settings(
            database=url, adapters=[adapters], allow_networks=["127.0.0.0/8"], courier_workers=_LANES, pool_size=_LANES
        )
    )
    for lane in lanes():
        endpoint = Endpoint(adapter="stub", url=f"{address}/{lane}")
        hub.registry.participants.register(Participant(id=lane, name=lane, kind="other", endpoint=endpoint))
    return hub


def lanes() -> list[str]:
    """Their ids."""
    return [f"police-{n:02}" for n in range(_LANES)]


def ours(hub: Hub, run: int, each: int) -> float:
    """Notices a second, from owed to all done."""
    with hub.store.write() as work:
        for lane in lanes():
            work.outbox.add([notice(lane, run, n) for n in range(each)], dt.datetime.now(dt.UTC))
    begun = time.perf_counter()
    report = hub.deliver()
    took = time.perf_counter() - begun
    assert report.delivered == _LANES * each, report
    return _LANES * each / took


def bare(engine: Engine, address: str, run: int, each: int) -> float:
    """The same by a loop in each of 36 threads."""
    owed = {lane: [notice(lane, run, n) for n in range(each)] for lane in lanes()}
    rows = [
        {"message_id": one.notice_id, "body": one.model_dump_json().encode()} for told in owed.values() for one in told
    ]
    with engine.begin() as connection:
        connection.execute(insert(table), rows)

    def loop(lane: str) -> None:
        with requests.Session() as session:
            session.trust_env = False
            for one in owed[lane]:
                body = {"id": one.notice_id, "about": one.about.source_id}
                session.post(f"{address}/{lane}/inbox", json=body, timeout=20).raise_for_status()
                with engine.begin() as connection:
                    connection.execute(_DONE, {"id": one.notice_id})

    begun = time.perf_counter()
    with ThreadPoolExecutor(_LANES) as threads:
        list(threads.map(loop, lanes()))
    return _LANES * each / (time.perf_counter() - begun)


def main() -> None:
    """Alternate the sides on each database and print its line."""
    asked = _arguments()
    configure("json", "critical")
    lines = []
    with tempfile.TemporaryDirectory() as name, receivers() as address:
        folder = Path(name)
        for kind in asked.databases:
            with server(kind, folder / kind) as where:
                lines.append(_line(kind, _sides(where, folder, address, asked)))
            print(lines[-1], flush=True)
    if asked.write:
        sections.put(asked.write, "courier", _text(asked, lines))


def _sides(where: Any, folder: Path, address: str, asked: argparse.Namespace) -> list[tuple[float, float]]:
    hub = opened(database(where, "ours"), folder, address)
    engine = engine_for(database(where, "bare"), _LANES)
    table.create(engine)
    told = [(ours(hub, run, asked.each), bare(engine, address, run, asked.each)) for run in range(asked.runs + 1)]
    hub.close()
    engine.dispose()
    return told[1:]


def _line(kind: str, told: list[tuple[float, float]]) -> str:
    ratios = [one / other for one, other in told]
    rates = [statistics.median(side) for side in zip(*told, strict=True)]
    spread = f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
    return f"| {kind} | {rates[0]:.0f} | {rates[1]:.0f} | {spread} |"


def _text(asked: argparse.Namespace, lines: list[str]) -> list[str]:
    return [
        "## The courier beside a bare loop",
        "",
        f"{_LANES} lanes of {asked.each} notices, {asked.runs} alternating runs after one that warms up, receivers on",
        "the loopback that answer at once. The bare loop is `requests.post` and one UPDATE in each of as many threads.",
        "The figure to reach is 0.60 of the bare side. " + sections.machine(),
        "",
        "| database | courier notices/s | bare notices/s | courier to bare (runs) |",
        "|---|---|---|---|",
        *lines,
    ]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--databases", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--each", type=int, default=20, help="notices of each lane in a run")
    parser.add_argument("--write", type=Path, help="file whose section on this is replaced")
    return parser.parse_args()


if __name__ == "__main__":
    main()
