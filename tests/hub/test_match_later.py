"""A new record may be answered before it is matched: the debt is in its transaction, and the end is the same."""

import dataclasses
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text

from contracts import ChildRecord, Participant
from hub.app import Hub
from hub.flow import Flow
from hub.index import Store
from hub.index.migrations import upgrade
from hub.rebuilding import match_owed
from hub.settings import Settings
from hub.working import Worker
from tests.hub.conftest import make_child, make_found

Make = Callable[..., ChildRecord]
NAMES = ("Asha Devi", "Asha Kumari", "Ravi Kumar", "Devi Kumari", "Sita Devi", "Ravi Das")


@pytest.fixture
def later(flow: Flow) -> Flow:
    return dataclasses.replace(flow, match_later=True)


def told() -> list[ChildRecord]:
    missing = [make_child(f"M{n}", name) for n, name in enumerate(NAMES)]
    return missing + [make_found(f"F{n}", name) for n, name in enumerate(NAMES)]


def take_in(flow: Flow, records: list[ChildRecord], first: int = 0) -> None:
    for number, record in enumerate(records, first):
        flow.receive(record.ref.participant, f"message-{number}", [record])


def standing(store: Store) -> set[tuple[str, str, float, str]]:
    query = text(
        "SELECT s.source_id, f.source_id, m.bits, m.state FROM matches m "
        "JOIN records s ON s.row = m.searched JOIN records f ON f.row = m.found"
    )
    with store.read() as work:
        return {tuple(row) for row in work.connection.execute(query)}  # type: ignore[misc]


def pay(flow: Flow) -> int:
    paid = 0
    while done := match_owed(flow, 3):
        paid += done
    return paid


def debts(store: Store) -> int:
    with store.read() as work:
        return work.records.count_pending()


def test_a_new_record_waits_for_its_matching_and_can_be_found_meanwhile(later: Flow, store: Store) -> None:
    take_in(later, told())
    assert (standing(store), debts(store)) == (set(), 2 * len(NAMES))
    with store.read() as work:
        assert work.records.find(participant="police-br", source_id="M0") is not None


def test_what_stands_once_the_debt_is_paid_is_what_would_stand_at_once(
    flow: Flow, later: Flow, store: Store, core: Any, tmp_path: Any
) -> None:
    at_once = Store.at(f"sqlite:///{tmp_path / 'at_once.sqlite'}")
    upgrade(at_once.engine)
    take_in(Flow(at_once, core), told())
    take_in(later, told())
    assert pay(later) == 2 * len(NAMES)
    assert standing(store) == standing(at_once) != set()
    assert debts(store) == 0
    with store.read() as work, at_once.read() as other:
        assert sorted(work.outbox.counts()) == sorted(other.outbox.counts()) != []
    at_once.close()


def test_a_debt_is_paid_once_by_however_many(later: Flow, store: Store) -> None:
    take_in(later, told())
    with ThreadPoolExecutor(4) as payers:
        assert sum(payers.map(lambda _: pay(later), range(4))) == 2 * len(NAMES)
    with store.read() as work:
        notices = work.connection.execute(text("SELECT about, body FROM outbox")).all()
        steps = work.connection.execute(text("SELECT match_id FROM match_steps")).scalars().all()
    assert len(set(steps)) == len(steps) == len(standing(store))
    assert len(notices) <= 2 * len(steps)


def test_a_later_word_of_a_record_that_waits_is_matched_at_once(later: Flow, store: Store) -> None:
    take_in(later, [make_found("F1", "Asha Devi")])
    pay(later)
    take_in(later, [make_child("M1", "Nobody Else")], 10)
    take_in(later, [make_child("M1", "Asha Devi", version=2)], 20)
    assert {(one, other) for one, other, _, _ in standing(store)} == {("M1", "F1")}
    assert debts(store) == 0


def test_a_port_is_left_to_the_batch(later: Flow, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.rebuilding._ONE_BY_ONE", 3)
    take_in(later, told())
    assert match_owed(later) == 0
    assert debts(store) == 2 * len(NAMES)


def test_a_worker_pays_within_seconds(database_url: str) -> None:
    hub = Hub.open(Settings(database=database_url, match_later=True))
    for name in ("police-br", "cci-dl"):
        hub.registry.participants.register(Participant(id=name, name=name, kind="other"))
    take_in(hub.flow, told())
    worker = Worker(hub, hub.courier)
    worker.start()
    until = time.monotonic() + 30
    while debts(hub.store) and time.monotonic() < until:
        time.sleep(0.05)
    assert worker.stop(10)
    assert debts(hub.store) == 0
    assert standing(hub.store)
    hub.close()
