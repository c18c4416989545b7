"""People who may sign in, and their sessions. Passwords and tokens are kept as hashes only."""

import datetime
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select, update

from hub.index import dialect
from hub.index.people_tables import accounts, sessions


@dataclass(frozen=True)
class Stored:
    login: str
    password: str
    """Argon2 hash."""
    name: str
    role: str
    institution: str | None
    failures: int = 0
    locked_until: datetime.datetime | None = None
    second_factor: bytes | None = None
    """Sealed secret of the one-time codes; None where the account has none."""
    second_step: int | None = None


_STORED = [accounts.c[name] for name in Stored.__dataclass_fields__]


class Accounts:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def save(self, account: Stored) -> None:
        """Create, or overwrite with failures forgotten."""
        dialect.upsert(self._connection, accounts, dict(account.__dict__), keep=("second_factor", "second_step"))

    def find(self, login: str) -> Stored | None:
        row = self._connection.execute(select(*_STORED).where(accounts.c.login == login)).one_or_none()
        return None if row is None else Stored(*row)

    def note_failure(self, login: str, most: int, locked_until: datetime.datetime) -> None:
        """Count a wrong password; at ``most`` the account is locked and the count starts anew."""
        mine = accounts.c.login == login
        counted = update(accounts).where(mine).values(failures=accounts.c.failures + 1)
        failures = self._connection.execute(counted.returning(accounts.c.failures)).scalar_one_or_none()
        if failures is not None and failures >= most:
            locked = update(accounts).where(mine).values(failures=0, locked_until=locked_until)
            self._connection.execute(locked)

    def set_second_factor(self, login: str, sealed: bytes | None) -> bool:
        """Give or take the secret of one-time codes; false if there is no such account."""
        values = {"second_factor": sealed, "second_step": None}
        return bool(self._connection.execute(update(accounts).where(accounts.c.login == login).values(values)).rowcount)

    def use_step(self, login: str, step: int) -> bool:
        """Note that the code of a step was used; false if it or a later one was before: no code serves twice."""
        unused = (accounts.c.login == login) & (accounts.c.second_step.is_(None) | (accounts.c.second_step < step))
        return bool(self._connection.execute(update(accounts).where(unused).values(second_step=step)).rowcount)

    def close_sessions_of(self, login: str) -> int:
        """End every session of a person at once; how many."""
        return self._connection.execute(delete(sessions).where(sessions.c.login == login)).rowcount

    def remove(self, login: str) -> bool:
        """Take an account away with its sessions; what it did stays in the audit."""
        self.close_sessions_of(login)
        return bool(self._connection.execute(delete(accounts).where(accounts.c.login == login)).rowcount)

    def forget_failures(self, login: str) -> None:
        statement = update(accounts).where(accounts.c.login == login)
        self._connection.execute(statement.values(failures=0, locked_until=None))

    def open_session(self, token_hash: str, login: str, now: datetime.datetime, until: datetime.datetime) -> None:
        values = {"token_hash": token_hash, "login": login, "created_at": now, "expires_at": until}
        self._connection.execute(sessions.insert().values(values))

    def of_session(self, token_hash: str, now: datetime.datetime) -> Stored | None:
        query = (
            select(*_STORED)
            .join(sessions, sessions.c.login == accounts.c.login)
            .where(sessions.c.token_hash == token_hash, sessions.c.expires_at > now)
        )
        row = self._connection.execute(query).one_or_none()
        return None if row is None else Stored(*row)

    def close_session(self, token_hash: str) -> None:
        self._connection.execute(delete(sessions).where(sessions.c.token_hash == token_hash))

    def clean(self, now: datetime.datetime) -> int:
        """Remove sessions that are over; how many."""
        return self._connection.execute(delete(sessions).where(sessions.c.expires_at <= now)).rowcount
