"""Workers that are killed at random lose nothing and do nothing twice."""

import time
from pathlib import Path

from hub.app import Hub
from tests.faults.conftest import Owe, Register, states
from tests.faults.crew import Crew
from tests.faults.figures import LONG, database_of, stated
from tests.faults.stubs import Stub, serving

PARTICIPANTS, NOTICES, KILLS = (36, 10_000, 200) if LONG else (5, 500, 4)
_EACH = NOTICES // PARTICIPANTS + (NOTICES % PARTICIPANTS > 0)
_MORE = 20
"""Owed to each when all is told and not enough were killed: nobody is killed who has nothing to do."""
_PATIENCE = 3_000 if LONG else 120


def test_random_kills_lose_no_notice_and_cause_no_effect_twice(
    hub: Hub, database_url: str, adapters: Path, register: Register, owe: Owe
) -> None:
    stubs = {f"stub-{n}": Stub(dedupes=n % 2 == 0, seconds=0.1) for n in range(PARTICIPANTS)}
    with stated("killed_workers", database_of(database_url)) as row, serving(stubs) as address:
        for name, stub in stubs.items():
            register(name, "stub" if stub.dedupes else "plain_stub", f"{address}/{name}")
            owe(name, _EACH)
        crew = Crew(database_url, adapters, size=2)
        try:
            crew.ready()
            each = _kill_until_all_is_told(crew, hub, stubs, owe)
        finally:
            crew.end()
        row.cases = crew.killed
        row.figures = {"deliveries": each * PARTICIPANTS, "participants": PARTICIPANTS} | _harm(stubs, each)
        assert states(hub) == {"done": each * PARTICIPANTS}
        assert _harm(stubs, each) == {"lost": 0, "effects twice": 0, "out of order": 0}


def _kill_until_all_is_told(crew: Crew, hub: Hub, stubs: dict[str, Stub], owe: Owe) -> int:
    """How many each was owed in the end."""
    until, each = time.monotonic() + _PATIENCE, _EACH
    while (owed := "owed" in states(hub)) or crew.killed < KILLS:
        assert time.monotonic() < until, states(hub)
        if not owed:
            for name in stubs:
                owe(name, _MORE, first=each)
            each += _MORE
        time.sleep(crew.chance.uniform(0.05, 0.5))
        if crew.killed < KILLS:
            crew.kill_one()
    return each


def _harm(stubs: dict[str, Stub], each: int) -> dict[str, int]:
    """What went wrong at all systems together, counted in notices; ``out of order`` in records."""
    wanted = {f"{name}-{n:05}" for name in stubs for n in range(each)}
    took = {notice for stub in stubs.values() for notice in stub.effects}
    return {
        "lost": len(wanted - took),
        "effects twice": sum(many - 1 for stub in stubs.values() for many in stub.effects.values()),
        "out of order": sum(told != sorted(told) for stub in stubs.values() for told in stub.order.values()),
    }
