"""How long a sweep of a million cases takes: a usual day's share, and every case having something to be said at once.

    python -m benchmarks.sweep --cases 1000000 --write docs/benchmarks.md

Cases are spread over all districts and 36 owners, each with three duties. In the usual sweep those moments have come
that come within a day; in the full one a moment has come in every case, a warning in half of them and an escalation in
the other half. Each ends as the sweep of a hub does: calls and notices are in the database, on the disk.
"""

import argparse
import datetime as dt
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from benchmarks import sections
from benchmarks.databases import KINDS, database, server
from contracts import AreaKind
from hub.app import Hub
from hub.index import dialect
from hub.index.case_tables import case_duties, cases
from hub.index.schema import outbox
from hub.logs import configure
from hub.settings import Settings

NOW = dt.datetime(2026, 6, 1, 4, 0, tzinfo=dt.UTC)
_DUTIES = (("SIR", 15, 5), ("ICP", 30, 7), ("CWC_FINAL", 120, 30))
_DAY = dt.timedelta(days=1)
_PART = 20_000


def fill(hub: Hub, many: int, seed: int) -> None:
    """Cases opened over the last four months and what they owe, all of it in the future."""
    chance, districts = random.Random(seed), hub.areas(AreaKind.DISTRICT)
    states = {area.lgd: hub.registry.areas.lineage(area.id, NOW.date())[-1].lgd for area in districts}
    for first in range(1, many + 1, _PART):
        rows = range(first, min(first + _PART, many + 1))
        with hub.store.write() as work:
            dialect.insert_many(work.connection, cases, [_case(row, chance, states) for row in rows])
            duties = [one for row in rows for one in _duties(row, chance)]
            dialect.insert_many(work.connection, case_duties, duties)


def _case(row: int, chance: random.Random, states: dict[Any, Any]) -> dict[str, Any]:
    district = chance.choice(list(states))
    opened = NOW - dt.timedelta(days=chance.uniform(1, 120))
    return {
        "row": row,
        "hub_id": f"case-of-benchmark-{row:08}",
        "participant": f"owner-{row % 36:02}",
        "source_id": f"R{row}",
        "machine": "cncp",
        "statute": "cncp-jj2015",
        "state": "placed",
        "ended": False,
        "opened": opened,
        "known_since": opened,
        "committee": None,
        "lgd_state": states[district],
        "district": district,
        "veil": 0,
        "updated": opened,
    }


def _duties(row: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    for code, span, warned in _DUTIES:
        due = NOW + dt.timedelta(days=chance.uniform(warned, span))
        at = due - dt.timedelta(days=warned)
        yield {"row": row, "code": code, "turn": 1, "due": due, "stage": 0, "at": at}


def swept(hub: Hub, now: dt.datetime) -> dict[str, float]:
    """One sweep: seconds, duties told of, notices owed by it."""
    begun = time.perf_counter()
    report = hub.casework.sweep(now=now)
    took = time.perf_counter() - begun
    return {"seconds": took, "looked": report.looked, "warned": report.warned, "missed": report.missed} | {
        "sent": report.sent
    }


def all_at_once(hub: Hub, many: int) -> None:
    """A moment has come in every case: the first duty of each, half of them over."""
    with hub.store.write() as work:
        first = case_duties.c.code == "SIR"
        over = first & (case_duties.c.row % 2 == 0)
        soon = NOW + 3 * _DAY
        change = case_duties.update()
        work.connection.execute(change.where(first).values(stage=0, at=NOW, due=soon))
        work.connection.execute(change.where(over).values(stage=0, at=NOW, due=NOW))
        counted = select(func.count()).select_from(case_duties).where(first)
        assert work.connection.execute(counted).scalar_one() == many


def measure(url: str, many: int, seed: int) -> tuple[dict[str, float], dict[str, float]]:
    """(a day's share, every case at once)."""
    hub = Hub.open(Settings(database=url))
    try:
        fill(hub, many, seed)
        day = swept(hub, NOW + _DAY)
        all_at_once(hub, many)
        whole = swept(hub, NOW + _DAY)
        assert whole["looked"] >= many, whole
        with hub.store.read() as work:
            owed = work.connection.execute(select(func.count()).select_from(outbox)).scalar_one()
        assert owed == day["sent"] + whole["sent"]
        return day, whole
    finally:
        hub.close()


def main() -> None:
    """Fill, sweep and print a line for each database."""
    asked = _arguments()
    configure("json", "critical")
    lines = []
    with tempfile.TemporaryDirectory() as name:
        for kind in asked.databases:
            with server(kind, Path(name) / kind) as where:
                day, whole = measure(database(where, "sweep"), asked.cases, asked.seed)
            lines += [_line(kind, "a day's share", day), _line(kind, "every case", whole)]
            print("\n".join(lines[-2:]), flush=True)
    if asked.write:
        sections.put(asked.write, "sweep", _text(asked, [*_of_before(asked), *lines]))


def _of_before(asked: argparse.Namespace) -> list[str]:
    """Lines of the databases that were not measured now: each is filled and swept for minutes."""
    _, _, rest = asked.write.read_text(encoding="utf-8").partition("<!-- sweep: written")
    others = tuple(f"| {kind} |" for kind in KINDS if kind not in asked.databases)
    return [line for line in rest.partition("<!-- sweep: end")[0].splitlines() if line.startswith(others)]


def _line(kind: str, what: str, one: dict[str, float]) -> str:
    counted = " | ".join(f"{one[name]:,.0f}" for name in ("looked", "warned", "missed", "sent"))
    return f"| {kind} | {what} | {counted} | {one['seconds']:.1f} |"


def _text(asked: argparse.Namespace, lines: list[str]) -> list[str]:
    return [
        "## Sweep of the cases",
        "",
        f"{asked.cases:,} cases with three duties each, seed {asked.seed}; one process. A notice is owed for each",
        "warning and each escalation, in the transaction that notes it. Asked: 1,000,000 cases in under 60 s.",
        "",
        "| database | sweep | duties | warned | escalated | notices | seconds |",
        "|---|---|--:|--:|--:|--:|--:|",
        *lines,
        "",
        sections.machine(),
    ]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--databases", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--write", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
