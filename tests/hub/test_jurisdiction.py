"""Jurisdictions of real institutions, and what follows from them: whole at home, masked elsewhere, open by a match."""

import datetime
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import registry
from contracts import ChildRecord, Officer, Participant, ParticipantKind, Permission, Purpose, Refused, SectionName
from contracts.exchange import GetCase, MatchState, Search, SubmitRecords
from hub.access import EVERYWHERE, NOWHERE, Caller, Role, Scope, person
from hub.app import Hub
from hub.index import Store
from hub.jurisdiction import Jurisdictions
from hub.settings import Settings

Make = Callable[..., ChildRecord]
DAY = datetime.date(2026, 6, 1)
GAYA, PATNA, DELHI_CENTRAL = 192, 212, 77
WHY: dict[str, Any] = {"purpose": Purpose.MATCH_REVIEW, "case": "FIR 1/2026"}


@pytest.fixture
def hub(store: Store) -> Iterator[Hub]:
    registry.seed(store.engine)
    made = Hub(Settings(tell_bits=-50, propose_bits=-50), store)
    for name, kind in (("police-br", ParticipantKind.STATE_POLICE), ("cci-dl", ParticipantKind.CCI)):
        made.registry.participants.put(Participant(id=name, name=name, kind=kind, permissions=list(Permission)))
    yield made


def at(hub: Hub, role: Role, institution: str | None) -> Caller:
    """Somebody of that role at that institution."""
    scope = Jurisdictions(hub.registry).scope(institution, DAY)
    return person(Officer(id="some.one", role=role.value, institution=institution), role, scope)


@pytest.mark.parametrize(
    ("institution", "scope"),
    [
        ("in:ncrb", EVERYWHERE),
        ("br:scrb", Scope(states=frozenset({10}), institution="br:scrb")),
        ("br:cwc:192", Scope(districts=frozenset({192}), institution="br:cwc:192")),
        ("br:ps:araria:araria", Scope(districts=frozenset({188}), institution="br:ps:araria:araria")),
        ("nowhere:at-all", NOWHERE),
        (None, NOWHERE),
    ],
)
def test_an_institution_has_the_jurisdiction_of_its_area(hub: Hub, institution: str | None, scope: Scope) -> None:
    assert Jurisdictions(hub.registry).scope(institution, DAY) == scope


def told(hub: Hub, child: Make, found: Make) -> tuple[str, str]:
    """A girl missing from Gaya and one like her found in Delhi: their ids in the hub."""
    police = hub.participant_by_key(hub.registry.keys.issue("police-br").key)
    home = hub.participant_by_key(hub.registry.keys.issue("cci-dl").key)
    gaya, delhi = {"state": 10, "district": GAYA}, {"state": 7, "district": DELHI_CENTRAL, "raw": "Ajmeri Gate"}
    missing = _with(child("M1", "Zubaida Khatoon Ansari"), event={"on": "2026-01-02", "place": gaya})
    seen = _with(found("F1", "Zubeda Khatun Ansari"), event={"on": "2026-01-05", "place": delhi})
    hub.submit_records(police, SubmitRecords(message_id="message-1", records=[missing]))
    hub.submit_records(home, SubmitRecords(message_id="message-1", records=[seen]))
    (match,) = hub.matches(at(hub, Role.COMMITTEE, "in:cpsu"), MatchState.PROPOSED)
    return match.hub_id, match.other_hub_id


def _with(record: ChildRecord, **changed: Any) -> ChildRecord:
    return ChildRecord.model_validate(record.model_dump(mode="json", exclude_none=True) | changed)


