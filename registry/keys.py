"""Keys of participants' machines: told once, kept as a hash, several at a time so that they can be exchanged."""

import datetime
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from contracts import Participant, Refused
from registry.participants import Participants
from registry.store import Store, insert_new
from registry.tables import participant_keys as table
from registry.tables import participants

Moment = datetime.datetime
#: ``tc_`` + public id (12 hexadecimal digits) + ``_`` + 32 random bytes.
_FORM = re.compile(r"tc_([0-9a-f]{12})_([A-Za-z0-9_-]{43})", re.ASCII)
_NOTHING = bytes(32)
# Made once: every call at a door asks it.
_HELD = (
    select(table, participants.c.active, participants.c.body)
    .select_from(table.join(participants, table.c.participant == participants.c.id))
    .where(table.c.key_id == bindparam("is_key"))
)


@dataclass(frozen=True)
class IssuedKey:
    """A new key. ``key`` is told this once and cannot be found out again."""

    key_id: str
    key: str = field(repr=False)
    participant: str
    valid_from: Moment
    valid_to: Moment | None


@dataclass(frozen=True)
class KnownKey:
    """What is kept of a key."""

    key_id: str
    participant: str
    valid_from: Moment
    valid_to: Moment | None
    revoked_at: Moment | None
    note: str | None
    issued_at: Moment

    def live(self, at: Moment) -> bool:
        """True if it works at ``at``."""
        return self.revoked_at is None and self.valid_from <= at and (self.valid_to is None or at < self.valid_to)


class Keys:
    """Issues, revokes and recognises keys."""

    def __init__(self, store: Store, participants_: Participants) -> None:
        self._store, self._participants = store, participants_

    def issue(
        self,
        participant: str,
        valid_from: Moment | None = None,
        valid_to: Moment | None = None,
        note: str | None = None,
    ) -> IssuedKey:
        """A new key beside those the participant has; works from now, unless told, until ``valid_to`` (excluded).

        Raises ``Refused`` (``unknown_participant``, ``bad_key_dates``).
        """
        self._participants.require(participant)
        now = _now()
        first = valid_from or now
        if valid_to is not None and valid_to <= max(first, now):
            raise Refused("bad_key_dates", "The key would never work; let it end after it begins and after now.")
        key_id = secrets.token_hex(6)
        key = f"tc_{key_id}_{secrets.token_urlsafe(32)}"
        row = {"key_id": key_id, "participant": participant, "sha256": _hash(key), "valid_from": first}
        with self._store.writing() as connection:
            rest = {"valid_to": valid_to, "note": note and note[:200], "issued_at": now}
            insert_new(connection, table, [{**row, **rest}])
        return IssuedKey(key_id, key, participant, first, valid_to)

    def revoke(self, key_id: str) -> None:
        """The key works no more from this moment; raises ``Refused`` with code ``unknown_key``."""
        with self._store.writing() as connection:
            held = update(table).where(table.c.key_id == key_id, table.c.revoked_at.is_(None))
            done = connection.execute(held.values(revoked_at=_now())).rowcount
            if not done and connection.execute(select(table.c.key_id).where(table.c.key_id == key_id)).first() is None:
                raise Refused("unknown_key", "No key has this id; list the keys of the participant.")

    def of(self, participant: str) -> list[KnownKey]:
        """All keys a participant ever had, oldest first."""
        columns = [c for c in table.c if c.name != "sha256"]
        query = select(*columns).where(table.c.participant == participant).order_by(table.c.issued_at, table.c.key_id)
        with self._store.reading() as connection:
            return [KnownKey(**row._mapping) for row in connection.execute(query)]

    def participant_by_key(self, key: str, at: Moment | None = None) -> Participant:
        """Who holds ``key``; raises ``Refused`` with code ``wrong_key``.

        Somebody without the right key always gets the same answer after the same work; the holder of one that has
        ended, was revoked or belongs to an inactive participant is told so.
        """
        form = _FORM.fullmatch(key)
        row = self._row(form[1] if form else "")
        if not hmac.compare_digest(_hash(key), _NOTHING if row is None else row.sha256) or row is None:
            raise Refused("wrong_key", "This key is not known; check it, or ask the hub for a new one.")
        self._check(row, at or _now())
        return _read(row.body)

    def _row(self, key_id: str) -> Row[Any] | None:
        with self._store.reading() as connection:
            return connection.execute(_HELD, {"is_key": key_id}).first()

    @staticmethod
    def _check(row: Row[Any], at: Moment) -> None:
        if row.revoked_at is not None:
            raise Refused("wrong_key", "This key was revoked; ask the hub for a new one.")
        if at < row.valid_from:
            raise Refused("wrong_key", "This key is not valid yet; wait for its first day.")
        if row.valid_to is not None and at >= row.valid_to:
            raise Refused("wrong_key", "This key has ended; ask the hub for a new one.")
        if not row.active:
            raise Refused("wrong_key", "This participant is inactive; ask the hub to activate it.")


@lru_cache(maxsize=4_096)
def _read(body: str) -> Participant:
    """A participant as it is kept; frozen, so that one object serves every call."""
    return Participant.model_validate_json(body)


def _hash(key: str) -> bytes:
    # The key holds 256 random bits, so a plain hash cannot be searched; a slow one would only slow the doors.
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()


def _now() -> Moment:
    return datetime.datetime.now(datetime.UTC)
