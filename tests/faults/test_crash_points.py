"""Killed at any point of a full cycle, whoever begins again ends where nobody was killed."""

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import Pipe
from pathlib import Path

import pytest

from hub.settings import Settings
from tests.faults import cycle
from tests.faults.copies import Copies
from tests.faults.ends import Ended, ended
from tests.faults.figures import LONG, Row, database_of, stated
from tests.faults.forked import KILLED, done, started
from tests.faults.forked import ended as exit_of
from tests.faults.killing import needs_strace, under_strace
from tests.faults.stubs import Stub, serving

_POINTS, _CALLS = (320, 60) if LONG else (12, 4)
#: What reaches the disk or the network.
_SYSTEM_CALLS = ("write", "pwrite64", "fsync", "fdatasync", "ftruncate", "sendto")


@dataclass
class Trials:
    """A hub made ready for the cycle, copied for each trial, and how the cycle ends where nobody is killed."""

    copies: Copies
    settings: Settings
    stubs: dict[str, Stub]
    undisturbed: Ended
    points: list[str]
    folder: Path

    def begin(self) -> Settings:
        self.stubs.update(cycle.fresh_stubs())
        return self.settings.model_copy(update={"database": self.copies.fresh()})

    def recovers(self, settings: Settings) -> bool:
        """Begun again a day later, it ends as if nobody had been killed."""
        assert done(cycle.live, settings, None, None, 1) == 0
        return ended(settings.database, self.stubs) == self.undisturbed


@pytest.fixture
def trials(database_url: str, adapters: Path, tmp_path: Path) -> Iterator[Trials]:
    stubs = cycle.fresh_stubs()
    with serving(stubs) as address:
        settings = cycle.settled(database_url, adapters, address)
        copies = Copies(database_url)
        undisturbed = settings.model_copy(update={"database": copies.fresh()})
        assert done(cycle.live, undisturbed, None, tmp_path / "points") == 0
        points = (tmp_path / "points").read_text(encoding="utf-8").splitlines()
        yield Trials(copies, settings, stubs, ended(undisturbed.database, stubs), points, tmp_path)
        copies.drop()


def test_killed_at_any_statement_commit_call_or_step_of_a_cycle_it_is_recovered(
    trials: Trials, database_url: str
) -> None:
    with stated("crash_points", database_of(database_url)) as row:
        for at in _spread(len(trials.points), _POINTS):
            settings = trials.begin()
            _count(row, done(cycle.live, settings, at) == KILLED and trials.recovers(settings), trials.points[at - 1])
        _state(row, "points of the cycle", len(trials.points))


@needs_strace
def test_killed_at_any_system_call_that_writes_or_sends_it_is_recovered(trials: Trials, database_url: str) -> None:
    with stated("crash_points", f"{database_of(database_url)}, system calls") as row:
        counts = _system_calls(trials)
        found = [(call, n) for call in _SYSTEM_CALLS for n in range(1, counts.get(call, 0) + 1)]
        for at in _spread(len(found), _CALLS):
            call, n = found[at - 1]
            settings = trials.begin()
            killed = _traced(settings, f"inject={call}:signal=SIGKILL:when={n}") == KILLED
            _count(row, killed and trials.recovers(settings), f"{call} {n}")
        _state(row, "system calls of the cycle", len(found))


def _spread(many: int, wanted: int) -> list[int]:
    """So many numbers from 1 to ``many``, one by chance from each of as many equal parts."""
    if wanted >= many:
        return list(range(1, many + 1))
    chance, width = random.Random(4), many / wanted
    return [1 + int(width * (part + chance.random())) for part in range(wanted)]


def _count(row: Row, recovered: bool, where: str) -> None:
    row.cases += 1
    if not recovered:
        row.figures["not recovered"] = f"{row.figures.get('not recovered', '')} {where};".strip()


def _state(row: Row, what: str, many: int) -> None:
    """Cases by what they were killed at; those that ended otherwise fail the test by name."""
    row.figures[what] = many
    assert "not recovered" not in row.figures, row.figures["not recovered"]
    row.figures["recovered"] = row.cases


def _system_calls(trials: Trials) -> dict[str, int]:
    """How often the busiest thread makes each call in one cycle: strace counts by thread."""
    where = trials.folder / "calls"
    assert _traced(trials.begin(), f"trace={','.join(_SYSTEM_CALLS)}", where) == 0
    counts: dict[tuple[str, str], int] = {}
    for line in where.read_text(encoding="utf-8", errors="replace").splitlines():
        thread, _, call = line.partition(" ")
        name = call.strip().partition("(")[0]
        if name in _SYSTEM_CALLS:
            counts[name, thread] = counts.get((name, thread), 0) + 1
    return {name: max(many for (one, _), many in counts.items() if one == name) for name, _ in counts}


def _traced(settings: Settings, expression: str, where: Path = Path(os.devnull)) -> int:
    """One cycle under strace; how it ended."""
    ours, theirs = Pipe()
    process = started(cycle.live_traced, settings, theirs)
    with under_strace(process.pid, ",".join(_SYSTEM_CALLS), expression, where):
        ours.send("go")
        return exit_of(process)
