"""Messages a second of each door with the hub behind it, beside a bare handler that does one insert.

    python -m benchmarks.doors --runs 5 --write docs/benchmarks.md

Both sides get the same messages over HTTP from the same clients, are served by one process of uvicorn, parse the
message by the contract and write to a database of the same kind with the same durability. The bare side checks no key
and does one insert; the hub takes the record in: inbox, versions, index row, keys, matching or the debt of it.
"""

import argparse
import http.client
import json
import multiprocessing
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import sections
from benchmarks.databases import KINDS, database, server
from benchmarks.filling import children
from contracts import Participant, Permission
from hub.app import Hub
from hub.doors.soap import SOAP11
from hub.settings import Settings
from tests.hub.doors.messages import envelope, headers, xml

DOORS = ("REST", "SOAP")
_PATH = {"REST": "/api/v1/records", "SOAP": "/soap"}
_KIND = {"REST": {"Content-Type": "application/json"}, "SOAP": headers(SOAP11)}
_PROCESSES, _THREADS = 2, 8


@dataclass(frozen=True)
class Load:
    """What one client sends: bodies in order, each once."""

    port: int
    path: str
    headers: dict[str, str]
    bodies: list[bytes]


def send(load: Load) -> list[float]:
    """Send all on one kept connection; seconds of each. One that is not answered 200 ends the run."""
    connection = http.client.HTTPConnection("127.0.0.1", load.port)
    told = []
    for body in load.bodies:
        begun = time.perf_counter()
        connection.request("POST", load.path, body, load.headers)
        answer = connection.getresponse()
        said = answer.read()
        assert answer.status == 200, (answer.status, said)
        told.append(time.perf_counter() - begun)
    connection.close()
    return told


def send_all(loads: list[Load]) -> list[float]:
    """One thread for each."""
    with ThreadPoolExecutor(len(loads)) as threads:
        return [one for told in threads.map(send, loads) for one in told]


@contextmanager
def served(side: str, url: str) -> Iterator[int]:
    """One process of uvicorn with one side; yields its port."""
    command = [sys.executable, "-m", "benchmarks.bare" if side == "bare" else "benchmarks.hub_doors", url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline().rpartition(":")[2])
        finally:
            process.terminate()


def participants(url: str) -> list[tuple[str, str]]:
    """(id, key) of a participant for each client of a new hub."""
    hub = Hub.open(Settings(database=url))
    made = []
    for number in range(_PROCESSES * _THREADS):
        one = Participant(id=f"police-{number}", name="Police", kind="state_police", permissions=list(Permission))
        hub.registry.participants.register(one)
        made.append((one.id, hub.registry.keys.issue(one.id).key))
    hub.close()
    return made


def bodies(door: str, owner: str, seed: int, messages: int, size: int) -> list[bytes]:
    """Messages of ``size`` records each, no two alike."""
    told = iter([json.loads(one.model_dump_json(exclude_defaults=True)) for one in children(seed, messages * size)])
    made = []
    for number in range(messages):
        records = [_owned(next(told), owner, f"S{seed}-{number}-{at}") for at in range(size)]
        message = {"message_id": f"message-{seed}-{number}", "records": records}
        made.append(json.dumps(message).encode() if door == "REST" else envelope(SOAP11, xml("SubmitRecords", message)))
    return made


def _owned(record: dict[str, Any], owner: str, source_id: str) -> dict[str, Any]:
    return record | {"ref": record["ref"] | {"participant": owner, "source_id": source_id}}


def measure(pool: Any, door: str, port: int, keys: list[tuple[str, str]], seed: int, asked: argparse.Namespace) -> Any:
    """(messages a second, seconds of each) of one run."""
    loads = [
        Load(
            port,
            _PATH[door],
            {"Authorization": f"Bearer {key}"} | _KIND[door],
            bodies(door, owner, seed + n, *_of(asked)),
        )
        for n, (owner, key) in enumerate(keys)
    ]
    parts = [loads[at::_PROCESSES] for at in range(_PROCESSES)]
    begun = time.perf_counter()
    told = [one for part in pool.map(send_all, parts, chunksize=1) for one in part]
    return len(told) / (time.perf_counter() - begun), told


