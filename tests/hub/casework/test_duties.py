"""What the law asks in a case as its owners told it: by kind of record, by day of opening, findings beside."""

import datetime

import pytest
from pydantic import ValidationError

from contracts import CaseEvent, ChildRecord, Reference
from contracts.codes import Restriction
from contracts.exchange import Case
from hub.casework.clocks import Standing
from hub.casework.duties import duties_of, machine_of

NOW = datetime.datetime(2026, 4, 1, 9, 0, tzinfo=datetime.UTC)
REF = Reference(participant="cci-dl", source_id="F1")


def case(*steps: tuple[str, str], kind: str = "found", **more: object) -> Case:
    """A case with these steps, each a kind and a day."""
    status = "in_care" if kind == "found" else "fir_registered"
    said = {"ref": REF, "kind": kind, "status": status, "recorded_at": NOW, **more}
    events = [
        CaseEvent.model_validate({"event_id": f"E{n}", "ref": REF, "kind": what, "at": f"{day}T10:00:00+05:30"})
        for n, (what, day) in enumerate(steps)
    ]
    record = ChildRecord.model_validate(said)
    return Case(hub_id="x" * 22, record=record, events=events, first_seen=NOW, updated=NOW)


def test_what_is_owed_is_told_with_its_day_and_what_is_over_apart() -> None:
    duties = duties_of(case(("found", "2026-03-01"), ("produced", "2026-03-02"), ("placed", "2026-03-03")), NOW)
    assert duties is not None
    assert (duties.statute.id, duties.state, duties.findings) == ("cncp-jj2015", "placed", [])
    assert [(one.code, one.standing) for one in duties.open] == [
        ("SIR", Standing.MISSED),
        ("ICP", Standing.WARNING),
        ("CWC_FINAL", Standing.RUNNING),
    ]
    assert {one.code for one in duties.over} == {"INFORM_FOUND", "PRODUCE_CWC"}


def test_a_case_of_2010_keeps_the_act_of_2000() -> None:
    duties = duties_of(case(("found", "2010-03-01")), NOW)
    assert duties is not None
    assert duties.statute.regime == "JJ Act 2000"


def test_who_tells_only_later_steps_is_not_told_that_the_first_is_missing() -> None:
    duties = duties_of(case(("fir_registered", "2026-03-01"), kind="missing"), NOW)
    assert duties is not None
    assert (duties.state, duties.findings) == ("fir_registered", [])
    assert [one.code for one in duties.open] == ["AHTU_TRANSFER"]
    assert duties.over == []


def test_steps_out_of_order_are_findings_and_steps_of_another_law_are_named() -> None:
    told = case(("found", "2026-03-01"), ("restored", "2026-03-02"), ("escorted", "2026-03-03"))
    duties = duties_of(told, NOW)
    assert duties is not None
    assert [one.rule for one in duties.findings] == ["illegal_step"]
    assert duties.unknown == ["escorted"]


@pytest.mark.parametrize(
    ("kind", "more", "machine"),
    [
        ("missing", {}, "missing"),
        ("found", {}, "cncp"),
        ("found", {"restrictions": [Restriction.IN_CONFLICT_WITH_LAW]}, "ccl"),
    ],
)
def test_which_law_holds_goes_by_the_record(kind: str, more: dict[str, object], machine: str) -> None:
    assert machine_of(case(kind=kind, **more).record) == machine


def test_a_case_without_steps_owes_nothing_yet() -> None:
    assert duties_of(case(), NOW) is None


def told(**more: object) -> CaseEvent:
    return CaseEvent.model_validate({"event_id": "E", "ref": REF, **more})


def test_the_journey_is_left_out_of_the_hours_to_production() -> None:
    found = told(kind="found", at="2026-03-01T10:00:00+05:30")
    late = {"kind": "produced", "at": "2026-03-02T13:00:00+05:30", "event_id": "E2"}
    for minutes, standing in ((None, Standing.MET_LATE), (240, Standing.MET)):
        whole = case().model_copy(update={"events": [found, told(**late, journey_minutes=minutes)]})
        duties = duties_of(whole, NOW)
        assert duties is not None
        assert {one.code: one.standing for one in duties.over}["PRODUCE_CWC"] is standing


def test_a_step_of_the_wrong_institution_or_without_quorum_is_a_finding() -> None:
    steps = [
        told(kind="found", at="2026-03-01T10:00:00+05:30", by="THANA", event_id="E1"),
        told(kind="produced", at="2026-03-01T20:00:00+05:30", by="THANA", event_id="E2"),
        told(kind="placed", at="2026-03-02T10:00:00+05:30", by="THANA", event_id="E3"),
        told(kind="declared_legally_free", at="2026-03-20T10:00:00+05:30", by="CWC", members_present=2, event_id="E4"),
    ]
    duties = duties_of(case().model_copy(update={"events": steps}), NOW)
    assert duties is not None
    assert [(one.code, one.rule) for one in duties.findings] == [
        ("placed", "wrong_institution"),
        ("declared_legally_free", "no_quorum"),
    ]


def test_a_limit_with_a_condition_runs_only_where_the_fact_was_told() -> None:
    steps = [("found", "2026-03-01"), ("produced", "2026-03-02")]
    codes = {}
    for ground in (None, "orphan"):
        whole = case(*steps)
        if ground:
            facts = [{"name": "ground", "value": ground}]
            last = whole.events[-1].model_dump() | {"facts": facts}
            whole = whole.model_copy(update={"events": [whole.events[0], CaseEvent.model_validate(last)]})
        duties = duties_of(whole, NOW)
        assert duties is not None
        codes[ground] = {one.code for one in duties.open}
    assert codes["orphan"] > codes[None]


@pytest.mark.parametrize(
    ("name", "value"), [("offence", "henious"), ("release_on", "soon"), ("conditions_met", "perhaps"), ("ground", "x")]
)
def test_a_fact_that_no_limit_could_read_is_refused_where_it_is_told(name: str, value: str) -> None:
    with pytest.raises(ValidationError, match="A fact"):
        told(kind="released", at="2026-03-01T10:00:00+05:30", facts=[{"name": name, "value": value}])
