"""Notices that did not arrive and will not be tried by themselves: dead letters, and those in doubt."""

import datetime
from collections import Counter

from sqlalchemy import ColumnElement, Connection, and_, exists, func, select, update

from hub.index.columns import Values
from hub.index.schema import outbox
from hub.letters import Filter, Letter, LetterState

_COLUMNS = (
    outbox.c.notice_id,
    outbox.c.lane.label("participant"),
    outbox.c.about,
    outbox.c.kind,
    outbox.c.state,
    outbox.c.attempts,
    outbox.c.last_error.label("code"),
    outbox.c.last_field.label("field"),
    outbox.c.last_rule.label("rule"),
    outbox.c.created_at,
    outbox.c.settled_at,
    outbox.c.trace,
)


_later = outbox.alias("later")
#: Something later of the same match, to the same owner.
_LATER = exists().where(
    _later.c.lane == outbox.c.lane,
    _later.c.about == outbox.c.about,
    _later.c.match_id == outbox.c.match_id,
    _later.c.seq > outbox.c.seq,
)
#: Its owner was told something later of the match: sent now, the letter would undo what the owner knows.
_OVERTAKEN = _LATER.where(_later.c.state == "done")


def _under_way(now: datetime.datetime) -> ColumnElement[bool]:
    """Something later of the same match is being told at this moment: what becomes of it decides about the letter."""
    return _LATER.where(_later.c.state == "owed", _later.c.held_until > now)


class Letters:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, wanted: Filter, limit: int) -> list[Letter]:
        """The letters meant, latest first."""
        query = select(*_COLUMNS).where(*_meant(wanted)).order_by(outbox.c.settled_at.desc(), outbox.c.seq.desc())
        rows = self._connection.execute(query.limit(limit)).mappings()
        return [Letter(**(dict(row) | {"state": LetterState(row["state"])})) for row in rows]

    def count(self, wanted: Filter, *, overtaken: bool = False) -> dict[str, int]:
        """How many of those meant would be sent again, by participant; or how many are ``overtaken`` and would not."""
        which = _OVERTAKEN if overtaken else ~_OVERTAKEN
        query = select(outbox.c.lane, func.count()).where(*_meant(wanted), which).group_by(outbox.c.lane)
        return {lane: int(many) for lane, many in self._connection.execute(query.order_by(outbox.c.lane))}

    def owe_again(self, wanted: Filter, now: datetime.datetime) -> dict[str, int]:
        """Owe them again, each from its first attempt on and in its old place; how many, by participant.

        Those that are overtaken are settled as such: their owner was told later what became of the match. One of whose
        match something later is being told at this moment stays a letter: replay it in a minute.
        """
        over: Values = {"state": "done", "how": "overtaken", "settled_at": now, "holder": None, "held_until": None}
        self._connection.execute(update(outbox).where(*_meant(wanted), _OVERTAKEN).values(over))
        fresh: Values = {"state": "owed", "due": now, "attempts": 0, "settled_at": None, "holder": None}
        fresh |= {"held_until": None}
        # Who replays a letter in doubt has decided; a dead one whose attempts were never answered is asked for first.
        fresh["unsure"] = and_(outbox.c.unsure, outbox.c.state != LetterState.DOUBT.value)
        again = update(outbox).where(*_meant(wanted), ~_under_way(now)).values(fresh).returning(outbox.c.lane)
        return dict(sorted(Counter(self._connection.execute(again).scalars()).items()))

    def taken(self, notice_id: str, now: datetime.datetime) -> bool:
        """A person found that the owner has it; false if no such letter lies here."""
        done: Values = {"state": "done", "how": "by_person", "settled_at": now}
        statement = update(outbox).where(*_meant(Filter(notice_id=notice_id))).values(done)
        return bool(self._connection.execute(statement).rowcount)


def _meant(wanted: Filter) -> list[ColumnElement[bool]]:
    states = [wanted.state] if wanted.state is not None else list(LetterState)
    found: list[ColumnElement[bool]] = [outbox.c.state.in_([state.value for state in states])]
    if wanted.since is not None:
        found.append(outbox.c.settled_at >= wanted.since)
    for column, value in (
        (outbox.c.lane, wanted.participant),
        (outbox.c.kind, wanted.kind),
        (outbox.c.notice_id, wanted.notice_id),
        (outbox.c.last_error, wanted.code),
    ):
        if value is not None:
            found.append(column == value)
    return found
