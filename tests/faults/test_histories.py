"""Whatever the order in which messages come, and however often: index, pairs and what owners believe end alike."""

import datetime
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from contracts import CaseEvent, ChildRecord, NoticeKind, Reference
from contracts.codes import Status
from contracts.events import CaseEventKind
from contracts.exchange import Answer, MatchState
from hub.flow import Flow
from hub.index import Store
from hub.index.migrations import upgrade
from hub.index.schema import events, matches, outbox, records
from tests.faults.figures import LONG, stated
from tests.hub.conftest import START, WordCore, make_child, make_found

HISTORIES = 10_000 if LONG else 150
_WHO = (("police-br", "M1"), ("police-br", "M2"), ("cci-dl", "F1"), ("cci-dl", "F2"), ("zipnet", "F3"))
_NAMES = ("Asha Devi", "Devi Kumari", "Asha Devi Kumari Oraon", "")
_Item = ChildRecord | CaseEvent
_Pair = tuple[str, str]


class FewBest(WordCore):
    """At most two proposals stand for one child, so that some stand behind others."""

    best = 2


@dataclass(frozen=True)
class Plan:
    """What happens: words told in any order, then a person's decisions, then more words in any order."""

    first: tuple[_Item, ...]
    decisions: dict[_Pair, MatchState]
    second: tuple[_Item, ...]


@dataclass(frozen=True)
class End:
    """What must be the same for every order."""

    index: set[tuple[str, str, str, str, int]]
    timeline: set[tuple[str, str]]
    pairs: set[tuple[str, str, str, float | None]]
    believed: set[tuple[str, str, str]]
    """(owner, its record, the other) of what the owner was last told that it may be one child, and which stands."""


def _word(told: tuple[tuple[str, str], int, str, Status | None]) -> ChildRecord:
    (owner, source_id), version, name, status = told
    make = make_child if source_id.startswith("M") else make_found
    return make(source_id, name, participant=owner, version=version, status=status)


def _event(number: int) -> CaseEvent:
    owner, source_id = _WHO[number % len(_WHO)]
    at = START + datetime.timedelta(hours=number)
    ref = Reference(participant=owner, source_id=source_id)
    return CaseEvent(event_id=f"E{number}", ref=ref, kind=CaseEventKind.REPORTED, at=at)


def _words(versions: range, endings: tuple[Status, ...]) -> st.SearchStrategy[tuple[_Item, ...]]:
    """Some words of some records, each version of a record saying one thing, and some steps of cases."""
    one = st.tuples(
        st.sampled_from(_WHO),
        st.sampled_from(versions),
        st.sampled_from(_NAMES),
        st.sampled_from([None, None, None, *endings]),
    )
    told = st.lists(one, min_size=2, max_size=7, unique_by=lambda word: word[:2]).map(
        lambda found: [_word(one) for one in found]
    )
    steps = st.lists(st.integers(10 * versions[0], 10 * versions[0] + 4), max_size=2, unique=True)
    return st.tuples(told, steps.map(lambda found: [_event(number) for number in found])).map(
        lambda both: (*both[0], *both[1])
    )


_DECISIONS = st.dictionaries(
    st.tuples(st.sampled_from(("M1", "M2")), st.sampled_from(("F1", "F2", "F3"))),
    st.sampled_from((MatchState.REJECTED, MatchState.REJECTED, MatchState.CONFIRMED)),
    min_size=1,
    max_size=4,
)
PLANS = st.builds(
    Plan, _words(range(1, 4), (Status.CLOSED, Status.WITHDRAWN)), _DECISIONS, _words(range(4, 7), (Status.WITHDRAWN,))
)


