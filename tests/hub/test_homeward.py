"""The way home: the village's panchayat is told, asked and given its visits, each in the decision's own transaction."""

import datetime
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from adapters.base import Adapter, Capability, Connection, Receipt
from contracts import (
    ChildRecord,
    Notice,
    NoticeKind,
    Officer,
    Participant,
    ParticipantKind,
    Purpose,
    Refused,
    Unready,
)
from contracts.codes import Status
from contracts.exchange import Match, MatchState
from hub.access import EVERYWHERE, Role, person
from hub.courier import Courier
from hub.homeward import Homeward
from hub.index import Store
from hub.showing import sight_of
from registry import Registry, seed

NOW = datetime.datetime(2026, 11, 20, 9, 0, tzinfo=datetime.UTC)
COMMITTEE = person(Officer(id="cwc.demo", role="committee"), Role.COMMITTEE, EVERYWHERE)
BELWA = {"state": 10, "district": 188, "village": 221402}
Make = Callable[..., ChildRecord]


@pytest.fixture
def homeward(store: Store) -> Homeward:
    seed(store.engine)
    registry = Registry(store.engine)
    for id_, kind, states in (("pri-br", "pri", [10]), ("pri-up", "pri", [9]), ("police-br", "state_police", [10])):
        registry.participants.put(Participant(id=id_, name=id_, kind=ParticipantKind(kind), states=states))
    return Homeward(store, registry)


@pytest.fixture
def match(flow: Any, child: Make, found: Make) -> Match:
    flow.receive("police-br", "message-1", [child("M1", home=BELWA)])
    flow.receive("cci-dl", "message-2", [found("F1")])
    with flow.store.read() as work:
        (best,) = work.matches.best(None, sight_of(COMMITTEE).veil, 5, None)
    return best  # type: ignore[no-any-return]


def owed(store: Store, lane: str) -> list[Any]:
    with store.read() as work:
        return list(work.outbox.waiting(lane, None, 50))


def test_the_village_of_the_home_is_told_once_and_other_states_are_not(
    homeward: Homeward, store: Store, match: Match
) -> None:
    with store.write() as work:
        homeward.decided(work, match.model_copy(update={"state": MatchState.CONFIRMED}), NOW)
    (notice,) = owed(store, "pri-br")
    assert (notice.kind, notice.village, notice.about.source_id) == (NoticeKind.CHILD_FOUND, 221402, "M1")
    assert "Asha" not in notice.text
    assert owed(store, "pri-up") == []


def test_a_child_that_is_home_is_visited_after_two_months_and_six(
    homeward: Homeward, store: Store, match: Match
) -> None:
    with store.write() as work:
        homeward.decided(work, match.model_copy(update={"state": MatchState.REUNITED}), NOW)
    told = [(one.kind, (one.due - NOW.date()).days) for one in owed(store, "pri-br")]
    assert told == [(NoticeKind.FOLLOW_UP, 60), (NoticeKind.FOLLOW_UP, 180)]


def test_a_home_is_verified_at_the_asking_of_a_committee_and_the_asking_is_logged(
    homeward: Homeward, store: Store, match: Match
) -> None:
    asked = homeward.ask(COMMITTEE, match.hub_id, Purpose.HOME_VERIFICATION, "CWC/7/2026", NOW)
    assert asked == ["pri-br"]
    (notice,) = owed(store, "pri-br")
    assert notice.kind is NoticeKind.HOME_VERIFICATION
    with store.read() as work:
        (line,) = work.audit.of(match.hub_id)
    assert (line.act, line.case, line.outcome) == ("ask_home", "CWC/7/2026", "asked")


