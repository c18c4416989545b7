"""Who comes in: the members of one home's staff by a pass of their own, or whoever runs the software for all homes."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from sqlalchemy import select, update

from adapters.cci.node import tables
from adapters.cci.node.telling_time import moment
from adapters.lookalike.rows import Database, Row


@dataclass(frozen=True)
class Who:
    """Who calls; ``home`` None: all homes (the operator, and the hub on behalf of an officer it names)."""

    home: str | None = None
    holder: str | None = None
    designation: str | None = None

    def may_see(self, home_unit: str) -> bool:
        """Whether a child or a fact of this home is theirs to see."""
        return self.home is None or self.home == home_unit


class Passes:
    """Passes are words of 32 random bytes; the database keeps what they hash to, so that nobody can read one there."""

    def __init__(self, database: Database, key: str | None) -> None:
        self._database, self._key = database, key

    def who(self, word: str) -> Who | None:
        """Who shows this word: the operator by the key (or by nothing, where none is set), staff by a pass."""
        found = self._database.one(tables.staff_pass, _hash(word)) if word else None
        if found is not None:
            return None if found["ended_at"] else Who(found["home_unit"], found["holder"], found["designation"])
        if self._key is None or hmac.compare_digest(word.encode(), self._key.encode()):
            return Who()
        return None

    def issue(self, home_unit: str, holder: str, designation: str | None) -> str:
        """A new pass, told this once."""
        word = secrets.token_urlsafe(32)
        row = {"pass_hash": _hash(word), "home_unit": home_unit, "holder": holder, "designation": designation}
        with self._database.writing() as connection:
            connection.execute(tables.staff_pass.insert().values(**row, issued_at=moment()))
        return word

    def end(self, home_unit: str, holder: str) -> int:
        """End every pass of one member of staff; how many were ended."""
        c = tables.staff_pass.c
        mine = (c.home_unit == home_unit) & (c.holder == holder) & c.ended_at.is_(None)
        with self._database.writing() as connection:
            return connection.execute(update(tables.staff_pass).where(mine).values(ended_at=moment())).rowcount

    def of(self, home_unit: str) -> list[Row]:
        """Who has a pass of this home, without the passes."""
        c = tables.staff_pass.c
        query = select(c.holder, c.designation, c.issued_at, c.ended_at).where(c.home_unit == home_unit)
        with self._database.reading() as connection:
            return [dict(row) for row in connection.execute(query.order_by(c.issued_at, c.holder)).mappings()]


def _hash(word: str) -> str:
    return hashlib.sha256(word.encode()).hexdigest()
