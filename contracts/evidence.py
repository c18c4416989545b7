"""What a witness and the hub tell each other of the audit's heads (C2SP tlog-checkpoint, tlog-cosignature)."""

from typing import Annotated

from pydantic import Field, StringConstraints

from contracts.base import Model, Moment

Checkpoint = Annotated[str, StringConstraints(min_length=10, max_length=4000)]
Hash = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]{43}=$")]


class GetAuditHead(Model):
    """The newest signed head of the audit; with ``since``, proven to go on from the head of that size."""

    since: Annotated[int, Field(ge=1, le=2_000_000_000)] | None = None


class AuditHead(Model):
    size: Annotated[int, Field(ge=1, le=2_000_000_000)]
    """Lines under the head."""
    checkpoint: Checkpoint
    """Origin, size, root and the hub's signature, as text."""
    consistency: Annotated[list[Hash], Field(max_length=128)] = []
    """RFC 6962 consistency proof, base64 of each hash."""
    signed_at: Moment


class CosignAuditHead(Model):
    """A witness saw the head of this size and found that it goes on from all it saw before."""

    size: Annotated[int, Field(ge=1, le=2_000_000_000)]
    cosignature: Annotated[str, StringConstraints(min_length=10, max_length=500)]
    """The signature line (type 4), with its dash."""


class Cosigned(Model):
    size: int
    witness: str
