"""Payloads on their way to and from the disk: the one place where they are sealed, and where keys are hashed."""

import hashlib
from collections.abc import Collection
from functools import lru_cache
from typing import Protocol

import numpy as np

from contracts import ChildRecord


class Seal(Protocol):
    """Closes what is said of one child before it is stored, and opens it again."""

    def close(self, plain: bytes) -> bytes: ...

    def open(self, sealed: bytes) -> bytes: ...


class Unsealed:
    """Payloads as they are."""

    def close(self, plain: bytes) -> bytes:
        return plain

    def open(self, sealed: bytes) -> bytes:
        return sealed


def dump_record(record: ChildRecord) -> bytes:
    """The record as JSON, what is absent or default left out."""
    return record.model_dump_json(exclude_defaults=True).encode()


def load_record(payload: bytes) -> ChildRecord:
    return ChildRecord.model_validate_json(payload)


class KeyHash:
    """Keyed BLAKE2b of a blocking key, as the signed 64-bit number that databases index best."""

    def __init__(self, secret: bytes) -> None:
        digest = hashlib.blake2b(secret, digest_size=32).digest()

        @lru_cache(maxsize=200_000)
        def one(key: str) -> int:
            return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8, key=digest).digest(), signed=True)

        self._one = one

    def __call__(self, key: str) -> int:
        return self._one(key)


def pack_keys(keys: Collection[int]) -> bytes:
    """Eight bytes each, little-endian, sorted."""
    return np.array(sorted(keys), dtype="<i8").tobytes()


def unpack_keys(packed: bytes) -> list[int]:
    return [int(key) for key in np.frombuffer(packed, dtype="<i8")]
