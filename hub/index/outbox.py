"""Notices owed to participants: written with their cause, claimed by couriers, settled by a push or a fetch."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Integer, bindparam, exists, func, select, update

from contracts import Notice, NoticeKind, tracing
from hub.index import dialect
from hub.index.columns import Moment, Values
from hub.index.payload import NOTICE, Owner, Seal
from hub.index.schema import lanes, outbox

OWED, DONE, DEAD, DOUBT = "owed", "done", "dead", "doubt"
#: How one was settled whose child was erased before it was told.
ERASED = "erased"


@dataclass(frozen=True)
class Owed:
    """One notice claimed for delivery; ``unsure`` if an earlier attempt may have reached a system that cannot tell."""

    seq: int
    notice: Notice
    attempts: int
    unsure: bool = False
    trace: str | None = None


@dataclass(frozen=True)
class Due:
    """A lane in which something is due, and how often in a row it did not answer."""

    lane: str
    failures: int
    many: int


@dataclass(frozen=True)
class Queue:
    """What is owed in one lane, and since when."""

    lane: str
    many: int
    oldest: datetime.datetime


@dataclass(frozen=True)
class Why:
    """Why a notice was not taken: a code, and the field and rule where the owner named them."""

    code: str
    field: str | None = None
    rule: str | None = None


#: When an attempt was begun, and when it was answered.
Times = tuple[datetime.datetime, datetime.datetime]


@dataclass(frozen=True)
class Told:
    """How one notice came to its owner, the owner's own id for it, and when."""

    seq: int
    how: str
    foreign_id: str | None
    begun: datetime.datetime
    end: datetime.datetime

    @property
    def said(self) -> Values:
        return {"told_how": self.how, "theirs": self.foreign_id, "begun": self.begun, "end": self.end}


# Made once: putting a statement together takes longer than the database needs for it.
_earlier = outbox.alias("earlier")
_WAITS = exists().where(
    _earlier.c.lane == outbox.c.lane,
    _earlier.c.about == outbox.c.about,
    _earlier.c.seq < outbox.c.seq,
    _earlier.c.state == OWED,
)
_NOW = bindparam("now", type_=Moment)
_CLAIMED = (
    select(outbox.c.seq, outbox.c.notice_id, outbox.c.body, outbox.c.attempts, outbox.c.unsure, outbox.c.trace)
    .where(outbox.c.lane == bindparam("in_lane"), outbox.c.state == OWED, outbox.c.due <= _NOW)
    .where(outbox.c.held_until.is_(None) | (outbox.c.held_until <= _NOW), ~_WAITS)
    .order_by(outbox.c.due, outbox.c.seq)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(of=outbox, skip_locked=True)
)
_HOLD = (
    update(outbox)
    .where(outbox.c.seq.in_(bindparam("seqs", expanding=True)))
    .values(holder=bindparam("new_by"), held_until=bindparam("until", type_=Moment))
)
_MINE = (
    select(outbox.c.seq)
    .where(outbox.c.seq.in_(bindparam("seqs", expanding=True)))
    .where(outbox.c.holder == bindparam("by"), outbox.c.state == OWED)
    .order_by(outbox.c.seq)
    .with_for_update()
)
_TAKEN = (
    update(outbox)
    .where(outbox.c.seq == bindparam("is_seq"), outbox.c.holder == bindparam("by"), outbox.c.state == OWED)
    .values(state=DONE, how=bindparam("told_how"), foreign_id=bindparam("theirs"), unsure=False)
    .values(settled_at=bindparam("end", type_=Moment), sent_at=bindparam("begun", type_=Moment))
    .values(holder=None, held_until=None, attempts=outbox.c.attempts + 1)
)


