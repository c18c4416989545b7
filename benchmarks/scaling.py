"""From rates measured here to India: processes, disk and the first bottleneck at each step, computed, not guessed.

    python -m benchmarks.scaling --write docs/scaling.md

It measures, on the machine at hand and on an index of its own making: records taken in a second by one process, their
matching, searches, notices delivered, and bytes of each record in the database. Then it multiplies. What is assumed
(how much a day brings, how busy a process should be) stands in ``NATION`` and in the table's head.
"""

import argparse
import math
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from benchmarks import sections
from benchmarks.courier import lanes, opened, ours, receivers
from benchmarks.databases import KINDS, database, server
from benchmarks.filling import children
from contracts import Participant, Permission
from contracts.exchange import Search
from hub.access import Caller, machine
from hub.app import Hub
from hub.index import Store
from hub.logs import configure
from hub.settings import Settings

_DAY = 86_400
#: A process is planned to be this busy at the peak hour.
_BUSY = 0.6
#: The peak hour of a day brings so much more than its mean (benchmarks/national_day.py).
_PEAK_HOUR = 2.0


@dataclass(frozen=True)
class Step:
    """One size of the exchange."""

    name: str
    participants: int
    records: int
    """Index entries that stand, open and closed."""
    new_a_day: int
    updates_a_day: int
    searches_a_day: int


#: 60,000 children a year go missing, as many are found; ten years of both. Updates: three words of each case.
NATION = (
    Step("one state", 420, 40_000, 18, 54, 140),
    Step("36 states, 15,000 stations, 1,741 portlets", 16_777, 1_300_000, 650, 1_950, 5_000),
    Step("the same, a festival's day", 16_777, 1_300_000, 6_500, 19_500, 50_000),
    Step("ten times all that", 167_770, 13_000_000, 6_500, 19_500, 50_000),
    Step("ten times, a festival's day", 167_770, 13_000_000, 65_000, 195_000, 500_000),
)


@dataclass(frozen=True)
class Rates:
    """What one process does in a second here, and what is kept."""

    received: float
    matched: float
    searched: float
    delivered: float
    bytes_a_record: float
    notices_a_record: float


def measure(kind: str, where: object, folder: Path, many: int) -> Rates:
    """The rates of one process on one database of ``many`` records."""
    url = database(where, "scaling")
    hub = Hub.open(Settings(database=url, match_later=True))
    empty = size(hub.store, url)
    told = list(children(5, many))
    received = many / _seconds(lambda: _receive(hub, told))
    matched = many / _seconds(lambda: _match(hub))
    kept = (size(hub.store, url) - empty) / many
    names = [one.names[0].text for one in told if one.names][:100]
    who = _searcher(hub)
    searched = len(names) / _seconds(lambda: [hub.search(who, Search(name=name)) for name in names])
    with hub.store.read() as work:
        notices = sum(count for _, _, count in work.outbox.counts())
    hub.close()
    with receivers() as address:
        delivering = opened(database(where, "delivering"), folder, address)
        delivered = statistics.median(ours(delivering, run, 10) for run in range(3))
        delivering.close()
    return Rates(received, matched, searched, delivered, kept, notices / many)


def _searcher(hub: Hub) -> Caller:
    one = Participant(id="police-dl", name="Police", kind="state_police", permissions=list(Permission))
    hub.registry.participants.put(one)
    return machine(one)


def _seconds(what: object) -> float:
    begun = time.perf_counter()
    what()  # type: ignore[operator]
    return time.perf_counter() - begun


def _receive(hub: Hub, told: list) -> None:  # type: ignore[type-arg]
    for number, record in enumerate(told):
        hub.flow.receive(record.ref.participant, f"scaling-{number:07}", [record])


def _match(hub: Hub) -> None:
    while hub.match_owed():
        pass


def size(store: Store, url: str) -> int:
    """Bytes of the database on the disk."""
    with store.engine.connect() as connection:
        if store.backend == "postgresql":
            return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        return int(pages) * int(connection.execute(text("PRAGMA page_size")).scalar_one())


def plan(step: Step, rates: Rates) -> list[str]:
    """One row: what the step needs, and what of it is busiest."""
    told = step.new_a_day + step.updates_a_day
    load = {
        "doors": _share(told, rates.received) + _share(step.searches_a_day, rates.searched),
        "matching": _share(told, rates.matched),
        "courier": _share(step.new_a_day * rates.notices_a_record, rates.delivered),
    }
    processes = {name: max(1, math.ceil(share / _BUSY)) for name, share in load.items()}
    first = max(load, key=lambda name: load[name])
    lanes_needed = math.ceil(step.participants / 3_600)  # each asked once an hour, one second each
    disk = step.records * rates.bytes_a_record / 1e9
    return [
        step.name,
        f"{step.participants:,}",
        f"{step.records:,}",
        f"{_PEAK_HOUR * told / _DAY:.2f}",
        f"{_PEAK_HOUR * step.searches_a_day / _DAY:.2f}",
        *(f"{processes[name]} ({100 * load[name]:.1f} %)" for name in load),
        str(max(1, lanes_needed)),
        f"{disk:,.1f}",
        first,
    ]


def _share(a_day: float, rate: float) -> float:
    """How much of one process the peak hour takes."""
    return _PEAK_HOUR * a_day / _DAY / rate


def main() -> None:
    """Measure on each database and write the tables."""
    asked = _arguments()
    configure("json", "critical")
    rates = {}
    with tempfile.TemporaryDirectory() as name:
        for kind in asked.databases:
            folder = Path(name) / kind
            with server(kind, folder) as where:
                rates[kind] = measure(kind, where, folder, asked.records)
            print(kind, rates[kind], flush=True)
    lines = _text(asked, rates)
    print("\n".join(lines))
    if asked.write:
        sections.put(asked.write, "scaling", lines)


def _text(asked: argparse.Namespace, rates: dict[str, Rates]) -> list[str]:
    return [
        "## Rates of one process, measured",
        "",
        f"One process, one message of one record after another, an index that grows to {asked.records:,} records,",
        f"{len(lanes())} receivers that answer at once. {sections.machine()}",
        "",
        "| database | records received/s | matched/s | searches/s | notices delivered/s | bytes a record "
        "| notices a record |",
        "|---|---|---|---|---|---|---|",
        *(_rates(kind, one) for kind, one in rates.items()),
        "",
        "## What follows for India, computed from them",
        "",
        f"The peak hour brings {_PEAK_HOUR:g} times the mean; processes are planned {100 * _BUSY:.0f} % busy then.",
        "In brackets: how much of one process the peak hour takes. Run two of each in any case, so that one may end.",
        "",
        "| step | participants | records | records/s | searches/s | doors | matching | courier | threads to pull "
        "| disk GB | busiest |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
        *("| " + " | ".join(plan(step, rates[asked.databases[-1]])) + " |" for step in NATION),
        "",
        f"From the rates on {asked.databases[-1]}.",
    ]


def _rates(kind: str, one: Rates) -> str:
    rates = (one.received, one.matched, one.searched, one.delivered, one.bytes_a_record)
    return "| " + " | ".join([kind, *(f"{rate:,.0f}" for rate in rates), f"{one.notices_a_record:.2f}"]) + " |"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--databases", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--records", type=int, default=3_000)
    parser.add_argument("--write", type=Path, help="file whose sections on this are replaced")
    return parser.parse_args()


if __name__ == "__main__":
    main()
