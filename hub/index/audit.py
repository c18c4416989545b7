"""The audit: who asked for what about which record, when and why. Lines are added, never changed."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from hub.index import dialect
from hub.index.schema import audiences, audit
from hub.reports import Access


@dataclass(frozen=True)
class Line:
    """One line before it is written; ``matter`` is the case it is asked for, ``opening`` the line it answers."""

    who: str
    role: str
    act: str
    outcome: str
    institution: str | None = None
    purpose: str | None = None
    matter: str | None = None
    detail: str | None = None
    hub_id: str | None = None
    opening: int | None = None
    sent_at: datetime.datetime | None = None


_ADD = audit.insert().returning(audit.c.seq)


class Audit:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, line: Line, now: datetime.datetime) -> int:
        """The line's number."""
        return int(self._connection.execute(_ADD, {"at": now, **vars(line)}).scalar_one())

    def add_all(self, lines: Iterable[tuple[Line, datetime.datetime]]) -> None:
        """Several lines, each of its moment."""
        dialect.insert_many(self._connection, audit, [{"at": at, **vars(line)} for line, at in lines])

    def keep_audience(self, digest: str, asked: Sequence[str]) -> None:
        """Keep who was asked, once for each list; the line that tells of it names the digest."""
        dialect.insert_new(self._connection, audiences, {"digest": digest, "participants": "\n".join(asked)})

    def audience(self, digest: str) -> list[str]:
        """Who was asked; empty if there is no such list."""
        kept = self._connection.execute(select(audiences.c.participants).where(audiences.c.digest == digest)).scalar()
        return kept.split("\n") if kept else []

    def of(self, hub_id: str, limit: int = 500) -> list[Access]:
        """The reads of one child, newest first; a read's outcome is that of the line which closed it."""
        closing = audit.alias()
        query = (
            select(audit, closing.c.outcome.label("closed"))
            .outerjoin(closing, closing.c.opening == audit.c.seq)
            .where(audit.c.hub_id == hub_id, audit.c.opening.is_(None))
            .order_by(audit.c.seq.desc())
            .limit(limit)
        )
        return [
            Access(
                at=row.at,
                who=row.who,
                role=row.role,
                institution=row.institution,
                act=row.act,
                purpose=row.purpose,
                case=row.matter,
                detail=row.detail,
                outcome=row.closed or row.outcome,
            )
            for row in self._connection.execute(query)
        ]
