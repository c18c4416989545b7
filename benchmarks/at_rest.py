"""What encryption at rest costs: one new record matched against a filled index, with a key per child and without.

    python -m benchmarks.at_rest --records 10000 --queries 300

Both sides stand in one run, on databases filled alike, and take turns record by record, so that what else the machine
does falls on both. It prints the medians, the 95th percentiles and their ratios (with encryption / without).
"""

import argparse
import statistics
import tempfile
from pathlib import Path

from benchmarks.filling import SECRET, children
from benchmarks.online import _timed
from contracts import ChildRecord
from hub.core import ModelCore
from hub.flow import Flow
from hub.index import Store
from hub.index.migrations import upgrade
from hub.sealing.opening import open_safe

_AT_ONCE = 500


def main() -> None:
    """Fill both, then measure in turns."""
    asked = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        sides = {name: _side(Path(folder), name, asked.records) for name in ("without", "with")}
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in sides}
        for number, record in enumerate(children(999, asked.queries)):
            for name in sorted(sides, reverse=number % 2 == 0):
                times[name].append(_timed(sides[name], record, number))
        for flow in sides.values():
            flow.store.close()
    for at, what in ((0, "on the clock"), (1, "processor time")):
        _print(what, {name: sorted(one[at] for one in told) for name, told in times.items()})


def _side(folder: Path, name: str, records: int) -> Flow:
    store = Store.at(f"sqlite:///{folder / name}.sqlite")
    upgrade(store.engine)
    open_safe(store, f"file:{folder / 'kek'}" if name == "with" else "none")
    flow = Flow(store, ModelCore(SECRET))
    by_owner: dict[str, list[ChildRecord]] = {}
    for record in children(1, records):
        by_owner.setdefault(record.ref.participant, []).append(record)
    for owner, told in by_owner.items():
        for start in range(0, len(told), _AT_ONCE):
            flow.receive(owner, f"fill-{start:08}", told[start : start + _AT_ONCE])
    return flow


def _print(what: str, times: dict[str, list[float]]) -> None:
    for share, called in ((0.5, "p50"), (0.95, "p95")):
        with_, without = (
            statistics.quantiles(times[name], n=100)[int(share * 100) - 1] for name in ("with", "without")
        )
        print(
            f"{what} {called}: with {with_:.2f} ms, without {without:.2f} ms, ratio {with_ / without:.3f}", flush=True
        )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--queries", type=int, default=300)
    return parser.parse_args()


if __name__ == "__main__":
    main()
