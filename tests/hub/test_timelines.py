"""One timeline per child across all owners: in order of time, and no more than GetCase would tell of each record."""

import datetime
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import registry
from contracts import (
    CaseEvent,
    ChildRecord,
    Officer,
    Participant,
    ParticipantKind,
    Permission,
    Purpose,
    Refused,
)
from contracts.events import CaseEventKind
from contracts.exchange import GetCase, MatchState, SubmitEvents, SubmitRecords
from contracts.timelines import CustodyState, GetTimeline, Timeline
from hub.access import EVERYWHERE, Caller, Role, Scope, machine, person
from hub.app import Hub
from hub.index import Store
from hub.settings import Settings

Make = Callable[..., ChildRecord]
WHY: dict[str, Any] = {"purpose": Purpose.INQUIRY, "case": "FIR 1/2026"}
COMMITTEE = person(Officer(id="cwc.demo", role="committee"), Role.COMMITTEE, EVERYWHERE)
STRANGER = person(Officer(id="else.where", role="committee"), Role.COMMITTEE, Scope(districts=frozenset({999})))


def _participant(name: str, kind: ParticipantKind) -> Participant:
    return Participant(id=name, name=name, kind=kind, permissions=list(Permission))


POLICE, HOME = (
    _participant("police-br", ParticipantKind.STATE_POLICE),
    _participant("cci-dl", ParticipantKind.CCI),
)


@pytest.fixture
def hub(store: Store) -> Iterator[Hub]:
    registry.seed(store.engine)
    made = Hub(Settings(tell_bits=-50, propose_bits=-50), store)
    for one in (POLICE, HOME):
        made.registry.participants.put(one)
    yield made


def step(record: ChildRecord, kind: CaseEventKind, day: int, institution: str | None = None) -> CaseEvent:
    at = datetime.datetime(2026, 1, day, 6, tzinfo=datetime.UTC)
    return CaseEvent(event_id=f"{kind}-{day}", ref=record.ref, kind=kind, at=at, institution=institution)


@pytest.fixture
def pair(hub: Hub, child: Make, found: Make) -> tuple[str, str]:
    """A girl missing and the one in a home who is like her, each with the steps its owner told; their ids."""
    missing, seen = child("M1", "Zubaida Khatoon Ansari"), found("F1", "Zubeda Khatun Ansari")
    kinds = CaseEventKind
    told = [
        (POLICE, missing, [step(missing, kinds.RESTORED, 20), step(missing, kinds.REPORTED, 2)]),
        (HOME, seen, [step(seen, kinds.FOUND, 5), step(seen, kinds.PLACED, 6, "dl:cci:asha")]),
    ]
    for owner, record, steps in told:
        hub.submit_records(machine(owner), SubmitRecords(message_id="message-1", records=[record]))
        hub.submit_events(machine(owner), SubmitEvents(message_id="message-2", events=steps))
    (match,) = hub.matches(COMMITTEE, MatchState.PROPOSED)
    return match.hub_id, match.other_hub_id


def confirm(hub: Hub, state: MatchState = MatchState.CONFIRMED) -> None:
    (match,) = hub.matches(COMMITTEE, MatchState.PROPOSED)
    hub.decide(COMMITTEE, match.match_id, state, "The mother knew her.")


def asked(hub: Hub, caller: Caller, hub_id: str) -> Timeline:
    return hub.timeline(caller, GetTimeline(hub_id=hub_id, **WHY))


def told(timeline: Timeline) -> list[tuple[str, str]]:
    return [(event.ref.participant, event.kind.value) for event in timeline.events]


def test_records_confirmed_as_one_child_have_one_timeline_in_order_of_time(hub: Hub, pair: tuple[str, str]) -> None:
    confirm(hub)
    whole = [("police-br", "reported"), ("cci-dl", "found"), ("cci-dl", "placed"), ("police-br", "restored")]
    for hub_id in pair:
        timeline = asked(hub, COMMITTEE, hub_id)
        assert told(timeline) == whole
        assert {one.hub_id for one in timeline.records} == set(pair) and timeline.records[0].hub_id == hub_id
        assert [one.confirmed_at is None for one in timeline.records] == [True, False]
        assert timeline.custody is not None and timeline.custody.state is CustodyState.WITH_FAMILY
        assert timeline.custody.since == datetime.date(2026, 1, 20) and timeline.left_out == 0


@pytest.mark.parametrize("state", [None, MatchState.REJECTED])
def test_a_match_that_nobody_confirmed_joins_nothing(hub: Hub, pair: tuple[str, str], state: MatchState | None) -> None:
    if state is not None:
        confirm(hub, state)
    timeline = asked(hub, COMMITTEE, pair[1])
    assert told(timeline) == [("cci-dl", "found"), ("cci-dl", "placed")]
    assert timeline.custody is not None and timeline.custody.institution == "dl:cci:asha"
    assert (len(timeline.records), timeline.left_out) == (1, 0)


def test_an_asker_without_tie_sees_no_more_than_the_case_tells(hub: Hub, pair: tuple[str, str]) -> None:
    confirm(hub)
    for hub_id in pair:
        case, timeline = hub.case(STRANGER, GetCase(hub_id=hub_id, **WHY)), asked(hub, STRANGER, hub_id)
        assert case.events == timeline.events == [] and case.matches == []
        assert [one.hub_id for one in timeline.records] == [hub_id]
        assert timeline.custody is None and timeline.left_out == 0


def test_an_owners_machine_is_told_its_own_steps_and_that_there_are_others(hub: Hub, pair: tuple[str, str]) -> None:
    confirm(hub)
    for why in (WHY, {}):
        timeline = hub.timeline(machine(HOME), GetTimeline(hub_id=pair[1], **why))
        assert told(timeline) == [("cci-dl", "found"), ("cci-dl", "placed")]
        assert ([one.hub_id for one in timeline.records], timeline.left_out) == ([pair[1]], 1)


def test_purpose_and_case_are_stated_and_the_entry_is_there(hub: Hub, pair: tuple[str, str]) -> None:
    lacking = [
        (GetTimeline(hub_id=pair[0]), "no_purpose_stated"),
        (GetTimeline(hub_id=pair[0], purpose=Purpose.INQUIRY), "no_case_stated"),
        (GetTimeline(hub_id="A" * 22, **WHY), "unknown_case"),
    ]
    for wanted, code in lacking:
        with pytest.raises(Refused) as refused:
            hub.timeline(COMMITTEE, wanted)
        assert refused.value.code == code
    barred = machine(HOME.model_copy(update={"permissions": [Permission.SEARCH]}))
    with pytest.raises(Refused) as refused:
        hub.timeline(barred, GetTimeline(hub_id=pair[1], **WHY))
    assert refused.value.code == "not_permitted"


def test_the_look_is_in_the_audit_of_every_record_that_was_told_of(hub: Hub, pair: tuple[str, str]) -> None:
    confirm(hub)
    asked(hub, COMMITTEE, pair[0])
    for hub_id in pair:
        (line,) = [one for one in hub.accesses(COMMITTEE, hub_id) if one.act == "see_record"]
        assert (line.who, line.case) == ("officer:cwc.demo", "FIR 1/2026")
