"""Comparing with a source: every difference named, looked at twice, mended only where the rules allow; tombstones."""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from adapters.base import Adapter, Capability, Connection, Gap, Listed, Words
from contracts import ChildRecord, NoticeKind, Officer, Refused, Skipped, Unready
from contracts.codes import Status
from contracts.exchange import MatchState, Search
from hub.access import EVERYWHERE, Role, person
from hub.finding import Finding
from hub.flow import Flow
from hub.index import Store
from hub.reconciling import Reconciling, Rules
from hub.reports import DifferenceKind, Reconciliation, ReconciliationState
from hub.withdrawing import expire
from tests.hub.conftest import START, make_found

Make = Callable[..., ChildRecord]
Kind, State = DifferenceKind, ReconciliationState
CAPABLE = {
    "inventory": frozenset({Capability.PULL, Capability.INVENTORY, Capability.ONE}),
    "inventory, then all": frozenset({Capability.PULL, Capability.INVENTORY}),
    "pull": frozenset({Capability.PULL}),
}


class Source(Adapter):
    """A participant's own database: id -> record, or None for an adult; ``listing`` is done before each list."""

    def __init__(self, capable: str = "inventory") -> None:
        super().__init__(Connection("police-br", "http://127.0.0.1:9/"))
        self.capabilities = CAPABLE[capable]
        self.has: dict[str, ChildRecord | None] = {}
        self.twice: list[str] = []
        self.gaps: list[str] = []
        self.down_at: int | None = None
        self.after_listing: Callable[[], None] = lambda: None
        self.lists = 0

    def _rows(self, cursor: str | None) -> Iterator[tuple[str, str] | Gap]:
        self.lists += 1
        for number, one in enumerate(sorted(self.has)):
            if number > int(cursor or -1):
                if number == self.down_at:
                    raise Unready("source_down", "The source is down.")
                yield Gap(one, "it crashed", str(number)) if one in self.gaps else (one, str(number))
        for one in self.twice:
            yield one, str(len(self.has))
        if self.lists == 1:
            self.after_listing()

    def inventory(self, cursor: str | None) -> Iterator[Listed | Gap]:
        for item in self._rows(cursor):
            if isinstance(item, Gap):
                yield item
            elif (record := self.has[item[0]]) is not None:
                place = "second" if item[1] == str(len(self.has)) else "first"
                yield Listed(item[0], item[1], place, record.ref.version, record.recorded_at)

    def pull(self, cursor: str | None) -> Iterator[Words | Gap]:
        for item in self._rows(cursor):
            yield item if isinstance(item, Gap) else Words(item[0], {"@list": item[1]}, item[1])

    def one(self, source_id: str) -> Words | None:
        return Words(source_id, {}, "") if source_id in self.has else None

    def translate(self, words: Words) -> ChildRecord:
        record = self.has[words.source_id]
        if record is None:
            raise Skipped("adult", "An adult.")
        return record


@pytest.fixture(params=list(CAPABLE))
def source(request: pytest.FixtureRequest, child: Make, tell: Any) -> Source:
    """A source of twenty records, all taken in."""
    made = Source(request.param)
    made.has = {f"M{n:02}": child(f"M{n:02}", f"Word{n:02}", version=2) for n in range(20)}
    tell(*made.has.values())
    return made


def reconcile(flow: Flow, source: Source, mend: bool = False, **rules: Any) -> Reconciliation:
    return Reconciling(flow, source, Rules(**{"gone_least": 2, "page_rows": 7} | rules)).run(mend)


def found(store: Store, run: Reconciliation) -> dict[str, str]:
    """Source id -> kind of each difference that still is one."""
    with store.read() as work:
        listed = work.reconciliations.every_difference(run.run_id)
        return {one.source_id: one.kind.value for one in listed if one.settled != "vanished"}


def stands(store: Store, source_id: str) -> ChildRecord:
    with store.read() as work:
        return work.records.record(work.records.find(participant="police-br", source_id=source_id))


def test_two_sides_that_agree_have_no_difference(flow: Flow, store: Store, source: Source) -> None:
    run = reconcile(flow, source, mend=True)
    assert (run.state, run.here, run.there, run.differ) == (State.ENDED, 20, 20, 0)


