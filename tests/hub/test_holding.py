"""The index held in memory says what the database says, whatever happened to the entries and whenever it looks."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from contracts import ChildRecord
from contracts.codes import Status
from hub import core
from hub.core import ModelCore
from hub.flow import Flow
from hub.holding import Holding
from hub.index import Store
from hub.index.entry import Side
from hub.index.records import Compared
from hub.matching.native import compiled

Make = Callable[..., ChildRecord]
_ALL = 1_000
_NAMES = ("Rakesh Kumar", "राकेश", "Sunita Devi", "Suneeta", "Md Arif", "Chhotu", "")
_core = ModelCore(b"test", propose_bits=-60.0)


@pytest.fixture
def flow(store: Store) -> Flow:
    return Flow(store, _core)


@pytest.fixture(params=["numpy", "loops"], autouse=True)
def _scored_by(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Large crowds are scored by compiled loops: here all of them, or none."""
    if request.param == "loops" and not compiled.available():
        pytest.skip("numba is not installed: numpy scores alone")
    monkeypatch.setattr(core, "_WORTH_LOOPS", 0 if request.param == "loops" else 1_000_000)


@pytest.fixture
def holding(store: Store) -> Holding:
    return Holding(store, _core)


def _database(store: Store) -> dict[Side, list[Compared]]:
    with store.read() as work:
        return {side: work.records.open_after(side, 0, _ALL) for side in (Side.SEARCHED, Side.CANDIDATE)}


def _says_the_same(holding: Holding, store: Store) -> None:
    sides = _database(store)
    for side, entries in sides.items():
        assert holding.rows(side) == {one.row for one in entries}
    searched, found = sides[Side.SEARCHED], sides[Side.CANDIDATE]
    bits = {(pair.searched, pair.found): pair.bits for pair in _core.score(searched, found)}
    for one in searched:
        assert set(holding.best(one, _ALL)) == {right for left, right in bits if left == one.row}
        assert [bits[one.row, row] for row in holding.best(one, 3)] == sorted(
            (said for (left, _), said in bits.items() if left == one.row), reverse=True
        )[:3]
    for one in found:
        assert set(holding.best(one, _ALL)) == {left for left, right in bits if right == one.row}


_Step = tuple[str, int, str]
_steps: Any = st.lists(
    st.tuples(
        st.sampled_from(["missing", "found", "close", "twin", "look"]), st.integers(1, 6), st.sampled_from(_NAMES)
    ),
    max_size=14,
)


@given(steps=_steps)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_history_of_changes_is_followed(
    database_of_its_own: Callable[[], Store], child: Make, found: Make, steps: list[_Step]
) -> None:
    store = database_of_its_own()
    flow, holding = Flow(store, _core), Holding(store, _core)
    for version, step in enumerate(steps, 1):
        _take(step, version, flow, holding, child, found)
    holding.follow()
    _says_the_same(holding, store)


def _take(step: _Step, version: int, flow: Flow, holding: Holding, child: Make, found: Make) -> None:
    what, number, name = step
    if what == "look":
        holding.follow()
    elif what == "twin":
        with flow.store.write() as work:
            for held in work.records.at([number]).values():
                work.records.close_twin(held, flow.now())
    else:
        make, letter = (found, "F") if what == "found" else (child, "M")
        status = {"status": Status.RESTORED} if what == "close" else {}
        record = make(f"{letter}{number}", name, version=version, **status)
        flow.receive(record.ref.participant, f"message-{version}", [record])


@pytest.fixture
def database_of_its_own(store: Store) -> Iterator[Callable[[], Store]]:
    """The store, emptied: one for each history."""
    tables = ("records", "compared", "match_keys", "matches", "match_steps", "inbox", "outbox")

    def emptied() -> Store:
        with store.engine.begin() as connection:
            for table in tables:
                connection.execute(text(f"DELETE FROM {table}"))
        return store

    yield emptied


def test_what_is_built_anew_with_another_secret_is_no_longer_held(flow: Flow, holding: Holding, found: Make) -> None:
    flow.receive("cci-dl", "message-1", [found("F1")])
    with flow.store.write() as work:
        work.records.built_with("one")
    holding.follow()
    assert len(holding) == 1
    with flow.store.write() as work:
        work.records.built_with("another")
    holding.follow()
    assert len(holding) == 0


def test_a_transaction_that_began_first_and_ends_last_is_not_missed(
    store: Store, flow: Flow, holding: Holding, found: Make
) -> None:
    if store.backend == "sqlite":
        pytest.skip("SQLite has one writer at a time: transactions end in the order in which they write")
    flow.receive("cci-dl", "message-1", [found("F1")])
    holding.follow()
    with store.write() as early:
        early.records.write(_core.prepared([_core.entry(found("F2"))]), {}, flow.now())
        flow.receive("cci-up", "message-1", [found("F3", participant="cci-up")])
        holding.follow()
        assert len(holding) == 2
    holding.follow()
    _says_the_same(holding, store)
    assert len(holding) == 3


def test_numbers_of_a_database_that_was_restored_are_no_news(
    store: Store, flow: Flow, holding: Holding, found: Make
) -> None:
    flow.receive("cci-dl", "message-1", [found("F1")])
    if store.backend == "postgresql":
        with store.engine.begin() as connection:
            connection.execute(text("UPDATE compared SET changed = 4000000000"))
    holding.follow()
    assert holding.follow() == 0
    flow.receive("cci-dl", "message-2", [found("F2")])
    assert holding.follow() == 1
    _says_the_same(holding, store)


def test_what_was_let_go_is_filled_anew(flow: Flow, store: Store, holding: Holding, found: Make) -> None:
    flow.receive("cci-dl", "message-1", [found("F1")])
    assert holding.follow() == 1
    holding.let_go()
    assert len(holding) == 0
    assert holding.follow() == 1
    _says_the_same(holding, store)
