"""Looks that were forced open, until when, and how each was reviewed."""

import datetime
from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from hub.index.people_tables import glass


@dataclass(frozen=True)
class Broken:
    """One forced look. ``reviewed_by`` and the rest stay empty until another person judged it."""

    glass_id: str
    login: str
    institution: str | None
    hub_id: str
    purpose: str
    matter: str
    reason: str
    at: datetime.datetime
    until: datetime.datetime
    reviewed_at: datetime.datetime | None = None
    reviewed_by: str | None = None
    justified: bool | None = None
    words: str | None = None


class Glass:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, broken: Broken) -> None:
        self._connection.execute(glass.insert().values(broken.__dict__))

    def is_broken(self, login: str, hub_id: str, now: datetime.datetime) -> bool:
        """Whether this person forced this entry open and the time is not over."""
        mine = (glass.c.login == login) & (glass.c.hub_id == hub_id) & (glass.c.until > now)
        return self._connection.execute(select(glass.c.glass_id).where(mine).limit(1)).first() is not None

    def to_review(self, limit: int) -> list[Broken]:
        """Those that nobody reviewed, oldest first."""
        query = select(glass).where(glass.c.reviewed_at.is_(None)).order_by(glass.c.at).limit(limit)
        return [Broken(*row) for row in self._connection.execute(query)]

    def find(self, glass_id: str) -> Broken | None:
        row = self._connection.execute(select(glass).where(glass.c.glass_id == glass_id)).one_or_none()
        return None if row is None else Broken(*row)

    def review(self, glass_id: str, by: str, justified: bool, words: str, now: datetime.datetime) -> bool:
        """False if it was reviewed before."""
        open_ = (glass.c.glass_id == glass_id) & glass.c.reviewed_at.is_(None)
        values = {"reviewed_at": now, "reviewed_by": by, "justified": justified, "words": words}
        return bool(self._connection.execute(update(glass).where(open_).values(values)).rowcount)
