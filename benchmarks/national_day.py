"""One day of India against the real hub with a clock that runs ahead: what comes in, what is told, how long it takes.

    python -m benchmarks.national_day --write docs/scaling.md

Each hour brings its share of the day's new missing children, found children and searches, and now and then a system
is away. The day's figures are those of issue 4: 250 missing, 400 found, 5,000 searches; ``--times 10`` is the peak of a
festival. Everything is real but the clock and the receivers: the hub, its database, the matching, the courier with its
lanes and breakers. At the end every message is accounted for, or the program fails.
"""

import argparse
import datetime as dt
import random
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters.base import Adapter, Capability, Connection, Receipt
from benchmarks import sections
from benchmarks.databases import KINDS, database, server
from benchmarks.filling import children
from contracts import ChildRecord, Notice, Participant, Permission, Unready
from contracts.exchange import Search, SubmitRecords
from hub.access import Caller, machine
from hub.app import Hub
from hub.courier import Courier, Policy
from hub.logs import configure
from hub.settings import Settings

#: Shares of a day by hour in India: stations write in the evening, offices search during the day. An assumption.
_BY_HOUR = (1, 1, 1, 1, 1, 2, 3, 4, 5, 6, 7, 7, 6, 6, 6, 7, 7, 7, 8, 7, 5, 3, 2, 1)
_MISSING, _FOUND, _SEARCHES = 250, 400, 5_000
_STATES = 36
_TICK = dt.timedelta(minutes=5)
_DAY = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


class Clock:
    """The day's time: it moves when the program says so."""

    def __init__(self) -> None:
        self.now = _DAY

    def __call__(self) -> dt.datetime:
        return self.now


@dataclass
class Receivers:
    """Every participant's system: takes each notice once, answers after a moment, and is away at times."""

    clock: Clock
    away: dict[str, tuple[dt.datetime, dt.datetime]]
    told: Counter[str] = field(default_factory=Counter)
    asked: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, notice: Notice) -> Receipt:
        with self.lock:
            self.asked += 1
            begin, end = self.away.get(notice.to, (_DAY, _DAY))
            if begin <= self.clock.now < end:
                raise Unready("unreachable", "The source cannot be reached.")
            self.told[notice.notice_id] += 1
        return Receipt(foreign_id=f"E{self.asked}")


class System(Adapter):
    """One participant's system."""

    capabilities = frozenset({Capability.PUSH})

    def __init__(self, participant: str, receivers: Receivers) -> None:
        super().__init__(Connection(participant, "https://example.org", timeout_seconds=1))
        self._receivers = receivers

    def push(self, notice: Notice) -> Receipt:
        return self._receivers.take(notice)


@dataclass
class Day:
    """What happened."""

    records: int = 0
    searches: int = 0
    receive_ms: list[float] = field(default_factory=list)
    search_ms: list[float] = field(default_factory=list)
    deepest: int = 0
    wait_minutes: list[float] = field(default_factory=list)
    seconds: float = 0.0
    owed: int = 0
    delivered: int = 0
    twice: int = 0
    accounted: bool = False


def run(url: str, fill: int, times: int, seed: int = 1) -> Day:
    """One day on an index that holds ``fill`` records already."""
    hub = Hub.open(Settings(database=url, pool_size=4, tell_bits=5.0))
    clock = Clock()
    object.__setattr__(hub.flow, "now", clock)
    callers = _take_part(hub)
    _fill(hub, fill)
    receivers = Receivers(clock, _outages(seed))
    systems = {name: System(name, receivers) for name in callers}
    policy = Policy(workers=8, first=60, longest=1_800, turn=1e9)
    courier = Courier(hub.store, systems.get, policy, now=clock, pause=lambda _: None)
    day, begun = Day(), time.perf_counter()
    for what in _arrivals(callers, times, seed, clock, day, courier, hub):
        _do(hub, callers, what, day)
    _drain(hub, courier, clock, day)
    day.seconds = time.perf_counter() - begun
    _account(hub, receivers, day)
    hub.close()
    return day


