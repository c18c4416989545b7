"""The access table, cell by cell: what is not written is denied; nobody further away sees more."""

import csv
import itertools
from pathlib import Path

import pytest

from contracts import ChildRecord, Officer, Participant, ParticipantKind, Permission, Purpose, Refused, SectionName
from hub.access import (
    ALLOWED,
    EVERYWHERE,
    NOWHERE,
    PURPOSES,
    Act,
    Group,
    Role,
    Scope,
    Tie,
    Verdict,
    machine,
    person,
    public,
    require_permission,
    require_purpose,
    require_section,
    sections,
    verdict,
)

TABLE = Path(__file__).parent / "access_table.csv"
CASEWORKERS = {
    Role.OFFICER,
    Role.SJPU,
    Role.DISTRICT_POLICE,
    Role.STATE_POLICE,
    Role.COMMITTEE,
    Role.BOARD,
    Role.DCPU,
    Role.CCI,
    Role.PRI,
}
WHYS: list[Purpose | None] = [None, *Purpose]


def _cells() -> list[tuple[str, ...]]:
    return [
        (
            role.value,
            tie.value,
            purpose.value if purpose else "list",
            *(verdict(role, tie, purpose, group).name for group in Group),
        )
        for role, tie, purpose in itertools.product(Role, Tie, WHYS)
    ]


