"""Who holds a child: the last step that changed it, or an owner's word where that is newer."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from contracts import CaseEvent, ChildRecord, InstitutionKind
from contracts.events import CaseEventKind
from contracts.record import Custodian
from contracts.timelines import Custody, CustodyState
from hub.casework.custody import custody_of

Make = Callable[..., ChildRecord]
NOW = datetime.datetime(2026, 6, 1, tzinfo=datetime.UTC)


def day(number: int) -> datetime.date:
    return datetime.date(2026, 3, number)


def held(found: Make, institution: str | None, since: datetime.date | None, name: str | None = None) -> ChildRecord:
    return found("F1", custodian=Custodian(institution=institution, name=name, since=since))


def step(found: Make, kind: str, number: int, institution: str | None = None, **more: Any) -> CaseEvent:
    at = datetime.datetime(2026, 3, number, 6, tzinfo=datetime.UTC)
    ref = found("F1").ref
    named = {"event_id": f"{kind}-{number}", "ref": ref, "kind": CaseEventKind(kind), "at": at}
    return CaseEvent(**named, institution=institution, **more)


def where(custody: Custody | None) -> tuple[CustodyState, str | None, datetime.date | None] | None:
    return None if custody is None else (custody.state, custody.institution, custody.since)


def test_nobody_knows_while_nothing_that_changes_it_was_told(found: Make) -> None:
    assert custody_of([found("F1")], [step(found, "produced", 1, "dl:cwc:77")], NOW) is None


@pytest.mark.parametrize(
    ("last", "state", "institution"),
    [
        ("transferred", CustodyState.HELD, "dl:cci:b"),
        ("restored", CustodyState.WITH_FAMILY, None),
        ("ran_away", CustodyState.RAN_AWAY, None),
        ("deceased", CustodyState.DECEASED, None),
    ],
)
def test_the_last_step_holds_in_whichever_order_they_were_told(
    found: Make, last: str, state: CustodyState, institution: str | None
) -> None:
    steps = [step(found, last, 9, "dl:cci:b"), step(found, "placed", 2, "dl:cci:a")]
    assert where(custody_of([], steps, NOW)) == (state, institution, day(9))


def test_the_day_of_a_step_is_the_day_in_india(found: Make) -> None:
    late = step(found, "placed", 2, "dl:cci:a").model_copy(
        update={"at": datetime.datetime(2026, 3, 2, 20, tzinfo=datetime.UTC)}
    )
    assert where(custody_of([], [late], NOW)) == (CustodyState.HELD, "dl:cci:a", day(3))


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        (day(9), (CustodyState.HELD, "dl:cci:b", day(9))),
        (day(5), (CustodyState.RAN_AWAY, None, day(5))),
        (day(2), (CustodyState.RAN_AWAY, None, day(5))),
        (None, (CustodyState.RAN_AWAY, None, day(5))),
        (datetime.date(2026, 7, 1), (CustodyState.RAN_AWAY, None, day(5))),
    ],
)
def test_the_custodian_of_a_record_goes_before_only_what_is_older(
    found: Make, since: datetime.date | None, expected: Any
) -> None:
    assert where(custody_of([held(found, "dl:cci:b", since)], [step(found, "ran_away", 5)], NOW)) == expected


def test_who_orders_a_placement_does_not_hold_the_child(found: Make) -> None:
    ordered = step(found, "placed", 5, "dl:cwc:77", by=InstitutionKind.CWC)
    assert where(custody_of([], [ordered], NOW)) == (CustodyState.HELD, None, day(5))
    said = custody_of([held(found, "dl:cci:b", day(5))], [ordered], NOW)
    assert where(said) == (CustodyState.HELD, "dl:cci:b", day(5))


def test_a_step_that_is_yet_to_come_changes_nothing(found: Make) -> None:
    planned = step(found, "restored", 20)
    now = datetime.datetime(2026, 3, 10, tzinfo=datetime.UTC)
    assert where(custody_of([], [step(found, "placed", 2, "dl:cci:a"), planned], now)) == (
        CustodyState.HELD,
        "dl:cci:a",
        day(2),
    )


def test_the_newest_word_of_several_owners_holds(found: Make) -> None:
    words = [held(found, "dl:cci:a", day(4)), held(found, None, day(6), name="A fit person"), found("F3")]
    said = custody_of(words, [], NOW)
    assert said is not None and (said.name, said.since, said.told_by) == ("A fit person", day(6), "cci-dl")
