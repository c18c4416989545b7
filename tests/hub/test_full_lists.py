"""A child with all the proposals it may have: who comes behind them costs nothing, who is better steps in."""

from collections.abc import Callable
from typing import Any

import pytest

from contracts import ChildRecord
from contracts.exchange import MatchState
from hub.core import Core
from hub.flow import Flow
from hub.index import Store

Make = Callable[..., ChildRecord]


class Full:
    """A hub where two proposals stand for a child, and what its core was asked to score."""

    def __init__(self, store: Store, core: Core) -> None:
        self.scored: list[int] = []
        two: Any = type(core)()
        two.best, plain = 2, two.score

        def counted(searched: Any, found: Any) -> Any:
            self.scored.append(len(searched) * len(found))
            return plain(searched, found)

        two.score = counted
        self.flow = Flow(store, two)

    def take_in(self, record: ChildRecord) -> int:
        """How many times pairs were scored for it."""
        before = len(self.scored)
        self.flow.receive(record.ref.participant, f"message-{record.ref.source_id}", [record])
        return len(self.scored) - before

    def standing(self) -> set[tuple[str, float]]:
        with self.flow.store.read() as work:
            return {(one.other.source_id, one.bits) for one in work.matches.best(MatchState.PROPOSED, 2, 10)}


@pytest.fixture
def full(store: Store, core: Core, child: Make, found: Make) -> Full:
    hub = Full(store, core)
    for record in (child("M1", "Asha Devi Rani"), found("F1", "Asha Devi"), found("F2", "Asha Rani")):
        hub.take_in(record)
    return hub


def test_one_that_comes_behind_all_that_stand_is_scored_once_and_changes_nothing(full: Full, found: Make) -> None:
    before = full.standing()
    assert full.take_in(found("F3", "Asha")) == 1
    assert full.standing() == before == {("F1", 6.0), ("F2", 6.0)}


def test_one_that_is_better_steps_in(full: Full, found: Make) -> None:
    full.take_in(found("F3", "Asha Devi Rani"))
    assert full.standing() == {("F3", 9.0), ("F1", 6.0)}
