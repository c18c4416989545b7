"""The look without blocking finds what shares no key, once, and goes on where it was broken off."""

import time
from collections.abc import Callable, Iterator

import pytest

from contracts import ChildRecord, Unready
from contracts.codes import Status
from contracts.exchange import MatchState
from hub.core import ModelCore
from hub.flow import Flow
from hub.holding import Holding
from hub.index import Store
from hub.looking import look_through
from hub.reports import LookReport

Make = Callable[..., ChildRecord]
_SAYS_LITTLE: dict[str, object] = {"birth": None, "event": {}, "gender": None}
_core = ModelCore(b"test", propose_bits=-60.0)


class Looking:
    def __init__(self, store: Store) -> None:
        self.flow = Flow(store, _core)
        self.holding = Holding(store, _core)

    def look(self) -> LookReport:
        return look_through(self.flow, self.holding, 60.0)

    def tell(self, record: ChildRecord) -> None:
        self.flow.receive(record.ref.participant, f"message-{record.ref.source_id}-{record.ref.version}", [record])

    def standing(self) -> set[tuple[str, str]]:
        with self.flow.store.read() as work:
            proposed = work.matches.best(MatchState.PROPOSED, 2, 100)
        return {(one.ref.source_id, one.other.source_id) for one in proposed}


def patiently() -> Iterator[None]:
    """Again and again, for a while."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        yield
        time.sleep(0.05)


@pytest.fixture
def looking(store: Store) -> Looking:
    """A hub that looked once, so that what comes is looked at."""
    hub = Looking(store)
    assert hub.look().looked == 0
    return hub


def test_who_shares_no_key_is_proposed_by_the_look_whichever_side_came_last(
    looking: Looking, child: Make, found: Make
) -> None:
    looking.tell(child("M1", "Asha", **_SAYS_LITTLE))
    looking.look()
    looking.tell(found("F1", "Ravi", **_SAYS_LITTLE))
    assert looking.standing() == set()
    report = looking.look()
    assert (report.looked >= 1, report.proposed) == (True, 1)
    looking.tell(child("M2", "Meena", **_SAYS_LITTLE))
    assert looking.standing() == {("M1", "F1")}
    assert looking.look().proposed == 1
    assert looking.standing() == {("M1", "F1"), ("M2", "F1")}


def test_what_was_looked_at_is_not_looked_at_again(looking: Looking, child: Make, found: Make) -> None:
    for record in (child("M1", "Asha", **_SAYS_LITTLE), found("F1", "Ravi", **_SAYS_LITTLE)):
        looking.tell(record)
    assert looking.look().looked == 2
    # PostgreSQL numbers changes by transactions: while those of its other databases go on, it looks again.
    assert any(looking.look().looked == 0 for _ in patiently())


def test_what_the_look_found_stands_when_one_of_the_two_changes_and_falls_when_it_ends(
    looking: Looking, child: Make, found: Make
) -> None:
    for record in (child("M1", "Asha", **_SAYS_LITTLE), found("F1", "Ravi", **_SAYS_LITTLE)):
        looking.tell(record)
    looking.look()
    looking.tell(found("F1", "Ravi", version=2, **_SAYS_LITTLE))
    looking.tell(child("M1", "Asha Rani", version=2, **_SAYS_LITTLE))
    assert looking.standing() == {("M1", "F1")}
    looking.tell(found("F1", "Ravi", version=3, status=Status.RESTORED, **_SAYS_LITTLE))
    assert looking.standing() == set()


def test_a_look_that_was_broken_off_is_gone_on_with(
    looking: Looking, child: Make, found: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.looking._AT_ONCE", 1)
    for number in range(4):
        looking.tell(found(f"F{number}", "Ravi", **_SAYS_LITTLE))
    looking.tell(child("M1", "Asha", **_SAYS_LITTLE))

    def ends(done: int, _: int | None) -> None:
        if done == 2:
            raise Unready("process_ends", "It was told to end.")

    with pytest.raises(Unready):
        look_through(looking.flow, looking.holding, 60.0, ends)
    assert looking.look().looked >= 3
    assert looking.standing() == {("M1", f"F{number}") for number in range(4)}
