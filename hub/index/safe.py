"""The safe: every child's words closed by a key of their own, which lies wrapped in the database it belongs to.

Keys that were opened stay in memory as ciphers, a bounded number of them. One that this transaction made is known to
it alone until it ends, since it may be undone. Whoever erases a child deletes one row; see ``hub.sealing.erasing``.
"""

import hashlib
import hmac
import threading
from collections.abc import Collection, Iterable, Sequence
from itertools import islice
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, bindparam, delete, select, tuple_

from contracts import Unready
from hub.index import dialect
from hub.index.payload import FEATURES, NOTICE, Owner, Seal
from hub.index.schema import markers
from hub.index.sealing_tables import child_keys, hub_keys
from hub.sealing import envelope
from hub.sealing.keyring import Keyring

#: The marker that says whether new words are closed; see ``Safe.is_on``.
SWITCH = "sealing"
#: The marker that names the key-encryption key that closes.
CLOSING = "kek"
ON = "on"
_CIPHERS = 200_000
_OWNED = tuple_(child_keys.c.participant, child_keys.c.source_id)
_OF_NUMBERS = select(child_keys).where(child_keys.c.number.in_(bindparam("numbers", expanding=True)))
_OF_OWNERS = select(child_keys).where(_OWNED.in_(bindparam("owners", expanding=True)))
_PART = 5_000


class Safe:
    """What the processes of one hub hold of its keys; ``at`` gives the seal of one transaction."""

    def __init__(self, keyring: Keyring, on: bool = True) -> None:
        self.keyring, self._on = keyring, on
        self._ciphers: dict[int, AESGCM] = {}
        self._hub_keys: dict[str, bytes] = {}
        self._guard = threading.Lock()

    def at(self, connection: Connection) -> "ChildSeal":
        return ChildSeal(self, connection)

    def is_on(self, connection: Connection) -> bool:
        """Whether new words are closed: an existing database is switched once every process can open them."""
        if not self._on:
            query = select(markers.c.value).where(markers.c.name == SWITCH)
            self._on = connection.execute(query).scalar_one_or_none() == ON
        return self._on

    def known(self, numbers: Iterable[int]) -> dict[int, AESGCM]:
        with self._guard:
            found = {number: self._ciphers.get(number) for number in numbers}
        return {number: cipher for number, cipher in found.items() if cipher is not None}

    def remember(self, ciphers: dict[int, AESGCM]) -> None:
        with self._guard:
            self._ciphers |= ciphers
            for oldest in list(islice(self._ciphers, max(0, len(self._ciphers) - _CIPHERS))):
                del self._ciphers[oldest]

    def forget(self, numbers: Iterable[int]) -> None:
        with self._guard:
            for number in numbers:
                self._ciphers.pop(number, None)

    def hub_key(self, connection: Connection, purpose: str) -> bytes | None:
        """A key of the hub itself; None if it has none for that."""
        if purpose not in self._hub_keys:
            query = select(hub_keys.c.kek, hub_keys.c.wrapped).where(hub_keys.c.purpose == purpose)
            row = connection.execute(query).one_or_none()
            if row is None:
                return None
            self._hub_keys[purpose] = envelope.unwrap(self.keyring.cipher(row.kek), row.wrapped, purpose.encode())
        return self._hub_keys[purpose]

    def closing_key(self, connection: Connection) -> str:
        """The key-encryption key that wraps new keys: the one that the database names, whatever this process read
        before. A rotation waits until no transaction is left that was told another."""
        dialect.hold_keys(connection, shared=True)
        query = select(markers.c.value).where(markers.c.name == CLOSING)
        return connection.execute(query).scalar_one_or_none() or self.keyring.current

    def make_hub_key(self, connection: Connection, purpose: str) -> None:
        """Draw one, unless there is one."""
        kek = self.closing_key(connection)
        wrapped = envelope.wrap(self.keyring.cipher(kek), envelope.new_key(), purpose.encode())
        dialect.insert_new(connection, hub_keys, {"purpose": purpose, "kek": kek, "wrapped": wrapped})