def _of(asked: argparse.Namespace) -> tuple[int, int]:
    return asked.messages, asked.size


def main() -> None:
    """Alternate the sides and print a line for each run."""
    asked, results = _arguments(), {}
    with multiprocessing.get_context("spawn").Pool(_PROCESSES) as pool, tempfile.TemporaryDirectory() as folder:
        pool.map(abs, range(_PROCESSES), chunksize=1)  # the clients have started
        for kind in asked.databases:
            with server(kind, Path(folder) / kind) as where:
                for door in asked.doors:
                    results[kind, door] = _sides(pool, door, where, asked)
                    print(kind, _line(kind, door, results[kind, door]), flush=True)
    if asked.write:
        sections.put(asked.write, "doors", _text(asked, results))


def _sides(pool: Any, door: str, where: Any, asked: argparse.Namespace) -> dict[str, list[Any]]:
    ours, bare = database(where, f"ours_{door}".lower()), database(where, f"bare_{door}".lower())
    keys, told = participants(ours), {"ours": [], "bare": []}
    with served("ours", ours) as our_port, served("bare", bare) as bare_port:
        for run in range(asked.runs + 1):
            for side, port in (("ours", our_port), ("bare", bare_port)):
                one = measure(pool, door, port, keys, 10_000 * (run + 1), asked)
                if run:  # the first one warms up
                    told[side].append(one)
    return told


def _figures(told: dict[str, list[Any]]) -> tuple[float, float, float, float, float]:
    """(ours and bare messages a second, median ratio of the runs, its least and largest)."""
    ours, bare = ([rate for rate, _ in told[side]] for side in ("ours", "bare"))
    ratios = [one / other for one, other in zip(ours, bare, strict=True)]
    return statistics.median(ours), statistics.median(bare), statistics.median(ratios), min(ratios), max(ratios)


def _line(kind: str, door: str, told: dict[str, list[Any]]) -> str:
    ours, bare, ratio, least, most = _figures(told)
    p95 = {side: sorted(one for _, times in told[side] for one in times) for side in told}
    slow = [f"{1000 * p95[side][int(0.95 * len(p95[side]))]:.1f}" for side in ("ours", "bare")]
    spread = f"{ratio:.2f} ({least:.2f} to {most:.2f})"
    return f"| {door} | {kind} | {ours:.0f} | {bare:.0f} | {spread} | {slow[0]} | {slow[1]} |"


def _text(asked: argparse.Namespace, results: dict[Any, Any]) -> list[str]:
    clients = _PROCESSES * _THREADS
    return [
        "## The doors beside a bare handler",
        "",
        f"Messages of {asked.size} record(s), {clients} clients, {asked.messages} messages each and run, {asked.runs}",
        "alternating runs after one that warms up; one process of uvicorn for each side, both on this machine with the",
        "clients. The bare handlers (FastAPI and spyne, benchmarks/bare.py) read the message by the contract and",
        "do one insert; they check no key. The hub keeps the debt of matching (`TRACKCHILD_MATCH_LATER`). The figure",
        "to reach is 0.60 of the bare side. " + sections.machine(),
        "",
        "| door | database | hub messages/s | bare messages/s | hub to bare (runs) | hub p95 ms | bare p95 ms |",
        "|---|---|---|---|---|---|---|",
        *(_line(kind, door, told) for (kind, door), told in results.items()),
    ]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--databases", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--doors", nargs="+", choices=DOORS, default=list(DOORS))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--messages", type=int, default=40, help="messages of each client in a run")
    parser.add_argument("--size", type=int, default=1, help="records in a message")
    parser.add_argument("--write", type=Path, help="file whose section on this is replaced")
    return parser.parse_args()


if __name__ == "__main__":
    main()
