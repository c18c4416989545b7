"""A case is kept with the step that changes it: its law for good, what it owes, what is wrong in it."""

import datetime
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import update

import registry
from contracts import (
    CaseEvent,
    ChildRecord,
    Diary,
    Institution,
    InstitutionKind,
    Level,
    NoticeKind,
    Officer,
    Participant,
    ParticipantKind,
    Permission,
)
from contracts.exchange import SubmitEvents, SubmitRecords
from contracts.places import DiaryKind
from hub.access import EVERYWHERE, Caller, Role, Scope, machine, person
from hub.app import Hub
from hub.index import Store
from hub.index.case_tables import cases
from hub.index.cases import MISSED, WARNED
from hub.settings import Settings

Make = Callable[..., ChildRecord]
START = datetime.datetime(2026, 3, 1, 6, 0, tzinfo=datetime.UTC)
COMMITTEE = person(Officer(id="cwc.demo", role="committee"), Role.COMMITTEE, EVERYWHERE)
ELSEWHERE = person(Officer(id="cwc.else", role="committee"), Role.COMMITTEE, Scope(districts=frozenset({999})))
HOME = Participant(id="cci-dl", name="Home", kind=ParticipantKind.CCI, permissions=list(Permission))
POLICE = Participant(id="police-br", name="Police", kind=ParticipantKind.STATE_POLICE, permissions=list(Permission))
GAYA = 196


@pytest.fixture
def hub(store: Store) -> Iterator[Hub]:
    registry.seed(store.engine)
    made = Hub(Settings(tell_bits=-50, propose_bits=50), store)
    for one in (POLICE, HOME):
        made.registry.participants.put(one)
    yield made


def days(number: float) -> datetime.datetime:
    return START + datetime.timedelta(days=number)


def step(kind: str, day: float, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "at": days(day), **more}


numbers = iter(range(10**6))


def tell(hub: Hub, record: ChildRecord, *steps: dict[str, Any]) -> list[CaseEvent]:
    owner = {"cci-dl": HOME, "police-br": POLICE}[record.ref.participant]
    hub.submit_records(machine(owner), SubmitRecords(message_id=f"message-{next(numbers)}", records=[record]))
    return steps_of(hub, owner, record, *steps)


def steps_of(hub: Hub, owner: Participant, record: ChildRecord, *steps: dict[str, Any]) -> list[CaseEvent]:
    events = [CaseEvent(event_id=f"e{next(numbers)}", ref=record.ref, **one) for one in steps]
    if events:
        hub.submit_events(machine(owner), SubmitEvents(message_id=f"message-{next(numbers)}", events=events))
    return events


def kept(hub: Hub, source_id: str = "F1", participant: str = "cci-dl") -> Any:
    with hub.store.read() as work:
        row = work.records.find(participant=participant, source_id=source_id)
        return work.cases.find(row.hub_id)


def owed(hub: Hub) -> dict[str, tuple[int, datetime.datetime | None]]:
    with hub.store.read() as work:
        return {one.code: (one.stage, one.at) for one in work.cases.owed(kept(hub).row)}


def rules(hub: Hub, caller: Caller = COMMITTEE) -> list[tuple[str, str | None]]:
    return sorted((one.rule, one.step) for one in hub.casework.findings(caller))


def test_a_case_is_kept_with_its_law_its_state_and_what_it_owes(hub: Hub, found: Make) -> None:
    tell(hub, found("F1"), step("found", 0, by="THANA"), step("produced", 0.5, by="THANA"))
    case = kept(hub)
    assert (case.statute, case.state, case.machine, case.ended) == ("cncp-jj2015", "produced", "cncp", False)
    assert set(owed(hub)) == {"SIR", "CWC_FINAL"}
    assert owed(hub)["SIR"][1] is not None


def test_steps_that_come_before_their_record_are_kept_when_it_comes(hub: Hub, found: Make) -> None:
    record = found("F1")
    steps_of(hub, HOME, record, step("found", 0, by="CCI"))
    tell(hub, record)
    assert kept(hub).state == "found"


