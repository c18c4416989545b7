"""How a test of a fault states its row of the table in docs/reliability.md.

    with stated("killed_workers", "SQLite") as row:
        ...
        row.cases, row.figures["lost"] = kills, 0

The row is written when the block ends, held or not: one JSON line in the file named by ``TRACKCHILD_FAULT_RESULTS``, if
one is named. ``trackchild faults run`` gathers them. A fault ``NAME`` is tried by ``test_NAME.py``.
"""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

#: ``make faults`` sets it: the whole figures of issue 4 instead of the short form.
LONG = os.environ.get("TRACKCHILD_FAULTS") == "long"
_RESULTS = "TRACKCHILD_FAULT_RESULTS"

#: Name -> (the fault, what it must show), in the order of the table.
FAULTS = {
    "killed_workers": (
        "`kill -9` of random workers while notices are delivered, half of them to systems that cannot deduplicate",
        "0 lost, 0 duplicate effects, order kept",
    ),
    "ended_workers": ("SIGTERM while a system answers slowly, or not at all", "ended within 10 s; 0 lost"),
    "crash_points": ("kill at every named crash point of one full cycle", "all recovered"),
    "killed_api": ("API killed between commit and reply, the client retries", "replies byte-identical"),
    "killed_database": (
        "PostgreSQL killed under load; standby promoted",
        "every acknowledged commit present; back in 10 s; nothing resent",
    ),
    "full_disk": (
        "disk full, EIO",
        "0 acknowledgements without durability; not ready within 5 s; heals by itself",
    ),
    "long_absence": (
        "participant down 72 h (virtual clock)",
        "0 lost, order kept, drained at 80 % or more of the normal rate; others' p95 at most 1.1 times",
    ),
    "slow_participant": (
        "slow participant (30 s replies; 1 byte/s)",
        "others' p95 at most 1.1 times; at most 4 connections held",
    ),
    "poison_records": (
        "1 % poison records",
        "neighbours delayed by at most 1 s; after the fix all replayed once",
    ),
    "histories": ("duplicates and reordering (Hypothesis)", "the same final state for every order"),
    "bad_replies": ("replies of 40 bad kinds", "each classed as catalogued; memory bounded"),
    "wrong_clocks": ("clock off by 5 min, 1 h, 1 day", "accepted, or refused by name; nothing lost"),
    "soak": ("soak at 70 % load", "memory within 5 %, descriptors flat"),
    "seeded_bugs": ("the harness itself: 12 seeded bugs", "12 of 12 caught"),
}


@dataclass
class Row:
    """One fault as it was tried: ``figures`` by what they count, with their unit in the name or the value."""

    name: str
    variant: str = ""
    cases: int = 0
    figures: dict[str, str | int | float] = field(default_factory=dict)
    passed: bool = False
    seconds: float = 0.0


@contextmanager
def stated(name: str, variant: str = "") -> Iterator[Row]:
    """State the row of a fault; ``variant`` where it is tried several ways (a database, a kind of slowness)."""
    row, begun = Row(name, variant), time.monotonic()
    fault, must_show = FAULTS[name]
    try:
        yield row
        row.passed = True
    finally:
        row.seconds = round(time.monotonic() - begun, 1)
        place = {"fault": fault, "must_show": must_show, "form": "long" if LONG else "short"}
        _write(asdict(row) | place | {"number": list(FAULTS).index(name) + 1})


def database_of(url: str) -> str:
    """Which database a test runs on, for ``variant``."""
    return "SQLite" if url.startswith("sqlite") else "PostgreSQL"


def p95(seconds: list[float]) -> float:
    """The 95th percentile, by nearest rank."""
    return sorted(seconds)[max(0, -(-len(seconds) * 95 // 100) - 1)]


def _write(row: dict[str, object]) -> None:
    if where := os.environ.get(_RESULTS):
        with Path(where).open("a", encoding="utf-8") as results:  # one write, so that several processes may do it
            results.write(json.dumps(row) + "\n")