def _take_part(hub: Hub) -> dict[str, Caller]:
    names = [f"police-{n:02}" for n in range(_STATES)] + [f"cci-{n:02}" for n in range(_STATES)]
    found = {}
    for name in names:
        one = Participant(id=name, name=name, kind="state_police", permissions=list(Permission))
        hub.registry.participants.put(one)
        found[name] = machine(one)
    return found


def _fill(hub: Hub, many: int) -> None:
    """What stood in the index before, taken in and matched as a port is."""
    told = list(children(77, many, first=500_000_000))
    for start in range(0, many, 500):
        with hub.store.write() as work:
            by_owner: dict[str, list[ChildRecord]] = {}
            for number, record in enumerate(told[start : start + 500]):
                owned = _owned(record, start + number)
                by_owner.setdefault(owned.ref.participant, []).append(owned)
            for owner, records in by_owner.items():
                hub.flow.index(work, owner, records, matching=False)
    hub.match_all()


def _owned(record: ChildRecord, number: int) -> ChildRecord:
    who = "police" if record.kind == "missing" else "cci"
    ref = record.ref.model_copy(update={"participant": f"{who}-{number % _STATES:02}"})
    return record.model_copy(update={"ref": ref})


def _outages(seed: int) -> dict[str, tuple[dt.datetime, dt.datetime]]:
    """A fifth of the systems are away once, for one to eight hours."""
    chance = random.Random(seed)
    names = [f"{who}-{n:02}" for who in ("police", "cci") for n in range(_STATES)]
    found = {}
    for name in chance.sample(names, len(names) // 5):
        begin = _DAY + dt.timedelta(hours=chance.uniform(0, 15))
        found[name] = begin, begin + dt.timedelta(hours=chance.uniform(1, 8))
    return found


What = ChildRecord | Search


def _arrivals(
    callers: dict[str, Caller], times: int, seed: int, clock: Clock, day: Day, courier: Courier, hub: Hub
) -> Iterator[What]:
    """Everything of the day in order; the clock and the courier move on between."""
    chance = random.Random(seed)
    many = (_MISSING + _FOUND) * times
    records = list(children(seed + 1_000, 2 * max(_MISSING, _FOUND) * times, first=700_000_000))
    missing = [one for one in records if one.kind == "missing"][: _MISSING * times]
    found = [one for one in records if one.kind != "missing"][: _FOUND * times]
    whats: list[tuple[dt.datetime, What]] = [
        (_moment(chance), _owned(one, number)) for number, one in enumerate([*missing, *found])
    ]
    whats += [(_moment(chance), _search(chance, missing + found)) for _ in range(_SEARCHES * times)]
    assert len(whats) == many + _SEARCHES * times
    for moment, what in sorted(whats, key=lambda one: one[0]):
        while clock.now + _TICK <= moment:
            clock.now += _TICK
            _tick(hub, courier, day)
        clock.now = max(clock.now, moment)
        yield what


def _moment(chance: random.Random) -> dt.datetime:
    (hour,) = chance.choices(range(24), _BY_HOUR)
    return _DAY + dt.timedelta(hours=hour, seconds=chance.uniform(0, 3_600))


def _search(chance: random.Random, known: list[ChildRecord]) -> Search:
    """Half by a name that may be there, half by place and age."""
    one = chance.choice(known)
    if one.names and chance.random() < 0.5:
        return Search(name=one.names[0].text, limit=20)
    return Search(state=chance.choice((9, 10, 19, 27, 23)), gender=one.gender, age_years_from=5, age_years_to=12)


def _do(hub: Hub, callers: dict[str, Caller], what: What, day: Day) -> None:
    begun = time.perf_counter()
    if isinstance(what, Search):
        hub.search(callers["police-00"], what)
        day.searches += 1
        day.search_ms.append(1000 * (time.perf_counter() - begun))
        return
    caller = callers[what.ref.participant]
    reply = hub.submit_records(caller, SubmitRecords(message_id=f"day-{day.records:08}", records=[what]))
    assert reply.outcomes[0].answer.value == "accepted", reply
    day.records += 1
    day.receive_ms.append(1000 * (time.perf_counter() - begun))


def _tick(hub: Hub, courier: Courier, day: Day) -> None:
    with hub.store.read() as work:
        day.deepest = max(day.deepest, work.outbox.count_owed())
    courier.deliver()


def _drain(hub: Hub, courier: Courier, clock: Clock, day: Day) -> None:
    """Until nothing is owed; those who were away come back."""
    for _ in range(1_000):
        with hub.store.read() as work:
            if not work.outbox.count_owed():
                return
        clock.now += _TICK
        courier.deliver()
    raise AssertionError("something is still owed after three days")


def _account(hub: Hub, receivers: Receivers, day: Day) -> None:
    """Everything that came in is there, everything owed was taken once."""
    with hub.store.read() as work:
        counts: Counter[str] = Counter()
        for _, state, many in work.outbox.counts():
            counts[state] += many
        day.wait_minutes = work.outbox.waits()
    day.owed, day.delivered = counts.total(), counts["done"]
    day.twice = sum(many > 1 for many in receivers.told.values())
    day.accounted = counts["done"] == len(receivers.told) and not (counts["owed"] + counts["dead"] + counts["doubt"])
    assert day.accounted, counts
    assert day.twice == 0


def _share(values: list[float], share: float) -> float:
    return sorted(values)[min(int(share * len(values)), len(values) - 1)] if values else 0.0


def row(kind: str, fill: int, times: int, day: Day) -> str:
    """One line of the table."""
    cells: list[Any] = [kind, f"{fill:,}", f"{times}", f"{day.records:,}", f"{day.searches:,}"]
    for values in (day.receive_ms, day.search_ms):
        cells.append(", ".join(f"{_share(values, share):.0f}" for share in (0.5, 0.95, 0.99)))
    cells += [f"{day.owed:,}", f"{day.deepest:,}", f"{statistics.median(day.wait_minutes or [0]):.0f}"]
    cells += [f"{_share(day.wait_minutes, 0.95):.0f}", f"{day.seconds:,.0f}", "all, once" if day.accounted else "NO"]
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """Run the day on each database and print its line."""
    asked = _arguments()
    configure("json", "critical")
    lines = []
    for kind in asked.databases:
        for times in asked.times:
            with tempfile.TemporaryDirectory() as folder, server(kind, Path(folder) / kind) as where:
                day = run(database(where, "day"), asked.fill, times)
            lines.append(row(kind, asked.fill, times, day))
            print(lines[-1], flush=True)
            if asked.write:
                sections.put(asked.write, "national_day", _text(lines))


def _text(lines: list[str]) -> list[str]:
    return [
        "## A national day, run",
        "",
        f"{_MISSING} new missing, {_FOUND} found and {_SEARCHES:,} searches over the hours of a day in India, and",
        f"ten times that as at a festival; one process, {2 * _STATES} participants, a fifth of them away one to eight",
        "hours. The clock runs ahead, all else is real. p50, p95, p99 are of the call itself, matched at once, no",
        "HTTP (benchmarks.md has it). The wait is from a notice's cause to its receiver's answer in the day's own",
        "time: the courier looks every five minutes of it here, and those who are away are waited for.",
        sections.machine(),
        "",
        "| database | index before | times | records | searches | record p50, p95, p99 ms | search p50, p95, p99 ms | "
        "notices | deepest queue | wait p50 min | wait p95 min | took s | delivered |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|",
        *lines,
    ]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--databases", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--times", nargs="+", type=int, default=[1, 10])
    parser.add_argument("--fill", type=int, default=20_000, help="records in the index before the day begins")
    parser.add_argument("--write", type=Path, help="file whose section on this is replaced")
    return parser.parse_args()


if __name__ == "__main__":
    main()
