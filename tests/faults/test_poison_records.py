"""One in a hundred is poison: its neighbours go on at once, and after the fix each of the poisoned is done once."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.app import Hub
from hub.letters import Filter
from tests.faults.conftest import Owe, Register, states
from tests.faults.crew import Crew
from tests.faults.figures import LONG, p95, stated
from tests.faults.stubs import Stub, serving

NOTICES = 10_000 if LONG else 300
_PATIENCE = 1_800 if LONG else 90


@pytest.fixture
def database_url(postgres_url: str) -> str:
    return postgres_url


@pytest.mark.parametrize("status", [422, 500], ids=["refused", "fails"])
def test_poisoned_notices_delay_no_neighbour_and_are_told_once_after_the_fix(
    hub: Hub, database_url: str, adapters: Path, register: Register, owe: Owe, status: int
) -> None:
    sound, mixed = Stub(dedupes=True), Stub(dedupes=True)
    mixed.poison = {f"mixed-{n:05}": status for n in range(37, NOTICES, 100)}
    variant = "the owner refuses" if status == 422 else "the owner's system fails"
    with stated("poison_records", variant) as row, serving({"sound": sound, "mixed": mixed}) as address:
        for name in ("sound", "mixed"):
            # A hundred that fail on and on use up an hour's budget of failures; what waits for the next hour is whole
            # in the end too, but not within a test.
            register(name, "stub", f"{address}/{name}", timeout=5, failures_per_hour=100_000)
        crew = Crew(database_url, adapters, size=1)
        try:
            crew.ready()
            owed = _owed_side_by_side(owe)
            _wait(lambda: len(mixed.effects) == NOTICES - len(mixed.poison) and len(sound.effects) == NOTICES)
            delays = [mixed.at[f"mixed-{n:05}"] - owed[n] for n in range(NOTICES) if f"mixed-{n:05}" in mixed.effects]
            normal = [sound.at[f"sound-{n:05}"] - owed[n] for n in range(NOTICES)]
            poisoned, mixed.poison = set(mixed.poison), {}
            _replay(hub, len(poisoned), status)
            _wait(lambda: len(mixed.effects) == NOTICES)
            _wait(lambda: states(hub) == {"done": 2 * NOTICES})
        finally:
            crew.end()
        later = max(delays) - max(normal)
        row.cases = len(poisoned)
        row.figures = {
            "neighbours": len(delays),
            "latest neighbour": f"{later:+.2f} s beside the latest where nothing is poison",
            "p95": f"{p95(delays) - p95(normal):+.2f} s",
            "told once after the fix": sum(mixed.effects[one] == 1 for one in poisoned),
        }
        assert later <= 1.0
        assert set(mixed.effects.values()) == {1}
        assert poisoned <= set(mixed.effects)


def _owed_side_by_side(owe: Owe) -> list[float]:
    """Both are owed the same at the same times; when each was owed."""
    owed = []
    for n in range(NOTICES):
        owe("sound", 1, first=n)
        owe("mixed", 1, first=n)
        owed.append(time.monotonic())
        time.sleep(0.05)  # slower than a lane, so that nobody waits for its own kind
    return owed


def _replay(hub: Hub, many: int, status: int) -> None:
    """What was refused waits for a person; what failed is tried again by itself."""
    if status == 422:
        _wait(lambda: hub.count_letters(Filter()) == {"mixed": many})
        assert hub.replay_letters(Filter(participant="mixed", code="refused_by_source")) == {"mixed": many}


def _wait(there: Callable[[], bool]) -> None:
    until = time.monotonic() + _PATIENCE
    while not there():
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.02)