def test_every_cell_is_as_it_was_reviewed() -> None:
    """The reviewed table has a line for each role, tie and purpose; a change of a right is a change of that file."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        heading, *reviewed = [tuple(row) for row in csv.reader(file)]
    assert heading == ("role", "tie", "purpose", *(group.value for group in Group))
    assert reviewed == _cells()


@pytest.mark.parametrize("role", sorted(set(Role) - CASEWORKERS - {Role.MACHINE}))
def test_who_does_no_casework_sees_no_child_in_any_way(role: Role) -> None:
    assert {verdict(role, *cell) for cell in itertools.product(Tie, WHYS, Group)} == {Verdict.DENY}
    assert not any(sections(role, tie) for tie in Tie)
    assert not ALLOWED[role] & {Act.SEARCH, Act.SEE_RECORD, Act.READ_SECTION, Act.SEE_MATCHES, Act.DECIDE_MATCH}


@pytest.mark.parametrize(("role", "purpose", "group"), list(itertools.product(Role, WHYS, Group)))
def test_nobody_further_away_sees_more(role: Role, purpose: Purpose | None, group: Group) -> None:
    own, area, matched, elsewhere = (verdict(role, tie, purpose, group) for tie in Tie)
    assert own >= area >= elsewhere
    assert own >= matched >= elsewhere


@pytest.mark.parametrize(("role", "tie", "purpose"), list(itertools.product(Role, Tie, Purpose)))
def test_a_purpose_that_the_role_may_not_state_opens_nothing(role: Role, tie: Tie, purpose: Purpose) -> None:
    if purpose not in PURPOSES.get(role, ()):
        assert {verdict(role, tie, purpose, group) for group in Group} == {Verdict.DENY}


@pytest.mark.parametrize("role", sorted(CASEWORKERS | {Role.MACHINE}))
def test_of_a_child_elsewhere_neither_name_nor_family_nor_photo_is_told(role: Role) -> None:
    for purpose in WHYS:
        for group in (Group.NAME, Group.FAMILY, Group.PLACE):
            assert verdict(role, Tie.ELSEWHERE, purpose, group) <= Verdict.MASK
        for group in (Group.PHOTO, Group.CASE):
            assert verdict(role, Tie.ELSEWHERE, purpose, group) is Verdict.DENY
    assert sections(role, Tie.ELSEWHERE) == frozenset()


def test_a_list_of_hits_tells_no_family_photo_or_case() -> None:
    for role, tie, group in itertools.product(Role, Tie, (Group.FAMILY, Group.PHOTO, Group.CASE)):
        assert verdict(role, tie, None, group) is Verdict.DENY


def test_police_panchayats_and_public_never_read_counselling_or_medical_sections() -> None:
    for section in (SectionName.COUNSELLING, SectionName.MEDICAL):
        readers = {role for role, tie in itertools.product(Role, Tie) if section in sections(role, tie)}
        assert readers == {Role.COMMITTEE, Role.BOARD, Role.DCPU, Role.CCI}
        assert {tie for tie in Tie if section in sections(Role.CCI, tie)} == {Tie.OWN}


_SEES = "search search_live see_record see_matches read_section see_counts see_duties"
_CASEWORK = f"{_SEES} see_findings decide_match break_glass"
_EXPECTED = {
    Role.OFFICER: f"{_CASEWORK} take_reports",
    Role.SJPU: f"{_CASEWORK} take_reports",
    Role.DISTRICT_POLICE: f"{_CASEWORK} review_glass take_reports",
    Role.STATE_POLICE: f"{_CASEWORK} review_glass take_reports",
    Role.COMMITTEE: f"{_CASEWORK} ask_home see_accesses review_glass run_sittings",
    Role.BOARD: f"{_CASEWORK} ask_home see_accesses review_glass run_sittings",
    Role.DCPU: f"{_CASEWORK} ask_home write_section",
    Role.CCI: f"{_SEES} write_section",
    Role.PRI: "search see_record read_section",
    Role.STATE: "see_counts",
    Role.MINISTRY: "see_counts",
    Role.ADMINISTRATOR: "operate",
    Role.AUDITOR: "see_accesses review_glass",
    Role.CITIZEN: "",
}


@pytest.mark.parametrize(("role", "act"), list(itertools.product(Role, Act)))
def test_each_role_may_do_exactly_its_acts(role: Role, act: Act) -> None:
    everybody = "" if role is Role.MACHINE else "see_public_cards lookup_registry"
    caller = person(Officer(id="some.one", role=role.value), role, EVERYWHERE)
    assert caller.may(act) == (act.value in f"{_EXPECTED.get(role, '')} {everybody}".split())
    if not caller.may(act):
        with pytest.raises(Refused) as refused:
            caller.require(act)
        assert refused.value.code == "not_allowed"


def test_every_role_has_its_row() -> None:
    assert set(ALLOWED) == set(Role)
    assert set(PURPOSES) == CASEWORKERS | {Role.MACHINE}


@pytest.mark.parametrize(("role", "tie", "section"), list(itertools.product(Role, Tie, SectionName)))
def test_a_section_is_asked_for_only_by_role_and_tie(role: Role, tie: Tie, section: SectionName) -> None:
    caller = person(Officer(id="some.one", role=role.value), role, EVERYWHERE)
    if section in sections(role, tie):
        assert require_section(caller, section, tie) == caller.officer
        return
    with pytest.raises(Refused):
        require_section(caller, section, tie)


def test_no_machine_and_no_stranger_asks_for_a_section() -> None:
    for caller in (public(), machine(Participant(id="police-br", name="Police", kind=ParticipantKind.STATE_POLICE))):
        with pytest.raises(Refused) as refused:
            require_section(caller, SectionName.PROFILE, Tie.OWN)
        assert refused.value.code == "not_allowed"


@pytest.mark.parametrize(
    ("purpose", "case", "code"),
    [
        (None, "FIR 1", "no_purpose_stated"),
        (Purpose.CARE, "FIR 1", "purpose_not_allowed"),
        (Purpose.INQUIRY, None, "no_case_stated"),
        (Purpose.INQUIRY, "  ", "no_case_stated"),
    ],
)
def test_every_look_names_a_purpose_and_a_case(purpose: Purpose | None, case: str | None, code: str) -> None:
    caller = person(Officer(id="sho.demo", role="officer"), Role.OFFICER, EVERYWHERE)
    with pytest.raises(Refused) as refused:
        require_purpose(caller, purpose, case)
    assert refused.value.code == code
    assert require_purpose(caller, Purpose.INQUIRY, " FIR 1 ") == (Purpose.INQUIRY, "FIR 1")


def _record(**more: object) -> ChildRecord:
    told = {"ref": {"participant": "x-1", "source_id": "1"}, "kind": "found", "status": "in_care"}
    return ChildRecord.model_validate(told | {"recorded_at": "2026-01-01T00:00:00Z"} | more)


@pytest.mark.parametrize(
    ("record", "owns", "covers"),
    [
        ({}, False, False),
        ({"event": {"place": {"state": 7, "district": 77}}}, False, True),
        ({"event": {"place": {"state": 7, "district": 78}}}, False, False),
        ({"home": {"state": 7, "district": 77}}, False, True),
        ({"home": {"state": 10}}, False, True),
        ({"home": {"state": 9, "village": 55}}, False, True),
        ({"custodian": {"institution": "dl:cci:asha"}}, True, False),
        ({"event": {"place": {"police_station": "dl:cci:asha"}}}, True, False),
        ({"diaries": [{"kind": "FIR", "number": "1", "station": "dl:cci:asha"}]}, True, False),
        ({"custodian": {"institution": "dl:cci:other"}}, False, False),
    ],
)
def test_a_scope_owns_what_it_holds_and_covers_where_it_happened(record: dict, owns: bool, covers: bool) -> None:  # type: ignore[type-arg]
    scope = Scope(False, frozenset({10}), frozenset({77}), frozenset({55}), "dl:cci:asha")
    assert (scope.owns(_record(**record)), scope.covers(_record(**record))) == (owns, covers)
    assert not NOWHERE.owns(_record(**record)) and not NOWHERE.covers(_record(**record))
    assert EVERYWHERE.covers(_record(**record)) and not EVERYWHERE.owns(_record(**record))


@pytest.mark.parametrize(("held", "wanted"), list(itertools.product(Permission, Permission)))
def test_a_key_may_do_exactly_what_was_permitted(held: Permission, wanted: Permission) -> None:
    caller = machine(Participant(id="police-br", name="Police", kind=ParticipantKind.STATE_POLICE, permissions=[held]))
    if held is wanted:
        assert require_permission(caller, wanted) == caller.participant
        return
    with pytest.raises(Refused) as refused:
        require_permission(caller, wanted)
    assert refused.value.code == "not_permitted"


def test_a_paused_participant_may_do_nothing() -> None:
    paused = Participant(
        id="police-br", name="Police", kind=ParticipantKind.STATE_POLICE, permissions=list(Permission), active=False
    )
    with pytest.raises(Refused) as refused:
        require_permission(machine(paused), Permission.SEARCH)
    assert refused.value.code == "participant_paused"


def test_callers_are_named_without_a_persons_name() -> None:
    assert public().id == "public"
    assert person(Officer(id="sho.demo", role="officer"), Role.OFFICER, NOWHERE).id == "officer:sho.demo"
