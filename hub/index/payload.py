"""Payloads on their way to and from the disk: the one place where they are sealed, and where keys are hashed."""

import hashlib
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from sqlalchemy import Connection

from contracts import ChildRecord
from hub.sealing.envelope import is_closed
from hub.sealing.keyring import missing

#: What payloads are for; bound to what is sealed, so that one cannot stand in the place of another.
RECORD, FEATURES, EVENT, NOTICE, ORIGINAL = "record", "features", "event", "notice", "original"


class Owner(NamedTuple):
    """Whose words they are: a record by its reference, whether or not there is one yet."""

    participant: str
    source_id: str


class Seal(Protocol):
    """Closes what is said of children before it is stored, and opens it again; of one transaction."""

    def ready(self, owners: Collection[Owner]) -> None:
        """Have at hand what closing for these owners takes; many at once cost far less each."""

    def close(self, plain: bytes, purpose: str, *owners: Owner, row: str = "") -> bytes:
        """Closed so that it opens only while the keys of all its owners are kept, and for the same ``row`` (what names
        the row in its table). Nothing stays nothing."""

    def open(self, sealed: bytes, purpose: str, row: str = "") -> bytes:
        """``Unready`` (``child_key_missing``) where a key is gone."""

    def open_all(self, sealed: Sequence[bytes], purpose: str, rows: Sequence[str] | None = None) -> list[bytes]:
        """Many at once; features and notices whose key is gone are empty."""

    def tag(self, text: str) -> str:
        """A hash of what was said, made such that it cannot be guessed at without the hub's key."""

    def destroy(self, owner: Owner) -> None:
        """Make what was closed for an owner unreadable for ever."""


class Unsealed:
    """Payloads as they are. ``Refused`` (``encryption_key_missing``) where it meets what was sealed."""

    def at(self, connection: Connection) -> Seal:
        return self

    def ready(self, owners: Collection[Owner]) -> None:
        pass

    def close(self, plain: bytes, purpose: str, *owners: Owner, row: str = "") -> bytes:
        return plain

    def open(self, sealed: bytes, purpose: str, row: str = "") -> bytes:
        return self.open_all([sealed], purpose)[0]

    def open_all(self, sealed: Sequence[bytes], purpose: str, rows: Sequence[str] | None = None) -> list[bytes]:
        if any(map(is_closed, sealed)):
            raise missing()
        return list(sealed)

    def tag(self, text: str) -> str:
        return text

    def destroy(self, owner: Owner) -> None:
        pass


def dump_record(record: ChildRecord) -> bytes:
    """The record as JSON, what is absent or default left out."""
    return record.model_dump_json(exclude_defaults=True).encode()


def load_record(payload: bytes) -> ChildRecord:
    return ChildRecord.model_validate_json(payload)


class KeyHash:
    """Turns keys into signed 64-bit numbers that tell nothing without the hub's secret."""

    def __init__(self, secret: bytes) -> None:
        self._secret = hashlib.blake2b(secret, digest_size=32).digest()
        # One block for each key, no two alike: ECB is here a keyed permutation, the fastest there is for many.
        self._cipher = Cipher(algorithms.AES(self._secret), modes.ECB())  # noqa: S305
        self.of_text = lru_cache(maxsize=200_000)(self._of_text)

    def _of_text(self, text: str) -> int:
        digest = hashlib.blake2b(text.encode(), digest_size=8, key=self._secret).digest()
        return int.from_bytes(digest, "little", signed=True)

    def of_numbers(self, numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
        """Each of many 64-bit keys, hashed."""
        blocks = np.zeros((len(numbers), 2), dtype="<u8")
        blocks[:, 0] = numbers
        hashed = self._cipher.encryptor().update(blocks.tobytes())
        return np.frombuffer(hashed, dtype="<i8")[::2]


def pack_keys(keys: Collection[int]) -> bytes:
    """Eight bytes each, little-endian, sorted."""
    return np.array(sorted(keys), dtype="<i8").tobytes()


def unpack_keys(packed: bytes) -> list[int]:
    return [int(key) for key in np.frombuffer(packed, dtype="<i8")]