def test_the_law_at_its_opening_holds_for_good(hub: Hub, found: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    from hub.casework import duties

    record = found("F1")
    tell(hub, record, step("found", 0, by="CCI"))

    def newer(machine: str, day: datetime.date) -> Any:
        raise AssertionError("the law of a case that is kept is not chosen anew")

    monkeypatch.setattr(duties, "statute_for", newer)
    steps_of(hub, HOME, record, step("produced", 0.5, by="CCI"))
    assert (kept(hub).statute, kept(hub).state) == ("cncp-jj2015", "produced")


def test_a_step_told_later_that_was_earlier_opens_the_case_earlier(hub: Hub, found: Make) -> None:
    record = found("F1")
    tell(hub, record, step("produced", 0, by="THANA"))
    steps_of(hub, HOME, record, {"kind": "found", "at": datetime.datetime(2015, 6, 1, tzinfo=datetime.UTC)})
    assert kept(hub).statute == "cncp-jj2000"


def test_a_case_older_than_every_law_is_a_finding_and_owes_nothing_quietly(hub: Hub, found: Make) -> None:
    record = found("F1")
    tell(hub, record, {"kind": "found", "at": datetime.datetime(1999, 6, 1, tzinfo=datetime.UTC)})
    assert (kept(hub).statute, kept(hub).state) == (None, "none")
    assert rules(hub) == [("no_law_then", "found")]


def test_what_is_wrong_in_a_case_is_listed_in_its_jurisdiction_and_gone_once_it_is_right(
    hub: Hub, found: Make, child: Make
) -> None:
    tell(hub, found("F1"), step("found", 0, by="THANA"), step("restored", 1, by="CWC"))
    missing = child("M1", gender="M")
    tell(hub, missing)
    assert rules(hub) == [("illegal_step", "restored"), ("no_fir", None)]
    assert rules(hub, ELSEWHERE) == []
    assert hub.casework.count_findings(COMMITTEE) == {"illegal_step": 1, "no_fir": 1}
    tell(hub, child("M1", gender="M", version=2, diaries=[Diary(kind=DiaryKind.FIR, number="118", year=2026)]))
    assert rules(hub) == [("illegal_step", "restored")]


def test_who_took_a_step_is_checked_in_the_directory_and_asked_for_where_nobody_says(hub: Hub, found: Make) -> None:
    station = Institution(
        id="x:ps", kind=InstitutionKind.THANA, level=Level.BLOCK, name="Station", state=10, valid_from="2000-01-01"
    )
    hub.registry.institutions.add([station])
    free = step("declared_legally_free", 4, by="CWC")
    tell(
        hub,
        found("F1"),
        step("found", 0),
        step("produced", 1, institution="x:ps"),
        step("placed", 2, institution="x:ps", by="CWC"),
        free,
    )
    assert rules(hub) == [
        ("by_unchecked", "found"),
        ("institution_of_other_kind", "placed"),
        ("members_unchecked", "declared_legally_free"),
    ]


def test_each_warning_and_each_escalation_is_told_once(hub: Hub, found: Make) -> None:
    place = {"state": 10, "district": GAYA}
    tell(
        hub,
        found("F1", event={"on": START.date(), "place": place}),
        step("found", 0, by="CCI"),
        step("produced", 0.5, by="CCI"),
    )
    _known_from_the_first_day(hub)
    told = []
    for day in (1, 11, 11.5, 17, 18):
        report = hub.casework.sweep(now=days(day))
        told.append((day, report.warned, report.missed))
    assert told == [(1, 0, 0), (11, 1, 0), (11.5, 0, 0), (17, 0, 1), (18, 0, 0)]
    with hub.store.read() as work:
        notices = work.outbox.waiting("cci-dl", None, 50)
        calls = work.cases.calls_to("participant:cci-dl", days(0), 50)
    assert [(one.kind, one.to) for one in notices] == [
        (NoticeKind.DUTY_WARNED, "cci-dl"),
        (NoticeKind.DUTY_MISSED, "cci-dl"),
    ]
    assert "Social investigation report" in notices[0].text and "s.36(2)" in notices[0].text
    assert sorted(call.stage for call, _ in calls) == [WARNED, MISSED]


def test_an_escalation_goes_to_who_is_responsible_on_the_day_and_to_its_system(hub: Hub, found: Make) -> None:
    area = f"lgd:district:{GAYA}"
    hub.registry.institutions.add(
        [
            Institution(
                id=f"x:cwc:{n}",
                kind=InstitutionKind.CWC,
                level=Level.DISTRICT,
                name=f"Committee {n}",
                state=10,
                area=area,
                valid_from=first,
                valid_to=last,
            )
            for n, first, last in ((1, "2000-01-01", "2026-03-10"), (2, "2026-03-11", None))
        ]
    )
    hub.registry.participants.put(
        Participant(id="cwc-gaya", name="CWC", kind=ParticipantKind.OTHER, institution="x:cwc:2")
    )
    tell(hub, found("F1", event={"place": {"state": 10, "district": GAYA}}), step("produced", 0, by="CCI"))
    _known_from_the_first_day(hub)
    hub.casework.sweep(now=days(20))
    with hub.store.read() as work:
        calls = work.cases.calls_to("x:cwc:2", days(0), 50)
        assert work.cases.calls_to("x:cwc:1", days(0), 50) == []
        (notice,) = work.outbox.waiting("cwc-gaya", None, 50)
    assert [(call.code, call.stage, call.told) for call, _ in calls] == [("SIR", MISSED, 1)]
    assert notice.about.participant == "cci-dl" and notice.kind is NoticeKind.DUTY_MISSED


def test_what_was_over_before_the_hub_knew_of_it_is_listed_and_nobody_is_sent_it(hub: Hub, found: Make) -> None:
    tell(hub, found("F1"), step("produced", 0, by="CCI"))
    report = hub.casework.sweep(now=days(400))
    assert (report.late > 0, report.missed, report.sent) == (True, 0, 0)
    assert [one.code for one in hub.casework.due(COMMITTEE)] == ["SIR", "CWC_FINAL"]
    assert hub.casework.due(ELSEWHERE) == []


def test_nobody_on_file_to_escalate_to_is_an_incident(hub: Hub, found: Make) -> None:
    tell(hub, found("F1", event={"place": None}), step("produced", 0, by="CCI"))
    _known_from_the_first_day(hub)
    hub.casework.sweep(now=days(20))
    assert {one.what for one in hub.incidents()} == {"nobody_responsible"}


def test_a_duty_that_comes_again_is_told_of_each_turn(hub: Hub, found: Make) -> None:
    steps = [step("produced", 0, by="CCI"), step("placed", 1, by="CWC"), step("icp_done", 2, by="CCI")]
    tell(hub, found("F1"), *steps)
    _known_from_the_first_day(hub)
    for day in range(1, 50):
        hub.casework.sweep(now=days(day))
    with hub.store.read() as work:
        calls = work.cases.calls_to("participant:cci-dl", days(0), 500)
    turns = sorted((call.turn, call.stage) for call, _ in calls if call.code == "PROGRESS")
    assert turns == [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (3, 2), (4, 1)][: len(turns)] and len(turns) >= 6


def _known_from_the_first_day(hub: Hub) -> None:
    with hub.store.write() as work:
        work.connection.execute(update(cases).values(known_since=START))


def test_two_entries_of_one_owner_with_one_fir_and_a_like_name_are_two_ids_and_siblings_are_not(
    hub: Hub, child: Make
) -> None:
    fir = [Diary(kind=DiaryKind.FIR, number="118", year=2026, station_raw="Gaya Kotwali")]
    tell(hub, child("M1", "Mohammad Rashid Ansari", diaries=fir))
    tell(hub, child("M2", "Mohammed Rasheed Ansari", diaries=fir))
    tell(hub, child("M3", "Shabana Ansari", diaries=fir))
    assert hub.casework.look_for_doubles() == 3
    found = [(one.source_id, one.rule, one.other_hub_id) for one in hub.casework.findings(COMMITTEE, "two_ids")]
    assert sorted(one[0] for one in found) == ["M1", "M2"] and all(one[2] for one in found)
    assert hub.casework.look_for_doubles() == 0
    tell(hub, child("M2", "Karim Lal", version=2, diaries=fir))
    hub.casework.look_for_doubles()
    assert hub.casework.findings(COMMITTEE, "two_ids") == []


def test_a_station_under_the_wrong_supervisor_is_listed(hub: Hub) -> None:
    assert hub.casework.stations_amiss(COMMITTEE) == []
    stations = hub.registry.institutions.all(InstitutionKind.THANA)
    other = next(
        one
        for one in hub.registry.institutions.all(InstitutionKind.SP)
        if one.state == stations[0].state and one.id != stations[0].parent
    )
    changed = stations[0].model_copy(update={"parent": other.id})
    hub.registry.institutions.add([changed])
    (amiss,) = hub.casework.stations_amiss(COMMITTEE)
    assert (amiss.institution, amiss.parent) == (changed.id, other.id)
    assert amiss.responsible == (stations[0].parent,)
