"""Payloads on their way to and from the disk: the one place where they are sealed, and where keys are hashed."""

import hashlib
from collections.abc import Collection
from functools import lru_cache
from typing import Protocol

import numpy as np
import numpy.typing as npt
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

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
