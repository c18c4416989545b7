"""A message is taken in whole or not at all, wherever it breaks off."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, func, select

from contracts import ChildRecord
from contracts.codes import Status
from contracts.exchange import MatchState
from hub.flow import Flow
from hub.index import Store
from hub.index.schema import metadata

Make = Callable[..., ChildRecord]


class BrokenOffError(Exception):
    """The power went."""


class Breaker:
    """Lets through a number of writing statements, then breaks off."""

    def __init__(self, store: Store) -> None:
        self.left: int | None = None
        event.listen(store.engine, "before_cursor_execute", self._before)

    def _before(self, _: Any, __: Any, statement: str, *rest: Any) -> None:
        if self.left is None or not statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            return
        if self.left == 0:
            raise BrokenOffError
        self.left -= 1


def _contents(store: Store) -> dict[str, int]:
    with store.engine.begin() as connection:
        counts = {t.name: connection.execute(select(func.count()).select_from(t)) for t in metadata.sorted_tables}
        return {name: result.scalar_one() for name, result in counts.items()}


def _everything(store: Store) -> list[tuple[Any, ...]]:
    with store.engine.begin() as connection:
        return [
            tuple(row)
            for table in metadata.sorted_tables
            for row in connection.execute(select(table).order_by(*table.c))
        ]


def test_a_message_broken_off_at_any_write_leaves_nothing(flow: Flow, store: Store, child: Make, found: Make) -> None:
    flow.receive("police-br", "message-0", [child("M1"), child("M2", "Ravi Kumar")])
    flow.receive("cci-dl", "message-0", [found("F2", "Ravi Kumar")])
    with store.read() as work:
        match_id = work.matches.best(MatchState.PROPOSED, 2, 10)[0].match_id
    flow.decide(match_id, MatchState.CONFIRMED, "officer:a", "same mark")
    message = [found("F1"), found("F2", "Ravi Kumar", status=Status.RESTORED, version=2)]
    breaker, before, broken = Breaker(store), _everything(store), 0
    while True:
        breaker.left = broken
        try:
            flow.receive("cci-dl", "message-1", message)
        except BrokenOffError:
            assert _everything(store) == before
            broken += 1
        else:
            break
    breaker.left = None
    assert broken > 8
    counts = _contents(store)
    assert (counts["records"], counts["matches"], counts["inbox"]) == (4, 2, 3)


def test_a_decision_broken_off_at_any_write_leaves_nothing(flow: Flow, store: Store, child: Make, found: Make) -> None:
    flow.receive("police-br", "message-0", [child("M1")])
    flow.receive("cci-dl", "message-0", [found("F1")])
    with store.read() as work:
        match_id = work.matches.best(MatchState.PROPOSED, 2, 10)[0].match_id
    breaker, before, broken = Breaker(store), _everything(store), 0
    while True:
        breaker.left = broken
        try:
            flow.decide(match_id, MatchState.CONFIRMED, "officer:a", "same mark")
        except BrokenOffError:
            assert _everything(store) == before
            broken += 1
        else:
            break
    assert broken == 3


@pytest.mark.parametrize("error", [BrokenOffError])
def test_a_defect_passes_through_unchanged(store: Store, error: type[Exception]) -> None:
    with pytest.raises(error), store.write():
        raise error
