"""What encryption at rest costs: one new record matched against a filled index, with a key per child and without.

    python -m benchmarks.at_rest --records 5000 --queries 300 --write docs/benchmarks.md

Both sides stand in one run, on databases filled alike, and take turns record by record, so that what else the machine
does falls on both. It prints the medians, the 95th percentiles and their ratios (with encryption / without).
"""

import argparse
import datetime
import os
import statistics
import tempfile
from pathlib import Path

from benchmarks import sections
from benchmarks.databases import KINDS, database, server
from benchmarks.filling import SECRET, children
from benchmarks.online import _timed
from contracts import ChildRecord
from hub.core import ModelCore
from hub.flow import Flow
from hub.index import Store
from hub.index.migrations import upgrade
from hub.sealing.opening import open_safe

_AT_ONCE, _WARMING = 500, 30
_HEAD = """## Encryption at rest

{records:,} records in the index, then {queries} new ones, one message each, in turns with a key per child and without;
`python -m benchmarks.at_rest --records {records} --queries {queries}`, {day}, load {load}. Asked: at most 1.3 times.

| database | what | with, ms | without, ms | ratio |
|---|---|---|---|---|
"""
Times = dict[str, list[tuple[float, float]]]


def main() -> None:
    """Measure each database, print, and write the section where that was asked."""
    asked = _arguments()
    rows = [row for kind in asked.databases for row in _rows(kind, _measured(kind, asked.records, asked.queries))]
    print("\n".join(rows), flush=True)
    if asked.write is not None:
        day, load = datetime.date.today().isoformat(), round(os.getloadavg()[0], 1)
        head = _HEAD.format(records=asked.records, queries=asked.queries, day=day, load=load)
        sections.put(asked.write, "at_rest", [*head.splitlines(), *rows])


def _measured(kind: str, records: int, queries: int) -> Times:
    """Seconds on the clock and of processor time of each new record, by side."""
    with tempfile.TemporaryDirectory() as folder, server(kind, Path(folder)) as where:
        sides = {name: _side(database(where, name), Path(folder), name, records) for name in ("without", "with_keys")}
        times: Times = {name: [] for name in sides}
        for number, record in enumerate(children(999, _WARMING + queries)):
            for name in sorted(sides, reverse=number % 2 == 0):
                times[name].append(_timed(sides[name], record, number))
        for flow in sides.values():
            flow.store.close()
    return {name: told[_WARMING:] for name, told in times.items()}


def _side(url: str, folder: Path, name: str, records: int) -> Flow:
    store = Store.at(url)
    upgrade(store.engine)
    open_safe(store, f"file:{folder / 'kek'}" if name == "with_keys" else "none")
    flow = Flow(store, ModelCore(SECRET))
    by_owner: dict[str, list[ChildRecord]] = {}
    for record in children(1, records):
        by_owner.setdefault(record.ref.participant, []).append(record)
    for owner, told in by_owner.items():
        for start in range(0, len(told), _AT_ONCE):
            flow.receive(owner, f"fill-{start:08}", told[start : start + _AT_ONCE])
    return flow


def _rows(kind: str, times: Times) -> list[str]:
    found = []
    for at, what in ((0, "on the clock"), (1, "processor time of the hub")):
        for share in (50, 95):
            with_, without = (
                statistics.quantiles([one[at] for one in times[name]], n=100)[share - 1]
                for name in ("with_keys", "without")
            )
            found.append(f"| {kind} | p{share} {what} | {with_:.2f} | {without:.2f} | {with_ / without:.2f} |")
    return found


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--databases", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--write", type=Path, help="file whose section on this is replaced")
    return parser.parse_args()


if __name__ == "__main__":
    main()
