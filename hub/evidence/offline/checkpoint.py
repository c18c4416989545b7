"""Signed heads of the tree in the form the field uses: C2SP tlog-checkpoint, signed-note and tlog-cosignature.

A checkpoint is text: the origin, the size, the root in base64, an empty line, then a signature on each line. The hub
signs with Ed25519 (type 1); a witness adds a cosignature (type 4) that also states when it saw the head.
"""

import base64
import binascii
import hashlib
import struct
from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

LOG, WITNESS = 1, 4


class Malformed(ValueError):
    """A checkpoint, key or bundle that is none; the message says what to do."""


_DASH = "\u2014"


@dataclass(frozen=True)
class Head:
    """The tree at one size. ``origin`` names the log, e.g. ``hub.example.in/audit``."""

    origin: str
    size: int
    root: bytes

    @property
    def body(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def read(cls, body: str) -> Self:
        """``Malformed`` if it is none."""
        lines = body.split("\n")
        try:
            origin, size, root = lines[0], lines[1], base64.b64decode(lines[2], validate=True)
            fits = origin and str(int(size)) == size and len(root) == 32 and len(lines) > 3
        except (IndexError, ValueError, binascii.Error):
            fits = False
        if not fits:
            raise Malformed("It is not a checkpoint (C2SP tlog-checkpoint). Take it as the hub gave it.")
        return cls(origin, int(size), root)


@dataclass(frozen=True)
class Verifier:
    """A public key by which heads are checked; its text form is ``name+id+base64`` (C2SP signed-note)."""

    name: str
    kind: int
    key: bytes

    @property
    def id(self) -> bytes:
        """The first four bytes of ``SHA-256(name, newline, type, key)``."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.key).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(bytes([self.kind]) + self.key).decode()}"

    @classmethod
    def read(cls, text: str) -> Self:
        """``Malformed`` if it is none."""
        try:
            name, id_, packed = text.strip().split("+", 2)
            raw = base64.b64decode(packed, validate=True)
            found = cls(name, raw[0], raw[1:])
            fits = len(raw) == 33 and raw[0] in (LOG, WITNESS) and found.id.hex() == id_
        except (ValueError, IndexError, binascii.Error):
            fits = False
        if not fits:
            raise Malformed("It is not a verifier key. Copy it from `trackchild audit key`.")
        return found

    def verify(self, body: str, signature: str) -> bool:
        """Whether a signature line is this key's over a checkpoint's body."""
        found = read_signature(signature)
        if found is None or found[:2] != (self.name, self.id):
            return False
        blob = found[2]
        if self.kind == WITNESS:
            if len(blob) != 72:
                return False
            (when,), blob = struct.unpack(">Q", blob[:8]), blob[8:]
            body = _cosigned(body, when)
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(blob, body.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


class Signer:
    """A private key with its name: the hub's (``kind`` LOG) or a witness's."""

    def __init__(self, name: str, private: Ed25519PrivateKey, kind: int = LOG) -> None:
        public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self._private, self.verifier = private, Verifier(name, kind, public)

    def sign(self, body: str, when: int = 0) -> str:
        """The signature line over a checkpoint's body; ``when`` (Unix seconds) is stated by witnesses only."""
        stated = struct.pack(">Q", when) if self.verifier.kind == WITNESS else b""
        signed = _cosigned(body, when) if stated else body
        blob = self.verifier.id + stated + self._private.sign(signed.encode())
        return f"{_DASH} {self.verifier.name} {base64.b64encode(blob).decode()}"


def read_signature(line: str) -> tuple[str, bytes, bytes] | None:
    """(name, key id, the rest) of a signature line; None if it is none."""
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != _DASH:
        return None
    try:
        blob = base64.b64decode(parts[2], validate=True)
    except (ValueError, binascii.Error):
        return None
    return (parts[1], blob[:4], blob[4:]) if len(blob) > 4 else None


def cosigned_at(line: str) -> int | None:
    """When a witness says it saw the head, in Unix seconds; None if the line states no time."""
    found = read_signature(line)
    return struct.unpack(">Q", found[2][:8])[0] if found and len(found[2]) == 72 else None


def join(head: Head, signatures: list[str]) -> str:
    """The whole checkpoint."""
    return head.body + "\n" + "".join(f"{line}\n" for line in signatures)


def part(checkpoint: str) -> tuple[Head, list[str]]:
    """(head, signature lines); ``Malformed`` if it is none."""
    body, gap, signatures = checkpoint.partition("\n\n")
    if not gap:
        raise Malformed("It is not a checkpoint: no empty line before the signatures. Take it as the hub gave it.")
    return Head.read(body + "\n"), [line for line in signatures.split("\n") if line]


def _cosigned(body: str, when: int) -> str:
    return f"cosignature/v1\ntime {when}\n{body}"
