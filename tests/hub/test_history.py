"""Whatever the order and however often messages come, the index and the standing proposals end the same."""

import itertools
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts import ChildRecord
from contracts.codes import Status
from contracts.exchange import MatchState
from hub.core import Core
from hub.flow import Flow
from hub.index import Store
from hub.index.migrations import upgrade
from hub.rebuilding import match_all

Make = Callable[..., ChildRecord]
State = tuple[set[tuple[str, str, str, str]], set[tuple[str, str, float]]]
_NAMES = ("Asha Devi", "Asha Kumari", "Devi Kumari", "Ravi Kumar", "")


@pytest.fixture(scope="module")
def empty() -> Iterator[Path]:
    """A migrated SQLite file to copy."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.sqlite"
        store = Store.at(f"sqlite:///{path}")
        upgrade(store.engine)
        store.close()
        yield path


@st.composite
def words(draw: st.DrawFn) -> list[tuple[str, str, str, int, bool]]:
    """(participant, source id, name, version, ended) of some words told; one version of a record says one thing."""
    told = st.tuples(
        st.sampled_from(
            [("police-br", "M1"), ("police-br", "M2"), ("cci-dl", "F1"), ("cci-dl", "F2"), ("zipnet", "F3")]
        ),
        st.integers(1, 3),
    )
    identities = draw(st.lists(told, min_size=1, max_size=10, unique=True))
    return [
        (owner, source_id, draw(st.sampled_from(_NAMES)), version, draw(st.booleans()) and version == 3)
        for (owner, source_id), version in identities
    ]


def _state(told: list[ChildRecord], empty: Path, core: Core, matching: bool = True) -> State:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hub.sqlite"
        path.write_bytes(empty.read_bytes())
        store = Store.at(f"sqlite:///{path}")
        flow = Flow(store, core)
        for number, record in enumerate(told):
            if matching:
                flow.receive(record.ref.participant, f"message-{number}", [record])
            else:
                with store.write() as work:
                    flow.index(work, record.ref.participant, [record], matching=False)
        if not matching:
            match_all(flow, 60)
        state = _seen(store)
        store.close()
    return state


def _seen(store: Store) -> State:
    with store.read() as work:
        known = [
            row
            for owner, ids in (("police-br", ["M1", "M2"]), ("cci-dl", ["F1", "F2"]), ("zipnet", ["F3"]))
            for row in work.records.known(owner, ids).values()
        ]
        standing = work.matches.best(MatchState.PROPOSED, 2, 100)
    entries = {(one.participant, one.source_id, one.version, one.side.name) for one in known}
    return entries, {(one.ref.source_id, one.other.source_id, one.bits) for one in standing}


def _records(told: list[tuple[str, str, str, int, bool]], child: Make, found: Make) -> list[ChildRecord]:
    made = []
    for owner, source_id, name, version, ended in told:
        status = {"status": Status.CLOSED} if ended else {}
        make = child if source_id.startswith("M") else found
        made.append(make(source_id, name, participant=owner, version=version, **status))
    return made


@given(told=words(), shuffle=st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_order_and_repetition_do_not_matter(
    told: list[tuple[str, str, str, int, bool]], shuffle: object, empty: Path, core: Core, child: Make, found: Make
) -> None:
    records = _records(told, child, found)
    again = records + records[: len(records) // 2]
    shuffle.shuffle(again)  # type: ignore[attr-defined]
    assert _state(again, empty, core) == _state(records, empty, core)


@given(told=words())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_port_matched_as_a_batch_ends_as_matching_at_once(
    told: list[tuple[str, str, str, int, bool]], empty: Path, core: Core, child: Make, found: Make
) -> None:
    records = _records(told, child, found)
    assert _state(records, empty, core, matching=False) == _state(records, empty, core)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_a_rejected_pair_asks_again_only_while_facts_speak_for_it_whatever_the_order(
    order: tuple[int, ...], flow: Flow, store: Store, child: Make, found: Make
) -> None:
    better, worse = "Asha Devi Kumari Oraon", "Devi Kumari"
    later = [child("M1", better, version=4), found("F1", better, version=4), found("F1", worse, version=5)]
    flow.receive("police-br", "message-1", [child("M1")])
    flow.receive("cci-dl", "message-1", [found("F1")])
    with store.read() as work:
        match_id = work.matches.best(None, 2, 10)[0].match_id
    flow.decide(match_id, MatchState.REJECTED, "officer:a", "another girl")
    for number, place in enumerate(order):
        flow.receive(later[place].ref.participant, f"message-{number + 2}", [later[place]])
    with store.read() as work:
        assert [match.state for match in work.matches.best(None, 2, 10)] == [MatchState.REJECTED]
