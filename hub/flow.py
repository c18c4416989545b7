"""The journey of a record through the hub, in order: inbox, namespace, version, index, keys, matches, outbox.

Everything that one message causes is one transaction: it is all there, debts included, or nothing is.
"""

import datetime
import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from contracts import CaseEvent, ChildRecord, Problem, Refused
from contracts.codes import Restriction
from contracts.exchange import Answer, Match, MatchState, Outcome, SubmitReply
from hub.casework.keeping import Keeping
from hub.core import Core
from hub.deciding import decide, end_matches, recall
from hub.index import Store, Work
from hub.index.aside import Laid
from hub.index.entry import Entry, Side, as_it_stands, is_withdrawn, newness, sealed
from hub.index.inbox import Received
from hub.index.records import Compared, Known
from hub.proposing import Proposing, Tally

Enrich = Callable[[ChildRecord], ChildRecord]
Item = TypeVar("Item", ChildRecord, CaseEvent)


@dataclass(frozen=True)
class Unreadable:
    """A record or event of a message that the contract refused: answered and set aside; the others go on."""

    id: str
    problems: tuple[Problem, ...]
    original: dict[str, object]


#: What of a message could not be read, by its place among the items that were sent.
Unread = Mapping[int, Unreadable]
NOTHING_UNREAD: Unread = {}


def woven(items: Sequence[Item], unread: Unread) -> list[Item | Unreadable]:
    """The items as they were sent: the readable ones in order, each unreadable one back at its place."""
    whole: list[Item | Unreadable] = list(items)
    for place in sorted(unread):
        whole.insert(place, unread[place])
    return whole


#: By how much a sender's clock may be ahead of ours. A word from the future would keep out every true one until then.
CLOCKS_MAY_DIFFER = datetime.timedelta(minutes=10)


def utc_now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