class Run:
    """One hub that lives through one order of a plan."""

    def __init__(self, empty: Path) -> None:
        self._folder = tempfile.TemporaryDirectory(dir=empty.parent)
        path = Path(self._folder.name) / "hub.sqlite"
        shutil.copyfile(empty, path)
        self.store = Store.at(f"sqlite:///{path}")
        self.flow = Flow(self.store, FewBest())
        self.messages: list[tuple[str, _Item]] = []

    def tell(self, item: _Item, message_id: str = "") -> list[Answer]:
        message_id = message_id or f"message-{len(self.messages):04}"
        self.messages.append((message_id, item))
        receive = self.flow.receive if isinstance(item, ChildRecord) else self.flow.receive_events
        reply = receive(item.ref.participant, message_id, [item])  # type: ignore[operator]
        return [outcome.answer for outcome in reply.outcomes]

    def decide(self, decisions: dict[_Pair, MatchState]) -> None:
        with self.store.read() as work:
            standing = work.matches.best(MatchState.PROPOSED, 2, 100)
        for match in sorted(standing, key=lambda one: (one.ref.source_id, one.other.source_id)):
            state = decisions.get((match.ref.source_id, match.other.source_id))
            if state is not None:
                self.flow.decide(match.match_id, state, "officer:a", "looked at both")

    def owed(self) -> Counter[tuple[str, str, str]]:
        with self.store.engine.connect() as connection:
            rows = connection.execute(select(outbox.c.lane, outbox.c.about, outbox.c.kind)).all()
        return Counter((row.lane, row.about, row.kind) for row in rows)

    def end(self) -> End:
        with self.store.read() as work:
            connection = work.connection
            rows = connection.execute(select(records)).all()
            names = {row.row: row.source_id for row in rows}
            pairs = {
                (names[one.searched], names[one.found], one.state, one.bits if one.state == "proposed" else None)
                for one in connection.execute(select(matches))
                if one.state != "withdrawn"  # whether a pair was ever proposed depends on what was told first
            }
            strong = {pair[:2] for pair in pairs if pair[3] is None or pair[3] >= FewBest.tell_bits}
            said = [one for one in work.outbox._opened(connection.execute(_BODIES).all()) if one is not None]
            timeline = {(row.sender, row.event_id) for row in connection.execute(select(events))}
        last = {(one.to, one.about.source_id, one.other.source_id if one.other else ""): one.kind for one in said}
        believed = {key for key, kind in last.items() if kind is NoticeKind.MATCH_PROPOSED}
        return End(
            {(row.participant, row.source_id, row.version, row.status, row.side) for row in rows},
            timeline,
            pairs,
            {key for key in believed if {key[1:], key[:0:-1]} & strong},
        )

    def close(self) -> None:
        self.store.close()
        self._folder.cleanup()


_BODIES = select(outbox.c.notice_id, outbox.c.body).order_by(outbox.c.seq)


def _straight(plan: Plan, empty: Path) -> End:
    """The plan in the order in which it was written, everything once."""
    run = Run(empty)
    for item in plan.first:
        run.tell(item)
    run.decide(plan.decisions)
    for item in plan.second:
        run.tell(item)
    end = run.end()
    run.close()
    return end


def _histories(empty: Path) -> type[RuleBasedStateMachine]:
    class Histories(RuleBasedStateMachine):
        """Another order of a plan, with messages told twice on the way."""

        @initialize(plan=PLANS)
        def begin(self, plan: Plan) -> None:
            self.plan, self.run, self.decided = plan, Run(empty), False
            self.waiting = list(plan.first)

        @precondition(lambda self: self.waiting)
        @rule(at=st.integers(0, 20))
        def tell(self, at: int) -> None:
            self.run.tell(self.waiting.pop(at % len(self.waiting)))

        @precondition(lambda self: self.run.messages)
        @rule(at=st.integers(0, 20), as_another_message=st.booleans())
        def tell_again(self, at: int, as_another_message: bool) -> None:
            message_id, item = self.run.messages[at % len(self.run.messages)]
            before = self.run.owed()
            self.run.tell(item, "" if as_another_message else message_id)
            assert self.run.owed() == before

        @precondition(lambda self: not self.waiting and not self.decided)
        @rule()
        def decide(self) -> None:
            self.run.decide(self.plan.decisions)
            self.decided, self.waiting = True, list(self.plan.second)

        @rule()
        def rest(self) -> None:
            """Nothing more may happen at all."""

        def teardown(self) -> None:
            if not hasattr(self, "run"):
                return
            while self.waiting or not self.decided:
                self.tell(len(self.waiting) // 2) if self.waiting else self.decide()
            end = self.run.end()
            self.run.close()
            assert end == _straight(self.plan, empty)
            _lived.append(None)

    return Histories


_lived: list[None] = []


@pytest.fixture
def empty() -> Iterator[Path]:
    """A migrated SQLite file to copy, in memory where there is such a folder: no history asks for a disk."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        path = Path(folder) / "empty.sqlite"
        store = Store.at(f"sqlite:///{path}")
        upgrade(store.engine)
        store.close()
        yield path


def test_every_order_and_repetition_of_a_history_ends_the_same(empty: Path) -> None:
    how = settings(
        max_examples=HISTORIES,
        stateful_step_count=16,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=not LONG,
        database=None,
    )
    with stated("histories") as row:
        try:
            run_state_machine_as_test(_histories(empty), settings=how)
        finally:
            row.cases = len(_lived)
        row.figures = {"histories that ended otherwise": 0}
