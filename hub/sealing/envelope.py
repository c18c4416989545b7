"""Envelopes: what is said of a child under AES-256-GCM with a key of its own, and keys wrapped by another key.

An envelope is a mark of three bytes, the number of its key (8 bytes), a nonce (12) and the ciphertext with its tag
(NIST SP 800-38D). What it is for, the number and the row it stands in are bound as
associated data. What speaks of two children lies in an
envelope within an envelope: without either key it stays closed. Nonces are drawn at random; one key closes the
versions of one record, far below the 2**32 at which that would matter.
"""

import os
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from contracts import Refused

#: No JSON and no thinned features (their length comes first) begins like this. ``BOUND``: to the row it stands in, too.
MARK, BOUND = b"\xff\xff\x01", b"\xff\xff\x02"
MARKS = (MARK, BOUND)
_NUMBER, _NONCE, _MARKED = 8, 12, len(MARK)
_NUMBER_FROM, _NONCE_FROM = len(MARK), len(MARK) + _NUMBER
_BODY_FROM = _NONCE_FROM + _NONCE


def is_closed(stored: bytes) -> bool:
    return stored.startswith(MARKS)


def number_of(sealed: bytes) -> int:
    """The number of the key that opens an envelope."""
    return int.from_bytes(sealed[_NUMBER_FROM:_NONCE_FROM], "big")


def close(cipher: AESGCM, number: int, plain: bytes, purpose: bytes, row: bytes = b"") -> bytes:
    """With ``row`` it opens only for the row that it was closed for."""
    head, nonce = (BOUND if row else MARK) + number.to_bytes(_NUMBER, "big"), os.urandom(_NONCE)
    return head + nonce + cipher.encrypt(nonce, plain, purpose + head + row)


def open_(cipher: AESGCM, sealed: bytes, purpose: bytes, row: bytes = b"") -> bytes:
    """What lies in it. ``Refused`` (``sealed_otherwise``) if it was altered, moved, or closed for something else."""
    bound = purpose + sealed[:_NONCE_FROM] + (row if sealed[:_MARKED] == BOUND else b"")
    try:
        return cipher.decrypt(sealed[_NONCE_FROM:_BODY_FROM], sealed[_BODY_FROM:], bound)
    except InvalidTag:
        raise Refused("sealed_otherwise", "What is kept does not open: it was altered. Restore a backup.") from None


def new_key() -> bytes:
    return AESGCM.generate_key(256)


def new_number() -> int:
    """63 random bits, never 0."""
    return secrets.randbits(63) or 1


def wrap(kek: AESGCM, key: bytes, whose: bytes) -> bytes:
    """A key closed by the key-encryption key, bound to whose it is: 60 bytes."""
    nonce = os.urandom(_NONCE)
    return nonce + kek.encrypt(nonce, key, whose)


def unwrap(kek: AESGCM, wrapped: bytes, whose: bytes) -> bytes:
    """``Refused`` (``sealed_otherwise``) if it was altered or is somebody else's."""
    try:
        return kek.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], whose)
    except InvalidTag:
        raise Refused("sealed_otherwise", "A kept key does not open: it was altered. Restore a backup.") from None
