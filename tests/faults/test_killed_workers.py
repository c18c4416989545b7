"""Workers that are killed at random lose nothing and do nothing twice; those told to end do so in time."""

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.app import Hub
from tests.faults.conftest import LONG
from tests.faults.crew import Crew
from tests.faults.stubs import Stub, serving

PARTICIPANTS, NOTICES, KILLS = (36, 10_000, 200) if LONG else (5, 500, 4)
_PATIENCE = 1_800 if LONG else 120

Register = Callable[..., None]
Owe = Callable[[str, int], None]


def _states(hub: Hub) -> dict[str, int]:
    with hub.store.read() as work:
        counts = work.outbox.counts()
    return {state: sum(many for _, one, many in counts if one == state) for state in {one for _, one, _ in counts}}


def test_random_kills_lose_no_notice_and_cause_no_effect_twice(
    hub: Hub, database_url: str, adapters: Path, register: Register, owe: Owe
) -> None:
    stubs = {f"stub-{n}": Stub(dedupes=n % 2 == 0, seconds=0.1) for n in range(PARTICIPANTS)}
    with serving(stubs) as address:
        for name, stub in stubs.items():
            register(name, "stub" if stub.dedupes else "plain_stub", f"{address}/{name}")
            owe(name, NOTICES // PARTICIPANTS)
        crew = Crew(database_url, adapters, size=2)
        try:
            crew.ready()
            _kill_until_all_is_told(crew, hub)
        finally:
            crew.end()
    assert crew.killed >= KILLS
    assert _states(hub) == {"done": NOTICES // PARTICIPANTS * PARTICIPANTS}
    for name, stub in stubs.items():
        assert set(stub.effects) == {f"{name}-{n:05}" for n in range(NOTICES // PARTICIPANTS)}
        assert set(stub.effects.values()) == {1}, "told twice what it cannot know again"
        assert all(told == sorted(told) for told in stub.order.values()), "out of order"


def _kill_until_all_is_told(crew: Crew, hub: Hub) -> None:
    until = time.monotonic() + _PATIENCE
    while "owed" in _states(hub):
        assert time.monotonic() < until, _states(hub)
        time.sleep(crew.chance.uniform(0.05, 0.5))
        if crew.killed < KILLS:
            crew.kill_one()


@pytest.mark.parametrize(("seconds", "state"), [(1.0, "done"), (60.0, "owed")])
def test_a_worker_told_to_end_finishes_what_it_can_within_ten_seconds(
    hub: Hub, database_url: str, adapters: Path, register: Register, owe: Owe, seconds: float, state: str
) -> None:
    stub = Stub(dedupes=True, seconds=seconds)
    with serving({"slow": stub}) as address:
        register("slow", "stub", f"{address}/slow", timeout=90)
        owe("slow", 1)
        crew = Crew(database_url, adapters, size=1)
        try:
            crew.ready()
            while not stub.told:
                time.sleep(0.02)
            crew.working[0].send_signal(signal.SIGTERM)
            assert _ended(crew.working[0], 10) == 0
        finally:
            crew.end()
    assert _states(hub) == {state: 1}


def _ended(process: subprocess.Popen[str], seconds: float) -> int:
    return process.wait(seconds)