def test_a_committee_sees_the_children_of_its_district_and_those_matched_with_them(
    hub: Hub, child: Make, found: Make
) -> None:
    missing, seen = told(hub, child, found)
    gaya, patna = at(hub, Role.COMMITTEE, f"br:cwc:{GAYA}"), at(hub, Role.COMMITTEE, f"br:cwc:{PATNA}")
    for hub_id in (missing, seen):
        whole = hub.case(gaya, GetCase(hub_id=hub_id, **WHY))
        assert len(whole.matches) == 1
        assert whole.record.names[0].text.startswith("Zub")
    masked = hub.case(patna, GetCase(hub_id=seen, **WHY))
    assert [name.text for name in masked.record.names] == ["Z. K. A."]
    assert masked.matches == [] and masked.events == []
    assert masked.record.event.place is not None and masked.record.event.place.raw is None
    assert masked.record.event.on == datetime.date(2026, 1, 1)


def test_matches_are_listed_and_decided_where_one_of_the_two_belongs(hub: Hub, child: Make, found: Make) -> None:
    told(hub, child, found)
    for institution, many in (
        (f"br:cwc:{GAYA}", 1),
        ("dl:cwc:77", 1),
        (f"br:cwc:{PATNA}", 0),
        (None, 0),
        ("in:cpsu", 1),
    ):
        assert len(hub.matches(at(hub, Role.COMMITTEE, institution))) == many, institution
    (match,) = hub.matches(at(hub, Role.COMMITTEE, "dl:cwc:77"))
    for call in (hub.match, lambda *asked: hub.decide(*asked, MatchState.CONFIRMED, "so")):
        with pytest.raises(Refused) as refused:
            call(at(hub, Role.COMMITTEE, f"br:cwc:{PATNA}"), match.match_id)
        assert refused.value.code == "unknown_match"


def test_nobody_finds_a_child_elsewhere_by_what_is_masked_of_it(hub: Hub, child: Make, found: Make) -> None:
    told(hub, child, found)
    patna, delhi = at(hub, Role.OFFICER, "br:ps:patna:agamkuan"), at(hub, Role.COMMITTEE, "dl:cwc:77")
    query = Search(name="Zubeda Khatun", kind="found")
    assert [hit.ref.source_id for hit in hub.search(delhi, query).hits] == ["F1"]
    assert hub.search(patna, query).hits == []
    (missing,) = hub.search(patna, Search(name="Zubaida Khatoon")).hits
    assert missing.names[0].text == "Zubaida Khatoon Ansari"


def test_a_section_is_asked_for_where_the_child_belongs_and_nowhere_else(hub: Hub, child: Make, found: Make) -> None:
    _, seen = told(hub, child, found)
    asked = (seen, SectionName.PROFILE, Purpose.MATCH_REVIEW, "FIR 1/2026")
    with pytest.raises(Refused) as refused:
        hub.read_section(at(hub, Role.COMMITTEE, f"br:cwc:{PATNA}"), *asked)
    assert refused.value.code == "section_not_allowed"
    with pytest.raises(Refused) as unreached:
        hub.read_section(at(hub, Role.COMMITTEE, f"br:cwc:{GAYA}"), *asked)
    assert unreached.value.code == "owner_cannot_be_read"  # it was let through: there is only no system to ask


@pytest.mark.parametrize("role", [Role.STATE, Role.MINISTRY, Role.ADMINISTRATOR, Role.AUDITOR])
def test_who_counts_or_operates_meets_no_child_even_at_the_centre(
    hub: Hub, child: Make, found: Make, role: Role
) -> None:
    missing, _ = told(hub, child, found)
    caller = at(hub, role, "in:mwcd")
    for call in (
        lambda: hub.search(caller, Search(name="Zubaida")),
        lambda: hub.case(caller, GetCase(hub_id=missing, **WHY)),
        lambda: hub.matches(caller),
    ):
        with pytest.raises(Refused) as refused:
            call()
        assert refused.value.code == "not_allowed"


def test_the_audit_names_purpose_and_case_of_each_look(hub: Hub, child: Make, found: Make) -> None:
    missing, _ = told(hub, child, found)
    hub.case(at(hub, Role.COMMITTEE, "in:cpsu"), GetCase(hub_id=missing, **WHY))
    line = hub.accesses(at(hub, Role.AUDITOR, None), missing)[0]
    assert (line.purpose, line.case, line.institution) == ("match_review", "FIR 1/2026", "in:cpsu")