@dataclass(frozen=True)
class Flow:
    """The journey, with its parts. ``enrich`` adds what the registry knows: the station's institution and district."""

    store: Store
    core: Core
    enrich: Enrich = lambda record: record
    candidates_cap: int = 1_000
    match_later: bool = False
    """What is told for the first time waits for ``match_owed``: its debt of being matched is in its transaction."""
    now: Callable[[], datetime.datetime] = utc_now
    keeping: Keeping = field(default_factory=Keeping)
    """Keeps the cases beside the steps that are told."""
    decided: Callable[[Work, Match, datetime.datetime], None] = lambda work, match, now: None
    """What else a decision owes, in its transaction (``hub.homeward``)."""

    # 1. A message comes in.

    def receive(self, sender: str, message_id: str, items: Sequence[ChildRecord | Unreadable]) -> SubmitReply:
        """Take in records of ``sender``; the same message gets the same reply, byte for byte, without effect.

        Raises ``Refused`` with code ``message_id_reused`` when the id came before with another body.
        """
        return self._once(sender, message_id, items, lambda work: self._records(work, sender, items))

    def receive_events(self, sender: str, message_id: str, items: Sequence[CaseEvent | Unreadable]) -> SubmitReply:
        """Take in steps of the sender's own cases, each event id once."""
        return self._once(sender, message_id, items, lambda work: self._events(work, sender, items))

    def _once(
        self,
        sender: str,
        message_id: str,
        items: Iterable[ChildRecord | CaseEvent | Unreadable],
        take_in: Callable[[Work], list[Outcome]],
    ) -> SubmitReply:
        body_hash = _hash(items)
        with self.store.write() as work:
            work.records.hold_sender(sender)
            kept = work.inbox.find(sender, message_id)
            if kept is not None:
                return _the_same_again(kept, work.inbox.is_same(kept, body_hash))
            reply = SubmitReply(message_id=message_id, outcomes=take_in(work))
            work.inbox.add(sender, message_id, Received(body_hash, reply.model_dump_json()), self.now())
        return reply

    # 2. Each record is its sender's own, and readable; else it is answered so, and the others go on.

    def _records(self, work: Work, sender: str, items: Sequence[ChildRecord | Unreadable]) -> list[Outcome]:
        items = [self._not_ahead(item) for item in items]
        told = [item for item in items if isinstance(item, ChildRecord) and item.ref.participant == sender]
        answers = iter(self.index(work, sender, told))
        return [self._outcome(work, sender, item, answers) for item in items]

    def _not_ahead(self, item: ChildRecord | Unreadable) -> ChildRecord | Unreadable:
        """A sender whose clock is ahead is told so by field and rule; it sends the record again with the true time."""
        if isinstance(item, Unreadable) or not self.is_ahead(item):
            return item
        message = "This time has not come yet. Set your system's clock, and send the record again."
        problem = Problem(field="recorded_at", rule="clock_ahead", message=message)
        return Unreadable(item.ref.source_id, (problem,), item.model_dump(mode="json", exclude_defaults=True))

    def is_ahead(self, record: ChildRecord) -> bool:
        """Whether the record says to be of a time that has not come."""
        return record.recorded_at > self.now() + CLOCKS_MAY_DIFFER

    def _outcome(self, work: Work, sender: str, item: ChildRecord | Unreadable, answers: Iterable[Answer]) -> Outcome:
        if isinstance(item, Unreadable):
            return self._lay_aside(work, sender, item)
        if item.ref.participant != sender:
            return _not_yours(item.ref.source_id)
        answer = next(iter(answers))
        return (
            _erased(item.ref.source_id) if answer is Answer.REFUSED else Outcome(id=item.ref.source_id, answer=answer)
        )

    def _lay_aside(self, work: Work, sender: str, item: Unreadable) -> Outcome:
        problem = item.problems[0] if item.problems else Problem(field="", rule="unreadable", message="Unreadable.")
        if not work.erasing.among({(sender, item.id[:200])}):
            work.aside.add(Laid(sender, item.id, "refused", problem, item.original), self.now())
        return Outcome(id=item.id, answer=Answer.REFUSED, problems=list(item.problems[:50]))

    # 3. A version that was told before, or is older than the one that stands, changes nothing; the rest is indexed.

    def index(
        self,
        work: Work,
        sender: str,
        told: Sequence[ChildRecord],
        matching: bool = True,
        yielding: Collection[str] = (),
    ) -> list[Answer]:
        """Index records of one participant and, unless it is a port, match them; an answer for each, in order.

        What is held of the ids of ``yielding`` yields to any word: the source was just asked for it.
        """
        work.records.hold_sender(sender)
        now, ids = self.now(), {record.ref.source_id for record in told}
        known = work.records.known(sender, ids)
        held = work.beside.held(sender, ids)
        unknown = {(sender, one) for one in ids - known.keys()} if held.erased else set()
        erased = {one for _, one in work.erasing.among(unknown)}
        answers, newest, repeated = _sift(told, known, yielding, erased)
        work.records.repeat(repeated)
        if held.aside:
            work.aside.resolve(sender, [record.ref.source_id for record in newest], now)
        stand = [as_it_stands(record, now) for record in newest]
        self.put(work, stand, known, now, matching, stepped=held.stepped)
        return answers

    def put(
        self,
        work: Work,
        records: Sequence[ChildRecord],
        known: dict[str, Known],
        now: datetime.datetime,
        matching: bool = True,
        as_told: bool = True,
        stepped: bool = True,
    ) -> None:
        """Let these be the words that stand for records of one participant, whose sender is held.

        ``as_told``: they are the owner's own words, and an order that seals a record is added to them. ``stepped``:
        of one of them a step may have been told.
        """
        if as_told:
            records = [_as_ordered(work, record, known.get(record.ref.source_id)) for record in records]
        entries = self._entries(records, known, matching and not self.match_later)
        changed = work.records.write(entries, known, now)
        rows = {row.source_id: row.row for row in changed}
        self.keeping.mark_firs(work, records, rows, [rows[one] for one in rows.keys() & known.keys()], now)
        if stepped:
            self.keeping.records_told(work, records, now)
        touched = list(zip(entries, changed, strict=True))
        if self.match_later:
            touched = [(entry, row) for entry, row in touched if row.source_id in known]
        if not matching:  # a port is matched as a batch later; only what it ends cannot wait
            touched = [(entry, row) for entry, row in touched if row.side is Side.CLOSED and row.source_id in known]
        self._match(work, touched, now)

    def _entries(self, records: Sequence[ChildRecord], known: dict[str, Known], matching: bool) -> list[Entry]:
        """In their order; what a port tells for the first time is prepared for matching by the batch that follows."""
        entries = [self._entry(record, known.get(record.ref.source_id)) for record in records]
        now = [entry for entry in entries if matching or entry.record.ref.source_id in known]
        ready = {entry.record.ref.source_id: entry for entry in self.core.prepared(now)}
        return [ready.get(entry.record.ref.source_id, entry) for entry in entries]

    def _entry(self, record: ChildRecord, before: Known | None) -> Entry:
        entry = self.core.entry(self.enrich(record))
        return replace(entry, twin_closed=True) if before is not None and before.twin_closed else entry

    # 4. What changed is matched, twins of what ended are closed, and both owners are owed a notice.

    def _match(self, work: Work, touched: Sequence[tuple[Entry, Compared]], now: datetime.datetime) -> None:
        proposing = self.proposing()
        withdrawn = [row for entry, row in touched if is_withdrawn(entry.record)]
        proposing.gone |= {row.row for row in withdrawn}
        proposing.follow(work, [row for _, row in touched], now)
        for entry, row in touched:
            if entry.record.ended:
                end_matches(work, proposing, row, entry.record.status, f"participant:{row.participant}", now)
        self._owe_of(work, proposing.home, now)
        recall(work, withdrawn, now)

    def _owe_of(self, work: Work, ended: Sequence[str], now: datetime.datetime) -> None:
        """What a child that is home is owed, whether a person said that it is or an owner closed its record."""
        for match_id in ended:
            match = work.matches.find(match_id)
            if match is not None:
                self.decided(work, match, now)

    def proposing(self) -> Proposing:
        """A fresh follower of changes, for one transaction."""
        return Proposing(self.core, self.core.best, self.candidates_cap, Tally())

    # 5. Steps of a case join the timeline.

    def _events(self, work: Work, sender: str, items: Sequence[CaseEvent | Unreadable]) -> list[Outcome]:
        told = [item for item in items if isinstance(item, CaseEvent) and item.ref.participant == sender]
        seen = work.events.known(sender, [event.event_id for event in told])
        refs = {(sender, event.ref.source_id) for event in told}
        erased = {one for _, one in work.erasing.among(refs)}
        outcomes, new = [], {}
        for item in items:
            if isinstance(item, Unreadable):
                outcomes.append(self._lay_aside(work, sender, item))
            elif item.ref.participant != sender:
                outcomes.append(_not_yours(item.event_id))
            elif item.ref.source_id in erased:
                outcomes.append(_erased(item.event_id))
            else:
                is_new = item.event_id not in seen
                seen.add(item.event_id)
                if is_new:
                    new[item.event_id] = item
                answer = Answer.ACCEPTED if is_new else Answer.UNCHANGED
                outcomes.append(Outcome(id=item.event_id, answer=answer))
        work.events.add(sender, list(new.values()), self.now())
        self.keeping.events_told(work, {(sender, one.ref.source_id) for one in new.values()}, self.now())
        return outcomes

    # 6. A person decides.

    def decide(self, match_id: str, state: MatchState, by: str, reason: str) -> Match:
        """``by`` is the person's id, never a name. Raises ``Refused``: ``unknown_match``, ``illegal_step``."""
        with self.store.write() as work:
            proposing = self.proposing()
            decided = decide(work, proposing, match_id, state, by, reason, self.now())
            self.decided(work, decided, self.now())
            self._owe_of(work, proposing.home, self.now())
            return decided


