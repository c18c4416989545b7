"""The hub as doors, portal and command line see it: one object, joined from its parts, on a real registry."""

import datetime
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from contracts import (
    AreaKind,
    ChildRecord,
    Endpoint,
    Participant,
    ParticipantKind,
    Permission,
    Purpose,
    Refused,
    SectionName,
)
from contracts.exchange import (
    AcknowledgeNotice,
    GetCase,
    ListNotices,
    MatchState,
    RegistryLookup,
    Search,
    SubmitRecords,
)
from hub.access import Caller, Role, public
from hub.app import Hub
from hub.reports import Account
from hub.settings import Settings

Make = Callable[..., ChildRecord]

WHY: dict[str, Any] = {"purpose": Purpose.INQUIRY, "case": "FIR 1/2026"}


@pytest.fixture
def hub(database_url: str) -> Iterator[Hub]:
    made = Hub.open(Settings(database=database_url))
    for name, kind in (("police-br", ParticipantKind.STATE_POLICE), ("cci-dl", ParticipantKind.CCI)):
        participant = Participant(id=name, name=name, kind=kind, permissions=list(Permission))
        made.registry.participants.register(participant)
    yield made
    made.close()


@pytest.fixture
def keys(hub: Hub) -> dict[str, Caller]:
    """Participant -> the caller behind a key issued to it."""
    issued = {name: hub.registry.keys.issue(name).key for name in ("police-br", "cci-dl")}
    return {name: hub.participant_by_key(key) for name, key in issued.items()}


@pytest.fixture
def committee(hub: Hub) -> Caller:
    account = Account(
        login="cwc.demo", password="a long pass phrase", name="Demo", role=Role.COMMITTEE.value, institution="in:cpsu"
    )
    hub.seed_accounts([account])
    caller = hub.officer(hub.sign_in(account.login, account.password))
    assert caller is not None
    return caller


