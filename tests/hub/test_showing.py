"""Who sees what: owners all, officers the index, others what choosing needs, the public only the public card."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from contracts import (
    Birth,
    ChildRecord,
    Diary,
    DiaryKind,
    Event,
    Mark,
    Name,
    Officer,
    Participant,
    ParticipantKind,
    Permission,
    Place,
    Purpose,
    Refused,
    Relative,
)
from contracts.codes import AgeBasis, Gender, PublicationBasis, RecordKind, Relation, Restriction, Status
from contracts.exchange import Case, GetCase, Search
from hub.access import EVERYWHERE, Caller, Role, machine, person
from hub.core import Core
from hub.finding import Finding
from hub.flow import Flow
from hub.index import Store

Make = Callable[..., ChildRecord]
TODAY = datetime.date(2026, 6, 15)


def participant(name: str) -> Caller:
    return machine(
        Participant(
            id=name, name=name, kind=ParticipantKind.OTHER, permissions=[Permission.SEARCH, Permission.GET_CASE]
        )
    )


OFFICER = person(Officer(id="sho.demo", role="officer"), Role.OFFICER, EVERYWHERE)
COMMITTEE = person(Officer(id="cwc.demo", role="committee"), Role.COMMITTEE, EVERYWHERE)
POLICE, HOME = participant("police-br"), participant("cci-dl")


@pytest.fixture
def finding(store: Store, core: Core) -> Finding:
    return Finding(store, core, lambda: TODAY)


@pytest.fixture
def tell(flow: Flow) -> Callable[..., None]:
    numbers = iter(range(1_000))

    def _tell(*records: ChildRecord) -> None:
        flow.receive(records[0].ref.participant, f"message-{next(numbers):05}", records)

    return _tell


def ids(finding: Finding, caller: Caller, **query: Any) -> list[str]:
    return [hit.ref.source_id for hit in finding.search(caller, Search(**query)).hits]


def case_of(finding: Finding, store: Store, caller: Caller, owner: str, source_id: str) -> Case:
    with store.read() as work:
        return finding.case(
            work, caller, GetCase(participant=owner, source_id=source_id, purpose=Purpose.MATCH_REVIEW, case="FIR 7")
        )


def test_a_name_is_found_best_first(finding: Finding, tell: Any, child: Make) -> None:
    tell(child("M1", "Asha Devi Kumari"), child("M2", "Asha Bai"), child("M3", "Ravi Das"))
    assert ids(finding, OFFICER, name="Asha Kumari") == ["M1", "M2"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"kind": RecordKind.FOUND}, {"F1"}),
        ({"status": Status.UNTRACED}, {"M2"}),
        ({"gender": Gender.MALE}, {"M2"}),
        ({"state": 10}, {"M1", "F1"}),
        ({"district": 77}, {"M2"}),
        ({"participant": "cci-dl"}, {"F1"}),
        ({"age_years_from": 12}, {"M2"}),
        ({"age_years_to": 8}, {"M1", "F1"}),
        ({"event_from": datetime.date(2026, 1, 3)}, {"M2"}),
        ({"event_to": datetime.date(2026, 1, 2)}, {"M1", "F1"}),
        ({"event_from": datetime.date(2026, 1, 2), "event_to": datetime.date(2026, 1, 2)}, {"M1", "F1"}),
        ({"language": "bn"}, {"M2"}),
        ({"diary_number": "0117/2026"}, {"M2"}),
        ({"include_ended": True}, {"M1", "M2", "F1", "M9"}),
        ({}, {"M1", "M2", "F1"}),
    ],
)
def test_each_criterion_filters(
    finding: Finding, tell: Any, child: Make, found: Make, query: dict[str, Any], expected: set[str]
) -> None:
    birth = Birth(date=datetime.date(2012, 5, 1), basis=AgeBasis.DOCUMENTED)
    event = Event(on=datetime.date(2026, 1, 5), place=Place(state=7, district=77))
    other = {"gender": Gender.MALE, "birth": birth, "event": event, "languages": ["bn"], "status": Status.UNTRACED}
    diary = Diary(kind=DiaryKind.FIR, number="117", year=2026)
    tell(child("M1"), child("M2", "Ravi", diaries=[diary], **other), child("M9", status=Status.CLOSED))
    tell(found("F1"))
    reply = finding.search(OFFICER, Search(**query))
    assert {hit.ref.source_id for hit in reply.hits} == expected
    assert reply.total == len(expected)


def test_pages_follow_one_another(finding: Finding, tell: Any, child: Make) -> None:
    tell(*[child(f"M{n}") for n in range(5)])
    for criteria in ({}, {"name": "Asha"}):
        pages = [ids(finding, OFFICER, offset=offset, limit=2, **criteria) for offset in (0, 2, 4)]
        assert sorted(source_id for page in pages for source_id in page) == [f"M{n}" for n in range(5)]
        assert finding.search(OFFICER, Search(limit=2, **criteria)).total == 5


def test_an_unknown_age_is_kept_in_the_answer(finding: Finding, tell: Any, child: Make) -> None:
    tell(child("M1", birth=None))
    assert ids(finding, OFFICER, age_years_from=3, age_years_to=4) == ["M1"]


def full(make: Make, source_id: str, **more: Any) -> ChildRecord:
    return make(
        source_id,
        relatives=[Relative(relation=Relation.FATHER, names=[Name(text="Mohan Das")])],
        marks=[Mark(raw="scar on the chin")],
        home=Place(raw="House 12, Lane 3", state=10, district=188, pin="800001"),
        **more,
    )


def test_an_owner_sees_its_own_record_as_it_told_it(finding: Finding, store: Store, tell: Any, found: Make) -> None:
    record = full(found, "F1")
    tell(record)
    assert case_of(finding, store, HOME, "cci-dl", "F1").record == record


def test_another_participant_sees_what_choosing_needs(
    finding: Finding, store: Store, tell: Any, found: Make, child: Make
) -> None:
    tell(full(found, "F1"))
    tell(full(child, "M1"))
    seen = case_of(finding, store, POLICE, "cci-dl", "F1").record
    said = seen.model_dump_json(exclude_defaults=True)
    for hidden in ("Asha", "Mohan", "chin", "Lane", "800001", "bus stand"):
        assert hidden not in said
    assert (seen.gender, seen.home) == (Gender.FEMALE, Place(state=10, district=188))
    assert seen.event == Event(on=datetime.date(2026, 1, 1), place=Place(state=10, district=188))
    assert case_of(finding, store, HOME, "police-br", "M1").record.names == [Name(text="Asha Devi")]


def test_nobody_finds_by_a_name_that_they_may_not_see(finding: Finding, tell: Any, found: Make) -> None:
    tell(found("F1", "Asha Devi"))
    assert ids(finding, POLICE, name="Asha Devi") == []
    assert ids(finding, HOME, name="Asha Devi") == ["F1"]
    assert ids(finding, OFFICER, name="Asha Devi") == ["F1"]


@pytest.mark.parametrize(
    ("restriction", "who"),
    [(Restriction.SEALED, {"home"}), (Restriction.IN_CONFLICT_WITH_LAW, {"home", "committee"})],
)
def test_a_veiled_entry_does_not_exist_for_others(
    finding: Finding, store: Store, tell: Any, found: Make, restriction: Restriction, who: set[str]
) -> None:
    tell(found("F1", restrictions=[restriction]))
    callers = {"home": HOME, "committee": COMMITTEE, "officer": OFFICER, "police": POLICE}
    assert {name for name, one in callers.items() if ids(finding, one, include_ended=True)} == who
    for name, caller in callers.items():
        if name in who:
            assert case_of(finding, store, caller, "cci-dl", "F1").record.ref.source_id == "F1"
        else:
            with pytest.raises(Refused) as refused:
                case_of(finding, store, caller, "cci-dl", "F1")
            assert refused.value.code == "unknown_case"


def published(make: Make, source_id: str, **more: Any) -> ChildRecord:
    usual: dict[str, Any] = {"status": Status.UNTRACED, "publication": PublicationBasis.POLICE_APPEAL}
    return full(make, source_id, **usual | more)


def test_the_public_card_shows_only_public_fields(finding: Finding, store: Store, tell: Any, child: Make) -> None:
    tell(published(child, "M1"))
    (card,) = finding.public_cards(10, 0)
    assert (card.name, card.age_years, card.guardian) == ("Asha Devi", 7, "Mohan Das")
    said = card.model_dump_json()
    hub_id = case_of(finding, store, POLICE, "police-br", "M1").hub_id
    for hidden in ("M1", hub_id, "chin", "Lane", "800001"):
        assert hidden not in said
    assert finding.public_card(card.public_id) == card


@pytest.mark.parametrize(
    "not_public",
    [
        {"publication": None},
        {"status": Status.REPORTED},
        {"status": Status.TRACED},
        *({"restrictions": [restriction]} for restriction in Restriction),
    ],
)
def test_no_card_without_basis_open_search_and_freedom(
    finding: Finding, tell: Any, child: Make, not_public: dict[str, Any]
) -> None:
    tell(published(child, "M1"))
    (card,) = finding.public_cards(10, 0)
    tell(published(child, "M1", version=2, **not_public))
    assert finding.public_cards(10, 0) == []
    assert finding.public_card(card.public_id) is None


def test_a_found_child_never_has_a_card(finding: Finding, tell: Any, found: Make) -> None:
    tell(found("F1", publication=PublicationBasis.POLICE_APPEAL))
    assert finding.public_cards(10, 0) == []