class Outbox:
    def __init__(self, connection: Connection, seal: Seal) -> None:
        self._connection, self._seal = connection, seal

    def add(self, notices: Iterable[Notice], now: datetime.datetime, owner: Owner | None = None) -> None:
        """Owe them, under the trace of what causes them; closed for the children they speak of, or for ``owner``."""
        trace, notices = tracing.current(), list(notices)
        owners = {notice.notice_id: owners_of(notice) if owner is None else [owner] for notice in notices}
        self._seal.ready([one for several in owners.values() for one in several])
        rows = [
            {
                "notice_id": notice.notice_id,
                "lane": notice.to,
                "about": notice.about.source_id,
                "kind": notice.kind.value,
                "body": self._closed(notice, owners[notice.notice_id]),
                "state": OWED,
                "due": now,
                "created_at": now,
                "trace": trace,
                "match_id": notice.match_id,
            }
            for notice in notices
        ]
        dialect.insert_many(self._connection, outbox, rows)

    def lanes_due(self, now: datetime.datetime) -> list[Due]:
        """Participants to whom something is due and who are not left alone; those that failed last come last."""
        failures = func.coalesce(func.max(lanes.c.failures), 0)
        free = outbox.c.held_until.is_(None) | (outbox.c.held_until <= now)
        query = (
            select(outbox.c.lane, failures, func.count())
            .outerjoin(lanes, lanes.c.lane == outbox.c.lane)
            .where(outbox.c.state == OWED, outbox.c.due <= now, free)
            .where(lanes.c.resume_at.is_(None) | (lanes.c.resume_at <= now))
            .where(lanes.c.next_at.is_(None) | (lanes.c.next_at <= now))
            .group_by(outbox.c.lane)
            .order_by(failures, outbox.c.lane)
        )
        return [Due(*row) for row in self._connection.execute(query)]

    def claim(self, lane: str, holder: str, now: datetime.datetime, until: datetime.datetime, limit: int) -> list[Owed]:
        """The notices of a lane that are due longest, at most one per record, held until ``until``.

        A notice waits while an earlier one about the same record is still owed: their order is kept.
        """
        rows = self._connection.execute(_CLAIMED, {"in_lane": lane, "now": now, "most": limit}).all()
        if rows:
            self._connection.execute(_HOLD, {"seqs": [row.seq for row in rows], "new_by": holder, "until": until})
        told = list(zip(rows, self._opened(rows), strict=True))
        self._forget([row.seq for row, notice in told if notice is None], now)
        return [
            Owed(row.seq, notice, row.attempts, row.unsure, row.trace) for row, notice in told if notice is not None
        ]

    def _forget(self, seqs: Sequence[int], now: datetime.datetime) -> None:
        """The child they speak of was erased meanwhile: there is nothing to tell."""
        if seqs:
            self._connection.execute(update(outbox).where(outbox.c.seq.in_(seqs)).values(_settled(DONE, ERASED, now)))

    def sending(self, seq: int, holder: str, now: datetime.datetime, until: datetime.datetime) -> bool:
        """Written before a system is told that cannot tell a notice it knows; false when the claim went to another."""
        mine = (outbox.c.seq == seq) & (outbox.c.holder == holder) & (outbox.c.state == OWED)
        values: Values = {"unsure": True, "sent_at": now, "held_until": until}
        return bool(self._connection.execute(update(outbox).where(mine).values(values)).rowcount)

    def done(self, seq: int, holder: str, how: str, foreign_id: str | None, sent: Times) -> bool:
        """The owner has it; false when the claim had gone to another holder meanwhile."""
        return bool(self.all_done(holder, [Told(seq, how, foreign_id, *sent)]))

    def all_done(self, holder: str, told: Sequence[Told]) -> set[int]:
        """The same of several at once: those that were still claimed."""
        asked = {"seqs": [one.seq for one in told], "by": holder}
        mine = set(self._connection.execute(_MINE, asked).scalars())
        written = [{"is_seq": one.seq, "by": holder, **one.said} for one in told if one.seq in mine]
        if written:
            self._connection.execute(_TAKEN, written)
        return mine

    def dead(self, seq: int, holder: str, why: Why, sent: Times) -> bool:
        """Never to be tried again unless a person says so."""
        return self._settle(seq, holder, _settled(DEAD, None, sent[1]) | _because(why) | {"sent_at": sent[0]})

    def doubt(self, seq: int, holder: str, why: Why, now: datetime.datetime) -> bool:
        """It may have arrived and nobody can tell: a person must look."""
        return self._settle(seq, holder, _settled(DOUBT, None, now) | _because(why))

    def retry(
        self, seq: int, holder: str, code: str, due: datetime.datetime, unsure: bool, counts: bool = True
    ) -> bool:
        """To be tried again at ``due``; ``counts`` if the attempt speaks against this notice."""
        values: Values = {"due": due, "holder": None, "held_until": None, "unsure": unsure}
        return self._settle(seq, holder, values | _because(Why(code)), counts)

    def give_back(self, seqs: Iterable[int], holder: str) -> None:
        """Claimed but not tried: free again, without an attempt counted."""
        mine = outbox.c.seq.in_(list(seqs)) & (outbox.c.holder == holder) & (outbox.c.state == OWED)
        values: Values = {"holder": None, "held_until": None}
        self._connection.execute(update(outbox).where(mine).values(values))

    def _settle(self, seq: int, holder: str, values: Values, counts: bool = True) -> bool:
        mine = (outbox.c.seq == seq) & (outbox.c.holder == holder) & (outbox.c.state == OWED)
        statement = update(outbox).where(mine).values(values | {"attempts": outbox.c.attempts + int(counts)})
        return bool(self._connection.execute(statement).rowcount)

    # Participants that fetch their notices themselves

    def waiting(self, lane: str, after: str | None, limit: int) -> list[Notice]:
        """What is owed to a participant, oldest first, after the notice of that id."""
        query = select(outbox.c.notice_id, outbox.c.body).where(outbox.c.lane == lane, outbox.c.state == OWED)
        if after is not None:
            last = select(outbox.c.seq).where(outbox.c.lane == lane, outbox.c.notice_id == after).scalar_subquery()
            query = query.where(outbox.c.seq > func.coalesce(last, 0))
        rows = self._connection.execute(query.order_by(outbox.c.seq).limit(limit)).all()
        return [one for one in self._opened(rows) if one is not None]

    def last_told(self, lane: str, about: str, match_id: str) -> str | None:
        """The kind of the last notice of a match that a participant was owed for its record, sent or not."""
        of_record = (outbox.c.lane == lane) & (outbox.c.about == about)
        query = select(outbox.c.kind).where(of_record, outbox.c.match_id == match_id)
        return self._connection.execute(query.order_by(outbox.c.seq.desc()).limit(1)).scalar_one_or_none()

    def acknowledge(
        self, lane: str, notice_id: str, now: datetime.datetime
    ) -> tuple[datetime.datetime | None, Notice | None]:
        """When it was settled (None: no such notice is owed to ``lane``), and the notice if this call did so."""
        mine = (outbox.c.lane == lane) & (outbox.c.notice_id == notice_id)
        settle = update(outbox).where(mine, outbox.c.state != DONE).values(_settled(DONE, "fetched", now))
        row = self._connection.execute(settle.returning(outbox.c.notice_id, outbox.c.body)).one_or_none()
        at = self._connection.execute(select(outbox.c.settled_at).where(mine)).scalar_one_or_none()
        return at, None if row is None else self._opened([row])[0]

    def counts(self) -> list[tuple[str, str, int]]:
        """(participant, state, how many)."""
        query = select(outbox.c.lane, outbox.c.state, func.count()).group_by(outbox.c.lane, outbox.c.state)
        return [(lane, state, many) for lane, state, many in self._connection.execute(query)]

    def count_owed(self) -> int:
        return self._connection.execute(select(func.count()).where(outbox.c.state == OWED)).scalar_one()

    def queues(self) -> list[Queue]:
        """What is owed by lane, and the oldest of it."""
        query = select(outbox.c.lane, func.count(), func.min(outbox.c.created_at)).where(outbox.c.state == OWED)
        return [Queue(*row) for row in self._connection.execute(query.group_by(outbox.c.lane))]

    def waits(self) -> list[float]:
        """Minutes from the cause of each settled notice to its end."""
        query = select(outbox.c.created_at, outbox.c.settled_at).where(outbox.c.settled_at.is_not(None))
        return [(end - begin).total_seconds() / 60 for begin, end in self._connection.execute(query)]

    def attempts(self) -> dict[str, int]:
        """Attempts by lane, over everything that was ever owed."""
        query = select(outbox.c.lane, func.sum(outbox.c.attempts)).group_by(outbox.c.lane)
        return {lane: int(many or 0) for lane, many in self._connection.execute(query)}

    def _closed(self, notice: Notice, owners: Sequence[Owner]) -> bytes:
        plain = notice.model_dump_json(exclude_defaults=True).encode()
        return self._seal.close(plain, NOTICE, *owners, row=notice.notice_id)

    def _opened(self, rows: Sequence[Any]) -> list[Notice | None]:
        """None where the child was erased."""
        opened = self._seal.open_all([row.body for row in rows], NOTICE, [row.notice_id for row in rows])
        return [Notice.model_validate_json(one) if one else None for one in opened]


def owners_of(notice: Notice) -> list[Owner]:
    """Whose words it holds: erasing either closes it. That one was withdrawn says nothing of that one."""
    told = [notice.about] + ([notice.other] if notice.other and notice.kind is not NoticeKind.RECORD_WITHDRAWN else [])
    return [Owner(one.participant, one.source_id) for one in told]


def _settled(state: str, how: str | None, now: datetime.datetime) -> Values:
    return {"state": state, "how": how, "settled_at": now, "holder": None, "held_until": None}


def _because(why: Why) -> Values:
    field, rule = why.field and why.field[:200], why.rule and why.rule[:200]
    return {"last_error": why.code[:80], "last_field": field, "last_rule": rule}
