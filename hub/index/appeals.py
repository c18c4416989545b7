"""Messages of the public alerts, one after another for each child that is appealed for, and what they must follow."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, delete, insert, or_, select, update

from contracts import ChildRecord
from hub.index.appeal_tables import appeals
from hub.index.entry import opaque_id
from hub.index.payload import RECORD, Seal, load_record
from hub.index.schema import records

CANCEL = "Cancel"


@dataclass(frozen=True)
class Message:
    """One message: ``kind`` is CAP's msgType. ``state`` and ``district`` are LGD codes; ``seq`` grows with ``sent``."""

    seq: int
    identifier: str
    public_id: str
    kind: str
    sent: datetime.datetime
    state: int | None
    district: int | None
    digest: bytes | None


@dataclass(frozen=True)
class Shown:
    """An entry that the public is shown now; ``updated`` is when the index last changed it."""

    public_id: str
    record: ChildRecord
    updated: datetime.datetime


_MESSAGE = [appeals.c[name] for name in Message.__dataclass_fields__]
_SHOWN = [records.c.hub_id, records.c.public_id.label("shown_id"), records.c.updated, records.c.record]
_IS_PUBLIC = and_(records.c.public_id.is_not(None), records.c.public.is_(True))
_NEWEST = appeals.c.newest.is_(True)


class Appeals:
    def __init__(self, connection: Connection, seal: Seal) -> None:
        self._connection, self._seal = connection, seal

    # What is to be told.

    def unseen(self, limit: int) -> list[tuple[Shown, Message | None]]:
        """Entries shown to the public that changed since their newest message, which stands beside each."""
        newest = and_(appeals.c.public_id == records.c.public_id, _NEWEST)
        query = (
            select(*_SHOWN, *_MESSAGE)
            .select_from(records.outerjoin(appeals, newest))
            .where(_IS_PUBLIC, or_(appeals.c.seen.is_(None), appeals.c.seen != records.c.updated))
            .order_by(records.c.row)
            .limit(limit)
        )
        rows = self._connection.execute(query).all()
        told = [None if row.seq is None else Message(*row[len(_SHOWN) :]) for row in rows]
        return list(zip(self._opened(rows), told, strict=True))

    def over(self, limit: int) -> list[Message]:
        """Newest messages of children whom the public is shown no longer."""
        shown = select(records.c.row).where(records.c.public_id == appeals.c.public_id, records.c.public.is_(True))
        query = select(*_MESSAGE).where(_NEWEST, appeals.c.kind != CANCEL, ~shown.exists()).order_by(appeals.c.seq)
        return [Message(*row) for row in self._connection.execute(query.limit(limit))]

    def ageing(self, before: datetime.datetime, limit: int) -> list[tuple[Shown, Message]]:
        """Entries still shown whose newest message was sent before a moment."""
        query = (
            select(*_SHOWN, *_MESSAGE)
            .join_from(appeals, records, appeals.c.public_id == records.c.public_id)
            .where(_NEWEST, _IS_PUBLIC, appeals.c.kind != CANCEL, appeals.c.sent < before)
            .order_by(appeals.c.seq)
            .limit(limit)
        )
        rows = self._connection.execute(query).all()
        return list(zip(self._opened(rows), (Message(*row[len(_SHOWN) :]) for row in rows), strict=True))

    # Telling.

    def say(
        self, public_id: str, kind: str, sent: datetime.datetime, place: tuple[int | None, int | None],
        digest: bytes | None = None, seen: datetime.datetime | None = None,
    ) -> None:  # fmt: skip
        """The next message of a child; the one before it is the newest no longer."""
        older = update(appeals).where(appeals.c.public_id == public_id, _NEWEST)
        self._connection.execute(older.values(newest=False, digest=None))
        state, district = place
        said = {"identifier": opaque_id(), "public_id": public_id, "kind": kind, "sent": sent, "newest": True}
        place_said = {"state": state, "district": district}
        self._connection.execute(insert(appeals).values(said | place_said | {"digest": digest, "seen": seen}))

    def same(self, message: Message, seen: datetime.datetime) -> None:
        """The entry changed and the message would still say what it says."""
        self._connection.execute(update(appeals).where(appeals.c.seq == message.seq).values(seen=seen))

    def last_sent(self) -> datetime.datetime | None:
        """When the newest message of all was sent."""
        query = select(appeals.c.sent).order_by(appeals.c.seq.desc()).limit(1)
        return self._connection.execute(query).scalar_one_or_none()

    def forget(self, before: datetime.datetime) -> None:
        """Drop all messages of children whose Cancel was sent before a moment."""
        over = select(appeals.c.public_id).where(_NEWEST, appeals.c.kind == CANCEL, appeals.c.sent < before)
        self._connection.execute(delete(appeals).where(appeals.c.public_id.in_(over)))

    # Reading.

    def newest(self, limit: int, offset: int) -> list[tuple[Message, Shown | None]]:
        """The newest message of each child, newest first, with the entry while it is shown to the public."""
        return self._read(_pairs().order_by(appeals.c.seq.desc()).limit(limit).offset(offset))

    def since(self, moment: datetime.datetime | None, limit: int, skip: int) -> list[tuple[Message, Shown | None]]:
        """The same, oldest first, of those sent at ``moment`` or later."""
        chosen = _pairs() if moment is None else _pairs().where(appeals.c.sent >= moment)
        return self._read(chosen.order_by(appeals.c.sent, appeals.c.seq).limit(limit).offset(skip))

    def one(
        self, *, identifier: str | None = None, public_id: str | None = None
    ) -> tuple[Message, Shown | None] | None:
        """The newest message of a child, by its own or the child's public id; an older message is nobody's."""
        named = appeals.c.identifier == identifier if identifier is not None else appeals.c.public_id == public_id
        return next(iter(self._read(_pairs().where(named))), None)

    def before(self, message: Message) -> list[Message]:
        """The messages of the same alert that it follows, oldest first."""
        earlier = select(*_MESSAGE).where(appeals.c.public_id == message.public_id, appeals.c.seq < message.seq)
        found = [Message(*row) for row in self._connection.execute(earlier.order_by(appeals.c.seq))]
        last = max((at for at, one in enumerate(found) if one.kind == "Alert"), default=0)
        return [] if message.kind == "Alert" else found[last:]

    def _read(self, query: Select[Any]) -> list[tuple[Message, Shown | None]]:
        rows = self._connection.execute(query).all()
        shown = {one.public_id: one for one in self._opened([row for row in rows if row.hub_id is not None])}
        return [(message, shown.get(message.public_id)) for row in rows for message in [Message(*row[len(_SHOWN) :])]]

    def _opened(self, rows: Sequence[Row[Any]]) -> list[Shown]:
        opened = self._seal.open_all([row.record for row in rows], RECORD, [row.hub_id for row in rows])
        told = ((str(row.shown_id), one, row.updated) for row, one in zip(rows, opened, strict=True))
        return [Shown(public_id, load_record(one), updated) for public_id, one, updated in told]


def _pairs() -> Select[Any]:
    shown = and_(appeals.c.public_id == records.c.public_id, records.c.public.is_(True))
    return select(*_SHOWN, *_MESSAGE).select_from(appeals.outerjoin(records, shown)).where(_NEWEST)
