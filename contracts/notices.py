"""What the hub tells a participant: a proposed match and its evidence, a decision, a closing."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from contracts.base import Day, Line, Model, Moment, ParticipantId
from contracts.places import LgdCode
from contracts.record import Reference


class NoticeKind(StrEnum):
    MATCH_PROPOSED = "match_proposed"
    MATCH_CONFIRMED = "match_confirmed"
    MATCH_REJECTED = "match_rejected"
    MATCH_WITHDRAWN = "match_withdrawn"
    REUNITED = "reunited"
    TWIN_CLOSED = "twin_closed"
    CHILD_FOUND = "child_found"
    """To the panchayat of the child's home: a child of this village was found. ``about`` is another owner's record."""
    HOME_VERIFICATION = "home_verification"
    """To the panchayat of the child's home: please verify the home."""
    FOLLOW_UP = "follow_up"
    """To the panchayat of the child's home: please visit the family by ``due``."""
    RECORD_WITHDRAWN = "record_withdrawn"
    """The other owner took back its record: what was kept of it must go (CAP Cancel, PFIF expiry)."""
    DUTY_WARNED = "duty_warned"
    """A time limit of the law ends soon in the case of ``about``."""
    DUTY_MISSED = "duty_missed"
    """A time limit of the law ended; told to the owner and to those that it is escalated to, each once."""
    STEP_TAKEN = "step_taken"
    """A committee or board took a step in the case of ``about`` at the hub, e.g. made an order."""


class FieldEvidence(Model):
    """One field's share of a match: the level that was reached and its weight in bits. It names no value of a child."""

    field: Line
    level: Line
    bits: float
    words: Line
    """The level said for people, e.g. ``father's name: same, spelt differently``."""


class Notice(Model):
    """A message to ``to`` about its own record ``about``. May arrive twice: ``notice_id`` stays the same.

    Only of ``duty_missed`` may ``about`` be another owner's record: an institution that it is escalated to is told so;
    and of ``record_withdrawn`` without ``other``, when that record was erased.
    """

    notice_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{8,64}$")]
    kind: NoticeKind
    to: ParticipantId
    about: Reference
    other: Reference | None = None
    """The other owner's record, by reference only; its content is read live from that owner."""
    match_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{8,64}$")] | None = None
    bits: float | None = None
    probability: Annotated[float, Field(ge=0, le=1)] | None = None
    evidence: Annotated[list[FieldEvidence], Field(max_length=40)] = []
    model: Line | None = None
    """The version of the matching model that said so."""
    village: LgdCode | None = None
    """LGD code of the village that the notice is for, where it is known."""
    due: Day | None = None
    """The day by which something is to be done."""
    created_at: Moment
    text: Line
    """One sentence for the person who reads it."""