def _code(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.code


def test_a_wrong_key_is_refused(hub: Hub) -> None:
    assert _code(lambda: hub.participant_by_key("tc_0_0")) == "wrong_key"


def test_the_whole_journey_with_the_real_matching_core(
    hub: Hub, keys: dict[str, Caller], committee: Caller, child: Make, found: Make
) -> None:
    police, home = keys["police-br"], keys["cci-dl"]
    missing = child("M1", "Zubaida Khatoon Ansari")
    seen = found("F1", "Zubeda Khatun Ansari", event=missing.event.model_copy(update={"on": datetime.date(2026, 1, 5)}))
    hub.submit_records(police, SubmitRecords(message_id="message-1", records=[missing]))
    hub.submit_records(home, SubmitRecords(message_id="message-1", records=[seen]))
    (match,) = hub.matches(committee, MatchState.PROPOSED)
    assert match.bits == pytest.approx(match.prior_bits + sum(one.bits for one in match.evidence))
    assert (match.ref.source_id, match.other.source_id) == ("M1", "F1")
    decided = hub.decide(committee, match.match_id, MatchState.CONFIRMED, "The mother knew her.")
    assert (decided.state, decided.decided_by) == (MatchState.CONFIRMED, "officer:cwc.demo")
    told = hub.list_notices(home, ListNotices()).notices
    assert [notice.kind.value for notice in told] == ["match_proposed", "match_confirmed"]
    hub.acknowledge_notice(home, AcknowledgeNotice(notice_id=told[0].notice_id))
    assert len(hub.list_notices(home, ListNotices()).notices) == 1
    assert hub.deliver().waiting == 3
    case = hub.case(committee, GetCase(hub_id=match.other_hub_id, **WHY))
    assert [one.match_id for one in case.matches] == [match.match_id]
    assert hub.search(committee, Search(name="ज़ुबैदा")).hits != []


def test_what_needs_a_person_is_refused_to_machines_and_the_public(
    hub: Hub, keys: dict[str, Caller], committee: Caller
) -> None:
    section = (SectionName.PROFILE, Purpose.INQUIRY, "FIR 1/2026")
    for caller in (keys["police-br"], public()):
        for call in (
            partial(hub.matches, caller),
            partial(hub.decide, caller, "x" * 8, MatchState.CONFIRMED, "so"),
            partial(hub.read_section, caller, "x" * 22, *section),
        ):
            assert _code(call) == "not_allowed"
    assert _code(lambda: hub.search(public(), Search())) == "not_allowed"
    assert _code(lambda: hub.decide(committee, "x" * 8, MatchState.CONFIRMED, " ")) == "no_reason"
    assert _code(lambda: hub.match(committee, "x" * 8)) == "unknown_match"


def test_looks_at_a_case_are_in_its_audit_and_looks_at_the_audit_too(
    hub: Hub, keys: dict[str, Caller], committee: Caller, child: Make
) -> None:
    hub.submit_records(keys["police-br"], SubmitRecords(message_id="message-1", records=[child("M1")]))
    wanted = GetCase(participant="police-br", source_id="M1", **WHY)
    hub_id = hub.case(keys["cci-dl"], wanted).hub_id
    hub.case(committee, GetCase(hub_id=hub_id, **WHY))
    assert [(line.who, line.act) for line in hub.accesses(committee, hub_id)] == [
        ("officer:cwc.demo", "see_record"),
        ("participant:cci-dl", "see_record"),
    ]
    assert hub.accesses(committee, hub_id)[0].act == "see_accesses"


def test_a_notice_of_somebody_else_cannot_be_acknowledged(hub: Hub, keys: dict[str, Caller]) -> None:
    wanted = AcknowledgeNotice(notice_id="notice-01")
    assert _code(lambda: hub.acknowledge_notice(keys["cci-dl"], wanted)) == "unknown_notice"


def test_a_case_must_be_named(hub: Hub, committee: Caller) -> None:
    assert _code(lambda: hub.case(committee, GetCase())) == "no_case_named"


def test_the_registry_answers_everybody(hub: Hub, keys: dict[str, Caller]) -> None:
    assert len(hub.areas(AreaKind.STATE)) == 36
    for caller in (public(), keys["cci-dl"]):
        assert hub.lookup(caller, RegistryLookup(state=7)).institutions is not None


def test_a_participant_without_a_system_cannot_be_pulled(hub: Hub) -> None:
    assert _code(lambda: hub.pull("police-br")) == "no_endpoint"
    assert _code(lambda: hub.pull("nobody-here")) == "unknown_participant"
    assert hub.pullable() == []


def test_a_secret_that_is_not_there_stops_nobody_else(
    hub: Hub, keys: dict[str, Caller], child: Make, found: Make
) -> None:
    participant = hub.registry.participants.require("police-br")
    endpoint = Endpoint(adapter="state_police", url="http://127.0.0.1:9/", secret="env:TRACKCHILD_TEST_NOT_SET")
    hub.registry.participants.alter(participant.model_copy(update={"endpoint": endpoint}))
    assert hub.pullable() == []
    hub.submit_records(keys["police-br"], SubmitRecords(message_id="message-1", records=[child("M1")]))
    hub.submit_records(keys["cci-dl"], SubmitRecords(message_id="message-1", records=[found("F1")]))
    assert hub.deliver().delivered == 0
    assert _code(lambda: hub.pull("police-br")) == "secret_missing"


def test_the_status_counts_everything(hub: Hub, keys: dict[str, Caller], child: Make, found: Make) -> None:
    hub.submit_records(keys["police-br"], SubmitRecords(message_id="message-1", records=[child("M1")]))
    hub.submit_records(keys["cci-dl"], SubmitRecords(message_id="message-1", records=[found("F1")]))
    status = hub.status()
    assert (status.database, status.records) == (hub.store.backend, 2)
    counts = {one.participant: (one.records, one.open_records) for one in status.participants}
    assert counts == {"police-br": (1, 1), "cci-dl": (1, 1)}


def test_a_batch_over_the_real_core_finds_what_matching_at_once_finds(
    hub: Hub, keys: dict[str, Caller], committee: Caller, child: Make, found: Make
) -> None:
    records = [child(f"M{n}", f"{name} Ansari") for n, name in enumerate(("Zubaida", "Meenakshi", "Gulnaz"))]
    with hub.store.write() as work:
        hub.flow.index(work, "police-br", records, matching=False)
        hub.flow.index(
            work, "cci-dl", [found(f"F{n}", one.names[0].text) for n, one in enumerate(records)], matching=False
        )
    assert hub.matches(committee) == []
    report = hub.match_all()
    pairs = {(one.ref.source_id, one.other.source_id) for one in hub.matches(committee, MatchState.PROPOSED)}
    assert report.searched == 3
    assert {("M0", "F0"), ("M1", "F1"), ("M2", "F2")} <= pairs
    bits = {one.match_id: one.bits for one in hub.matches(committee)}
    again = hub.match_all()
    assert (again.proposed, again.withdrawn) == (0, 0)
    assert {one.match_id: one.bits for one in hub.matches(committee)} == bits
    hub.submit_records(
        keys["police-br"], SubmitRecords(message_id="message-9", records=[child("M0", "Zubaida Ansari", version=2)])
    )
    assert {one.match_id: one.bits for one in hub.matches(committee)} == bits


def test_another_secret_builds_the_keys_anew(
    hub: Hub, keys: dict[str, Caller], committee: Caller, database_url: str, child: Make, found: Make
) -> None:
    hub.submit_records(
        keys["police-br"], SubmitRecords(message_id="message-1", records=[child("M1", "Zubaida Ansari")])
    )
    hub.submit_records(keys["cci-dl"], SubmitRecords(message_id="message-1", records=[found("F1", "Zubeda Ansari")]))
    before = {one.match_id: one.bits for one in hub.matches(committee)}
    assert before
    other = Hub.open(Settings(database=database_url, index_secret="another secret"))
    try:
        assert other.search(committee, Search(name="Zubaida")).hits == []
        other.match_all()
        assert len(other.search(committee, Search(name="Zubaida")).hits) == 2
        assert {one.match_id: one.bits for one in other.matches(committee)} == before
    finally:
        other.close()
