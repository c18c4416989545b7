"""The access table: what is not written is denied, for every role and act."""

import itertools

import pytest

from contracts import Officer, Participant, ParticipantKind, Permission, Purpose, Refused, SectionName
from hub.access import (
    ALLOWED,
    PURPOSES,
    SECTIONS,
    Act,
    Role,
    machine,
    person,
    public,
    require_permission,
    require_section,
)

_EXPECTED = {
    Role.OFFICER: (
        "search search_live see_record see_matches decide_match read_section see_public_cards lookup_registry"
    ),
    Role.COMMITTEE: (
        "search search_live see_record see_matches decide_match read_section see_accesses see_public_cards "
        "lookup_registry"
    ),
    Role.CCI: "search search_live see_record see_matches read_section see_public_cards lookup_registry",
    Role.ADMINISTRATOR: "operate see_public_cards lookup_registry",
    Role.AUDITOR: "see_accesses see_public_cards lookup_registry",
    Role.CITIZEN: "see_public_cards lookup_registry",
    Role.MACHINE: "",
}


@pytest.mark.parametrize(("role", "act"), list(itertools.product(Role, Act)))
def test_each_role_may_do_exactly_its_acts(role: Role, act: Act) -> None:
    caller = person(Officer(id="some.one", role=role.value), role)
    assert caller.may(act) == (act.value in _EXPECTED[role].split())
    if not caller.may(act):
        with pytest.raises(Refused) as refused:
            caller.require(act)
        assert refused.value.code == "not_allowed"


def test_every_role_has_its_row() -> None:
    assert set(ALLOWED) == set(Role)
    assert set(SECTIONS) == set(PURPOSES) == {role for role in Role if Act.READ_SECTION in ALLOWED[role]}


@pytest.mark.parametrize(("role", "section", "purpose"), list(itertools.product(Role, SectionName, Purpose)))
def test_a_section_needs_role_section_and_purpose(role: Role, section: SectionName, purpose: Purpose) -> None:
    caller = person(Officer(id="some.one", role=role.value), role)
    allowed = section in SECTIONS.get(role, ()) and purpose in PURPOSES.get(role, ())
    if allowed:
        assert require_section(caller, section, purpose) == caller.officer
        return
    with pytest.raises(Refused):
        require_section(caller, section, purpose)


def test_police_and_public_never_read_counselling_or_medical_sections() -> None:
    for section in (SectionName.COUNSELLING, SectionName.MEDICAL):
        assert {role for role, sections in SECTIONS.items() if section in sections} == {Role.COMMITTEE, Role.CCI}


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
    assert person(Officer(id="sho.demo", role="officer"), Role.OFFICER).id == "officer:sho.demo"