def test_a_home_that_nobody_knows_and_a_role_that_may_not_ask(homeward: Homeward, store: Store, match: Match) -> None:
    with pytest.raises(Refused) as nobody:
        homeward.ask(COMMITTEE, match.other_hub_id, Purpose.HOME_VERIFICATION, "CWC/7/2026", NOW)
    assert nobody.value.code == "no_panchayat"
    officer = person(Officer(id="sho.demo", role="officer"), Role.OFFICER, EVERYWHERE)
    with pytest.raises(Refused) as denied:
        homeward.ask(officer, match.hub_id, Purpose.INQUIRY, "FIR 1", NOW)
    assert denied.value.code == "not_allowed"
    assert owed(store, "pri-br") == []


def test_where_no_state_of_the_home_was_written_down_a_missing_child_lives_where_it_was_missed(
    homeward: Homeward, store: Store, flow: Any, child: Make
) -> None:
    flow.receive("police-br", "message-9", [child("M9", home={"raw": "Village Belwa", "state": None})])
    with store.read() as work:
        hub_id = work.records.find(participant="police-br", source_id="M9").hub_id
    assert homeward.ask(COMMITTEE, hub_id, Purpose.HOME_VERIFICATION, "CWC/7/2026", NOW) == ["pri-br"]


def test_a_child_that_its_home_sends_home_is_visited_though_no_person_said_so_at_the_hub(
    homeward: Homeward, store: Store, match: Match, flow: Any, found: Make
) -> None:
    flow = replace(flow, decided=homeward.decided)
    flow.receive("cci-up", "message-4", [found("F2", participant="cci-up")])
    with store.read() as work:
        both = work.matches.best(None, sight_of(COMMITTEE).veil, 5, None)
    for one in both:
        flow.decide(one.match_id, MatchState.CONFIRMED, "officer:sho.demo", "The mother knew her.")
    flow.receive("cci-dl", "message-5", [found("F1", status=Status.RESTORED, version=2)])
    told = [one.kind for one in owed(store, "pri-br")]
    assert len(both) == 2
    assert told == [NoticeKind.CHILD_FOUND] * 2 + [NoticeKind.FOLLOW_UP] * 2


def test_a_child_that_was_traced_and_is_not_home_yet_is_not_visited(
    homeward: Homeward, store: Store, match: Match, flow: Any, child: Make
) -> None:
    flow = replace(flow, decided=homeward.decided)
    flow.decide(match.match_id, MatchState.CONFIRMED, "officer:sho.demo", "The mother knew her.")
    flow.receive("police-br", "message-5", [child("M1", home=BELWA, status=Status.TRACED, version=2)])
    assert [one.kind for one in owed(store, "pri-br")] == [NoticeKind.CHILD_FOUND]


class Village(Adapter):
    """A panchayat's system that is online or not, and keeps what it was told."""

    capabilities = frozenset({Capability.PUSH})

    def __init__(self) -> None:
        super().__init__(Connection("pri-br", "http://127.0.0.1:9/"))
        self.online, self.told = False, list[Notice]()

    def push(self, notice: Notice) -> Receipt:
        if not self.online:
            raise Unready("unreachable", "Nobody answers there.")
        self.told.append(notice)
        return Receipt(foreign_id=f"SP-{len(self.told)}")


def test_a_village_that_was_offline_for_days_is_told_each_thing_once_and_in_order(
    homeward: Homeward, store: Store, match: Match
) -> None:
    village, hours = Village(), [0]
    courier = Courier(
        store,
        {"pri-br": village}.get,
        now=lambda: NOW + datetime.timedelta(hours=hours[0]),
        pause=lambda seconds: None,
    )
    with store.write() as work:
        homeward.decided(work, match.model_copy(update={"state": MatchState.CONFIRMED}), NOW)
    homeward.ask(COMMITTEE, match.hub_id, Purpose.HOME_VERIFICATION, "CWC/7/2026", NOW)
    for hour in range(1, 5 * 24):
        hours[0] = hour
        assert courier.deliver().dead == 0
    assert village.told == []
    village.online = True
    for _ in range(3):
        hours[0] += 2
        courier.deliver()
    assert [one.kind for one in village.told] == [NoticeKind.CHILD_FOUND, NoticeKind.HOME_VERIFICATION]
    assert owed(store, "pri-br") == []