def test_each_difference_is_named_and_nothing_is_changed_without_mend(
    flow: Flow, store: Store, source: Source, child: Make
) -> None:
    source.has["M90"] = child("M90", version=2)
    source.has["M01"] = child("M01", version=3)
    source.has["M02"] = child("M02", version=1)
    del source.has["M03"]
    run = reconcile(flow, source)
    assert found(store, run) == {
        "M90": "missing_here",
        "M01": "stale_here",
        "M02": "newer_here",
        "M03": "missing_there",
    }
    assert (run.missing_here, run.stale_here, run.newer_here, run.missing_there) == (1, 1, 1, 1)
    assert stands(store, "M03").names[0].text == "Word03"
    assert stands(store, "M01").ref.version == "2"


def test_what_is_missing_or_stale_is_pulled_again_and_what_is_gone_withdrawn(
    flow: Flow, store: Store, source: Source, child: Make
) -> None:
    source.has["M90"] = child("M90", "Newly told", version=2)
    source.has["M01"] = child("M01", "Told anew", version=3)
    del source.has["M03"]
    run = reconcile(flow, source, mend=True)
    assert (run.pulled_again, run.withdrawn, run.unmended) == (2, 1, 0)
    assert stands(store, "M90").names[0].text == "Newly told"
    assert stands(store, "M01").names[0].text == "Told anew"
    gone = stands(store, "M03")
    assert (gone.status, gone.names, gone.birth) == (Status.WITHDRAWN, [], None)
    assert reconcile(flow, source, mend=True).differ == 0


def test_a_withdrawn_record_that_its_source_has_again_comes_back(flow: Flow, store: Store, source: Source) -> None:
    kept = source.has.pop("M03")
    reconcile(flow, source, mend=True)
    source.has["M03"] = kept
    assert reconcile(flow, source, mend=True).pulled_again == 1
    assert stands(store, "M03").names[0].text == "Word03"


@pytest.mark.parametrize(("left", "why"), [(0, "empty_answer"), (15, "small_answer")])
def test_an_answer_that_is_empty_or_suddenly_small_is_held_and_nothing_is_withdrawn(
    flow: Flow, store: Store, source: Source, left: int, why: str
) -> None:
    source.has = dict(list(source.has.items())[:left])
    run = reconcile(flow, source, mend=True)
    assert (run.state, run.why, run.withdrawn) == (State.HELD, why, 0)
    assert stands(store, "M19").status is not Status.WITHDRAWN
    with pytest.raises(Refused) as refused:
        reconcile(flow, source, mend=True)
    assert refused.value.code == "reconciliation_held"
    with store.read() as work:
        (alert,) = work.alerts.lasting()
    assert (alert.what, alert.code, alert.phase) == ("reconciliation_held", why, "opened")


def test_a_person_releases_or_discards_what_is_held(flow: Flow, store: Store, source: Source) -> None:
    source.has = dict(list(source.has.items())[:15])
    held = reconcile(flow, source)
    office = Reconciling(flow, source, Rules(gone_least=2))
    assert office.discard(held.run_id, "officer:admin", "Their server was rebuilt").state is State.DISCARDED
    held = reconcile(flow, source)
    done = office.release(held.run_id, "officer:admin", "The home closed")
    assert (done.state, done.withdrawn, done.decided_by) == (State.RELEASED, 5, "officer:admin")
    assert stands(store, "M19").status is Status.WITHDRAWN
    with store.read() as work:
        assert work.alerts.lasting() == []
    with pytest.raises(Refused) as refused:
        office.release(held.run_id, "officer:admin", "Again")
    assert refused.value.code == "not_held"


def test_a_source_that_changes_meanwhile_yields_no_false_difference(
    flow: Flow, store: Store, source: Source, child: Make, tell: Any
) -> None:
    kept = source.has.pop("M05")

    def meanwhile() -> None:
        source.has["M05"] = kept
        source.has["M06"] = child("M06", version=4)
        tell(source.has["M06"], child("M77", version=2))
        source.has["M77"] = child("M77", version=2)

    source.after_listing = meanwhile
    run = reconcile(flow, source, mend=True)
    assert found(store, run) == {}
    assert stands(store, "M05").status is not Status.WITHDRAWN


