"""The bench: sittings, orders whose paper the hub does not keep, transfers acknowledged, quarterly reports."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import inspect, text

from contracts import ChildRecord, Institution, InstitutionKind, Level, NoticeKind, Officer, Purpose, Refused
from contracts.exchange import GetCase
from hub.access import Caller, Role, Scope, person
from hub.app import Hub
from hub.casework.papers.forms import forms
from tests.hub.casework.test_keeping import COMMITTEE, hub, kept, step, tell

Make = Callable[..., ChildRecord]
NOW = datetime.datetime.now(datetime.UTC)
PLACE = {"state": 10, "district": 196}
SENTENCE = "The uncle beat the girl with a belt"
__all__ = ["hub"]


def _member(institution: str, district: int) -> Caller:
    scope = Scope(districts=frozenset({district}), institution=institution)
    return person(Officer(id="member", role="committee", institution=institution), Role.COMMITTEE, scope)


GAYA, FAR = _member("x:cwc:gaya", 196), _member("x:cwc:far", 999)


@pytest.fixture
def case(hub: Hub, found: Make) -> str:
    """A girl who was found three days ago; her number in the hub."""
    hub.registry.institutions.add(
        [
            Institution(
                id=one,
                kind=InstitutionKind.CWC,
                level=Level.DISTRICT,
                name=one,
                state=10,
                valid_from="2000-01-01",
            )
            for one in ("x:cwc:gaya", "x:cwc:far")
        ]
    )
    days = (NOW - datetime.timedelta(days=3)) - datetime.datetime(2026, 3, 1, 6, tzinfo=datetime.UTC)
    tell(hub, found("F1", event={"place": PLACE}), step("found", days / datetime.timedelta(days=1), by="CCI"))
    return str(kept(hub).hub_id)


def produce(hub: Hub, case: str) -> Any:
    answers = {
        "child_name": "मीना",
        "producer_kind": "CCI",
        "producer_name": "Home",
        "place_found": "Gaya Junction",
        "circumstances": SENTENCE,
        "police_informed": "yes",
    }
    return hub.casework.bench.order(GAYA, case, "17", answers, "CWC 1/2026", None)


def test_an_order_takes_its_step_and_gives_a_paper_that_is_known_again(hub: Hub, case: str) -> None:
    made = produce(hub, case)
    assert made.pdf.startswith(b"%PDF") and made.order.order_no.startswith("x:cwc:gaya/17/")
    assert kept(hub).state == "produced"
    assert hub.casework.bench.known(made.pdf) == made.order
    assert hub.casework.bench.known(made.pdf + b"\n") is None
    assert [one.order_no for one in hub.casework.bench.orders(case)] == [made.order.order_no]
    with hub.store.read() as work:
        told = [one.kind for one in work.outbox.waiting("cci-dl", None, 50)]
    assert told == [NoticeKind.STEP_TAKEN]


def test_the_hub_keeps_no_sentence_of_a_paper(hub: Hub, case: str) -> None:
    produce(hub, case)
    with hub.store.read() as work:
        for table in inspect(work.connection).get_table_names():
            rows = work.connection.execute(text(f'SELECT * FROM "{table}"')).all()
            assert SENTENCE not in repr(rows) and "मीना" not in repr(rows), table


def test_the_second_order_of_a_form_has_the_next_number(hub: Hub, case: str, found: Make) -> None:
    first = produce(hub, case)
    tell(hub, found("F2", event={"place": PLACE}), step("found", 0, by="CCI"))
    second = produce(hub, kept(hub, "F2").hub_id)
    assert (first.order.serial, second.order.serial) == (1, 2)


def test_a_step_that_the_law_does_not_allow_now_makes_no_paper(hub: Hub, case: str) -> None:
    answers = {"restored_to": "Mother", "address": "Gaya"}
    with pytest.raises(Refused) as refused:
        hub.casework.bench.order(GAYA, case, "44", answers, "CWC 1/2026", None)
    assert refused.value.code == "illegal_step" and hub.casework.bench.orders(case) == []


def test_declaring_a_child_legally_free_needs_three_who_sit(hub: Hub, case: str) -> None:
    produce(hub, case)
    bench = hub.casework.bench
    placed = {"step": "placed", "placed_in": "Home"}
    bench.order(GAYA, case, "18", placed, "CWC 1/2026", None)
    free = {"agency": "SAA", "ground": "orphan", "inquiry": "Two notices, no answer"}
    sitting = bench.plan(GAYA, NOW).sitting_id
    bench.list_case(GAYA, sitting, case, "final_order")
    codes = []
    for seats in (None, ["chairperson", "member_1"], ["chairperson", "member_1", "member_2", "king"]):
        if seats is not None:
            bench.hold(GAYA, sitting, seats)
        try:
            bench.order(GAYA, case, "25", free, "CWC 1/2026", None if seats is None else sitting)
        except Refused as error:
            codes.append(error.code)
    assert codes == ["no_sitting", "no_quorum"] and kept(hub).state == "legally_free"
    held, (listed,) = bench.sitting(GAYA, sitting)
    assert held.seated == ["chairperson", "member_1", "member_2"] and listed.outcome == "declared_legally_free"
    with pytest.raises(Refused) as over:
        bench.list_case(GAYA, sitting, case, "review")
    assert over.value.code == "sitting_over"


def test_a_sitting_is_its_own_committees(hub: Hub, case: str) -> None:
    sitting = hub.casework.bench.plan(GAYA, NOW).sitting_id
    with pytest.raises(Refused) as refused:
        hub.casework.bench.sitting(FAR, sitting)
    assert refused.value.code == "unknown_sitting"
    with pytest.raises(Refused) as none:
        hub.casework.bench.plan(COMMITTEE, NOW)
    assert none.value.code == "no_bench"


def test_a_transfer_is_acknowledged_by_the_committee_that_receives_it_and_only_then_is_its_case(
    hub: Hub, case: str
) -> None:
    produce(hub, case)
    bench, why = hub.casework.bench, GetCase(hub_id=case, purpose=Purpose.CARE, case="CWC 9/2026")
    sent = bench.transfer(GAYA, case, "x:cwc:far")
    assert (kept(hub).state, kept(hub).committee) == ("transferred", "x:cwc:gaya")
    assert hub.case(FAR, why).events == []
    with pytest.raises(Refused):
        bench.receive(GAYA, sent.transfer_id)
    assert [one.transfer_id for one in bench.transfers(FAR)] == [sent.transfer_id]
    bench.receive(FAR, sent.transfer_id)
    assert (kept(hub).state, kept(hub).committee) == ("placed", "x:cwc:far")
    assert len(hub.case(FAR, why).events) == 4 and bench.transfers(FAR) == []
    with pytest.raises(Refused):
        bench.receive(FAR, sent.transfer_id)


def test_what_is_not_filled_is_named_and_never_repeated(hub: Hub, case: str) -> None:
    with pytest.raises(Refused) as refused:
        hub.casework.bench.order(GAYA, case, "17", {"producer_kind": "KING", "place_found": SENTENCE}, "x", None)
    assert refused.value.code == "form_not_filled"
    assert {one.field for one in refused.value.problems} == {"producer_kind", "producer_name", "police_informed"}
    assert SENTENCE not in str(refused.value.problems) and "KING" not in str(refused.value.problems)


def test_every_order_that_the_issue_names_is_on_file() -> None:
    assert set(forms()) == {"3", "4", "17", "18", "19", "21", "25", "32", "36", "37", "44", "45"}


def test_form_16_and_section_40_are_drawn_from_the_cases(hub: Hub, found: Make) -> None:
    sent = {"by": "CWC", "institution": "x:cwc:gaya"}
    told = {
        "F1": [step("found", -90), step("produced", -89), step("placed", -88, **sent)],
        "F2": [step("produced", 5), step("placed", 6, **sent), step("restored", 20, **sent)],
        "F3": [step("produced", 5), step("placed", 6, **sent), step("ran_away", 21)],
        "F4": [step("produced", -80), step("placed", -79, **sent), step("restored", -70, **sent)],
        "F5": [step("produced", 60), step("placed", 61, **sent)],
    }
    for source_id, steps in told.items():
        tell(hub, found(source_id, event={"place": PLACE}), *steps)
    report = hub.casework.quarterly(COMMITTEE, "2026Q1", "x:cwc:gaya")
    assert (report.at_start, report.received, report.disposed, report.pending) == (1, 2, 1, 2)
    assert report.final_orders["released_to_parent_guardian_fit_person"] == 1
    assert report.s40 == {"restored": 1, "dead": 0, "ran_away": 1}
    assert hub.casework.quarterly(FAR, "2026Q1").pending == 0
    for wrong in ("2026", "2026Q5", "26Q1"):
        with pytest.raises(Refused):
            hub.casework.quarterly(COMMITTEE, wrong)