class ChildSeal(Seal):
    """The seal of one transaction."""

    def __init__(self, safe: Safe, connection: Connection) -> None:
        self._safe, self._connection = safe, connection
        self._made: dict[int, AESGCM] = {}
        self._numbers: dict[Owner, int] = {}

    # Closing

    def close(self, plain: bytes, purpose: str, *owners: Owner, row: str = "") -> bytes:
        if not plain or not self._safe.is_on(self._connection):
            return plain
        self.ready(owners)
        for owner in dict.fromkeys(owners):
            number = self._numbers[owner]
            plain = envelope.close(self._cipher(number), number, plain, purpose.encode(), row.encode())
        return plain

    def ready(self, owners: Collection[Owner]) -> None:
        """Have a key for each owner at hand, all looked up or made at once."""
        wanted = sorted(set(owners) - self._numbers.keys())
        if not wanted or not self._safe.is_on(self._connection):
            return
        for part in dialect.parts(wanted, _PART):
            held = self._held(part)
            if len(held) < len(part):
                self._make([owner for owner in part if owner not in held])

    def _held(self, owners: Sequence[Owner]) -> Collection[Owner]:
        rows = self._connection.execute(_OF_OWNERS, {"owners": [tuple(owner) for owner in owners]}).all()
        self._numbers |= (held := {Owner(row.participant, row.source_id): row.number for row in rows})
        unknown = set(held.values()) - self._made.keys()
        unknown -= self._safe.known(unknown).keys()
        self._safe.remember({row.number: self._unwrapped(row) for row in rows if row.number in unknown})
        return held

    def _make(self, owners: Sequence[Owner]) -> None:
        kek = self._safe.closing_key(self._connection)
        closing, rows, made = self._safe.keyring.cipher(kek), [], {}
        for owner in owners:
            key, number = envelope.new_key(), envelope.new_number()
            wrapped = envelope.wrap(closing, key, whose(number, owner))
            made[number] = AESGCM(key)
            rows.append(
                {
                    "number": number,
                    "participant": owner.participant,
                    "source_id": owner.source_id,
                    "kek": kek,
                    "wrapped": wrapped,
                }
            )
        dialect.insert_many(self._connection, child_keys, rows, new_only=True)
        self._made |= made
        # Another transaction may have made one for the same child first: the one that stands is taken.
        held = self._connection.execute(_OF_OWNERS, {"owners": [tuple(owner) for owner in owners]}).all()
        for row in held:
            self._numbers[Owner(row.participant, row.source_id)] = row.number
            if row.number not in made:
                self._safe.remember({row.number: self._unwrapped(row)})

    # Opening

    def open(self, sealed: bytes, purpose: str, row: str = "") -> bytes:
        return self.open_all([sealed], purpose, [row])[0]

    def open_all(self, sealed: Sequence[bytes], purpose: str, rows: Sequence[str] | None = None) -> list[bytes]:
        found, bound = list(sealed), purpose.encode()
        while closed := [at for at, one in enumerate(found) if envelope.is_closed(one)]:
            ciphers = self._ciphers({envelope.number_of(found[at]) for at in closed})
            for at in closed:
                cipher = ciphers.get(envelope.number_of(found[at]))
                row = rows[at].encode() if rows is not None else b""
                found[at] = _keyless(purpose) if cipher is None else envelope.open_(cipher, found[at], bound, row)
        return found

    def tag(self, text: str) -> str:
        """A keyed hash, which tells nothing without the hub's own key; begins with ``~``."""
        key = self._safe.hub_key(self._connection, "tags") if self._safe.is_on(self._connection) else None
        return text if key is None else "~" + hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:63]

    # Keys

    def destroy(self, owner: Owner) -> None:
        """Delete the key of a child: what it closed stays closed. What is said from now on gets another."""
        query = (child_keys.c.participant == owner.participant) & (child_keys.c.source_id == owner.source_id)
        gone = self._connection.execute(delete(child_keys).where(query).returning(child_keys.c.number)).scalars().all()
        self._numbers.pop(owner, None)
        for number in gone:
            self._made.pop(number, None)
        self._safe.forget(gone)

    def _cipher(self, number: int) -> AESGCM:
        return self._ciphers({number})[number]

    def _ciphers(self, numbers: set[int]) -> dict[int, AESGCM]:
        found = {number: self._made[number] for number in numbers & self._made.keys()}
        found |= self._safe.known(numbers - found.keys())
        fresh: dict[int, AESGCM] = {}
        for part in dialect.parts(sorted(numbers - found.keys()), _PART):
            rows = self._connection.execute(_OF_NUMBERS, {"numbers": list(part)})
            fresh |= {row.number: self._unwrapped(row) for row in rows}
        self._safe.remember(fresh)
        return found | fresh

    def _unwrapped(self, row: Any) -> AESGCM:
        kek = self._safe.keyring.cipher(row.kek)
        owner = Owner(row.participant, row.source_id)
        return AESGCM(envelope.unwrap(kek, row.wrapped, whose(row.number, owner)))


def _keyless(purpose: str) -> bytes:
    """Of features and notices nothing is left when their key is gone; what else is asked for may be there when asked
    again."""
    if purpose in (FEATURES, NOTICE):
        return b""
    raise Unready("child_key_missing", "A record was being erased. Ask again; if it stays so, its key was lost.")


def whose(number: int, owner: Owner) -> bytes:
    """What a wrapped key is bound to: it opens nothing when it is moved to another child's row."""
    return b"child\x00" + number.to_bytes(8, "big") + "\x00".join(owner).encode()