def test_gaps_of_a_source_are_not_taken_as_deletions(flow: Flow, store: Store, source: Source) -> None:
    source.gaps = ["M04"]
    run = reconcile(flow, source, mend=True)
    assert (run.gaps > 0, run.withdrawn, run.why) == (True, 0, "gaps")
    assert stands(store, "M04").status is not Status.WITHDRAWN


def test_a_list_that_breaks_off_goes_on_where_it_was(flow: Flow, store: Store, source: Source) -> None:
    source.down_at = 10
    broken = reconcile(flow, source)
    assert (broken.state, broken.why) == (State.LISTING, "source_down")
    source.down_at = None
    done = reconcile(flow, source)
    assert (done.run_id, done.state, done.there, done.differ) == (broken.run_id, State.ENDED, 20, 0)


def test_adults_and_what_was_set_aside_are_no_difference(flow: Flow, store: Store, child: Make, tell: Any) -> None:
    source = Source("pull")
    source.has = {"M01": child("M01"), "M02": None}
    tell(child("M01"))
    run = reconcile(flow, source)
    assert (run.there, run.left_out, run.differ) == (2, 1, 0)


# Tombstones


def _matched(flow: Flow, store: Store, child: Make, seen: Make, tell: Any) -> str:
    tell(child("M1", "Asha Devi Kumari"))
    tell(seen("F1", "Asha Devi Kumari"))
    with store.read() as work:
        (match,) = work.matches.best(MatchState.PROPOSED, 2, 5)
    return match.match_id


def _notices(store: Store, lane: str) -> list[NoticeKind]:
    with store.read() as work:
        return [one.kind for one in work.outbox.waiting(lane, None, 50)]


@pytest.fixture
def seen() -> Make:
    return make_found


def test_a_withdrawn_record_leaves_search_and_matches_and_all_who_were_told_are_told_once(
    flow: Flow, store: Store, core: Any, child: Make, seen: Make, tell: Any
) -> None:
    match_id = _matched(flow, store, child, seen, tell)
    gone = child("M1", "Asha Devi Kumari", version=2, status=Status.WITHDRAWN)
    tell(gone)
    assert stands(store, "M1").names == []
    officer = person(Officer(id="some.one", role="officer"), Role.OFFICER, EVERYWHERE)
    assert [hit.ref.source_id for hit in Finding(store, core).search(officer, Search(name="Asha")).hits] == ["F1"]
    with store.read() as work:
        match = work.matches.find(match_id)
    assert match is not None and match.state is MatchState.WITHDRAWN
    assert _notices(store, "cci-dl").count(NoticeKind.RECORD_WITHDRAWN) == 1
    tell(gone)
    tell(child("M1", "Asha Devi Kumari", version=1))
    assert _notices(store, "cci-dl").count(NoticeKind.RECORD_WITHDRAWN) == 1
    assert stands(store, "M1").status is Status.WITHDRAWN
    tell(child("M1", "Asha Devi Kumari", version=3))
    assert stands(store, "M1").names[0].text == "Asha Devi Kumari"


def test_a_confirmed_match_whose_record_is_withdrawn_is_flagged_for_a_person(
    flow: Flow, store: Store, child: Make, seen: Make, tell: Any
) -> None:
    match_id = _matched(flow, store, child, seen, tell)
    flow.decide(match_id, MatchState.CONFIRMED, "officer:x", "so")
    tell(child("M1", version=2, status=Status.WITHDRAWN))
    with store.engine.connect() as connection:
        flag = connection.exec_driver_sql("SELECT flag FROM matches").scalar_one()
    assert flag == "withdrawn"


def test_a_record_expires_on_its_day_as_if_it_were_withdrawn(flow: Flow, store: Store, child: Make) -> None:
    day = START + datetime.timedelta(days=30)
    before, then = (replace(flow, now=lambda at=at: at) for at in (day - datetime.timedelta(seconds=1), day))
    records = [child("M1", "Asha Devi Kumari", expires_at=day), child("M2", "Ravi Das")]
    before.receive("police-br", "message-1", records)
    assert expire(before) == 0
    assert expire(then) == 1
    assert (stands(store, "M1").status, stands(store, "M1").names) == (Status.WITHDRAWN, [])
    assert stands(store, "M2").names[0].text == "Ravi Das"
    assert expire(then) == 0