def _sift(
    told: Sequence[ChildRecord],
    known: dict[str, Known],
    yielding: Collection[str] = (),
    erased: Collection[str] = (),
) -> tuple[list[Answer], list[ChildRecord], dict[int, datetime.datetime]]:
    """(an answer for each, the newest word of each record that changes it, row -> later moment of the same word).

    A version told again later changes nothing but its moment; so an owner without version numbers may return to what it
    said before (untraced, traced, untraced), and the end does not depend on the order of arrival.
    """
    stands = {source_id: (one.recorded_at, one.version) for source_id, one in known.items()}
    stands = {source_id: word for source_id, word in stands.items() if source_id not in yielding}
    answers, newest, repeated = [], {}, {}
    for record in told:
        source_id, word = record.ref.source_id, (record.recorded_at, record.ref.version)
        if source_id in erased:
            answers.append(Answer.REFUSED)
            continue
        before = stands.get(source_id)
        is_newer = before is None or newness(*word) > newness(*before)
        changes = before is None or (is_newer and word[1] != before[1])
        if is_newer:
            stands[source_id] = word
        if changes or (is_newer and source_id in newest):
            newest[source_id] = record
        elif is_newer:
            repeated[source_id] = record.recorded_at
        answers.append(Answer.ACCEPTED if changes else Answer.UNCHANGED)
    rows = {known[one].row: moment for one, moment in repeated.items() if one not in newest}
    return answers, list(newest.values()), rows


def _as_ordered(work: Work, record: ChildRecord, before: Known | None) -> ChildRecord:
    """What is under a seal stays so, whatever its owner says of it meanwhile."""
    if before is None or not before.sealed:
        return record
    work.orders.note_owners_own(before.hub_id, Restriction.SEALED in record.restrictions)
    return sealed(record)


def _erased(item_id: str) -> Outcome:
    message = "This record was erased by order. Destroy what you keep of it, or ask the hub's operator."
    problem = Problem(field="ref.source_id", rule="erased", message=message)
    return Outcome(id=item_id, answer=Answer.REFUSED, problems=[problem])


def _not_yours(item_id: str) -> Outcome:
    message = "A participant tells only of its own records. Put your own participant id into ref.participant."
    return Outcome(
        id=item_id,
        answer=Answer.REFUSED,
        problems=[Problem(field="ref.participant", rule="own_namespace", message=message)],
    )


def _hash(items: Iterable[ChildRecord | CaseEvent | Unreadable]) -> str:
    digest = hashlib.sha256()
    for item in items:
        body = repr(item) if isinstance(item, Unreadable) else item.model_dump_json()
        digest.update(body.encode() + b"\n")
    return digest.hexdigest()


def _the_same_again(kept: Received, same: bool) -> SubmitReply:
    if not same:
        raise Refused("message_id_reused", "This message id came before with another body. Use a new id.")
    return SubmitReply.model_validate_json(kept.reply)
