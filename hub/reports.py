"""What the hub tells its operators and readers: run reports, status, public cards, lines of the audit."""

import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from contracts import Model, ParticipantId
from contracts.base import Line
from contracts.codes import Gender

Count = Annotated[int, Field(ge=0)]


class PullReport(Model):
    """What became of every row of one pull or port: ``read`` is the sum of the other counts."""

    run_id: str
    participant: ParticipantId
    started_at: AwareDatetime
    ended_at: AwareDatetime | None = None
    read: Count = 0
    """Rows the source gave or failed to give."""
    indexed: Count = 0
    unchanged: Count = 0
    """Known already: the same version, or an older word than the one that is indexed."""
    adults: Count = 0
    set_aside: Count = 0
    """Kept with reason and original; see the set-aside list."""
    gaps: Count = 0
    """Rows the source could not give us."""
    error: str | None = None
    """Code of the error that ended the run early; what was taken in before it stays."""

    @property
    def adds_up(self) -> bool:
        """True when no row is unaccounted for."""
        return self.read == self.indexed + self.unchanged + self.adults + self.set_aside + self.gaps


class DifferenceKind(StrEnum):
    """How a record differs from its source."""

    MISSING_HERE = "missing_here"
    """The source has it, the hub has not."""
    MISSING_THERE = "missing_there"
    """The hub has it, the source no longer."""
    STALE_HERE = "stale_here"
    """The source has a later version."""
    NEWER_HERE = "newer_here"
    """The hub has a later version than the source: a person must look."""
    TWICE = "twice"
    """The source lists it more than once: its owner must look."""


class Difference(Model):
    """One record that differs: by its id, versions and moments, without a word of what it says."""

    source_id: str
    kind: DifferenceKind
    here_version: str | None = None
    here_at: AwareDatetime | None = None
    there_version: str | None = None
    there_at: AwareDatetime | None = None
    settled: str | None = None
    """``pulled`` or ``withdrawn`` once it is mended, ``left`` where it could not be."""


class ReconciliationState(StrEnum):
    LISTING = "listing"
    """It goes on, or broke off and will go on from there."""
    HELD = "held"
    """The source's answer cannot be believed without a person."""
    ENDED = "ended"
    RELEASED = "released"
    """A person believed the source."""
    DISCARDED = "discarded"
    """A person did not: nothing was changed."""


class Reconciliation(Model):
    """A comparison of a participant's records in the index with its source."""

    run_id: str
    participant: ParticipantId
    state: ReconciliationState = ReconciliationState.LISTING
    how: str = "inventory"
    """``inventory``: by what the source lists; ``pull``: by reading the whole of it."""
    mend: bool = False
    started_at: AwareDatetime
    ended_at: AwareDatetime | None = None
    here: Count = 0
    there: Count = 0
    left_out: Count = 0
    """Listed by the source and rightly not kept: adults, and what is set aside."""
    gaps: Count = 0
    """Rows that the source could not give."""
    missing_here: Count = 0
    missing_there: Count = 0
    stale_here: Count = 0
    newer_here: Count = 0
    twice: Count = 0
    pulled_again: Count = 0
    withdrawn: Count = 0
    why: str | None = None
    """Why it is held (``empty_answer``, ``small_answer``, ``gaps``), or the code of what broke it off."""
    decided_by: str | None = None
    decided_at: AwareDatetime | None = None
    reason: str | None = None

    @property
    def differ(self) -> int:
        """How many differences there are in all."""
        return self.missing_here + self.missing_there + self.stale_here + self.newer_here + self.twice

    @property
    def unmended(self) -> int:
        """How many of them still are."""
        return self.differ - self.pulled_again - self.withdrawn


class MatchReport(Model):
    """What a run over all searched-for children did."""

    searched: Count = 0
    pairs_scored: Count = 0
    proposed: Count = 0
    withdrawn: Count = 0
    capped: Count = 0
    """Searched children of whom not every key was followed, because it would have brought too many candidates."""
    seconds: float = 0.0


class LookReport(Model):
    """What a look at all that changed did, each entry against every one of the other side."""

    looked: Count = 0
    proposed: Count = 0
    """Proposals that blocking alone had left out."""
    seconds: float = 0.0


class DeliveryReport(Model):
    """What one round of the courier did."""

    delivered: Count = 0
    retried: Count = 0
    """Not delivered now; will be tried again."""
    dead: Count = 0
    """Refused by the owner's system, or tried too often: a person must look."""
    doubt: Count = 0
    """May have arrived, and the owner's system cannot tell: a person must look."""
    waiting: Count = 0
    """Still owed, for any reason, to participants that fetch their notices themselves included."""


class ParticipantStatus(Model):
    participant: ParticipantId
    records: Count = 0
    open_records: Count = 0
    set_aside: Count = 0
    owed: Count = 0
    dead: Count = 0
    doubt: Count = 0
    """In doubt: may have arrived at a system that cannot tell."""
    last_run: PullReport | None = None


class HubStatus(Model):
    """How the hub stands."""

    database: str
    """``sqlite`` or ``postgresql``."""
    records: Count
    matches: dict[str, int]
    """State -> how many."""
    participants: list[ParticipantStatus]


class PublicCard(Model):
    """What the public may see of a missing child (fields of the public card; domain notes 1.3)."""

    public_id: str
    """Random; not the hub's id of the entry and not derived from anything."""
    name: Line | None = None
    age_years: int | None = None
    gender: Gender | None = None
    guardian: Line | None = None
    """Father's, else mother's or guardian's name."""
    place: str | None = None
    missing_on: datetime.date | None = None
    state: int | None = None
    """LGD code, as of ``district``."""
    district: int | None = None
    participant: ParticipantId
    """Whom to tell: the police system that published the card."""


class Access(Model):
    """One line of the audit: who asked for what about which record, when and why. Never what was answered."""

    at: AwareDatetime
    who: Line
    role: Line
    institution: Line | None = None
    act: Line
    purpose: Line | None = None
    case: Line | None = None
    detail: Line | None = None
    outcome: Line


class Account(Model):
    """A person who may sign in (for seeding; the password is hashed on the way in)."""

    login: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._@-]{1,63}$")]
    password: Annotated[str, Field(min_length=8, max_length=200, repr=False)]
    name: Line
    role: Line
    institution: str | None = None
