"""Letters: notices that did not arrive and will not be tried by themselves, and which of them are meant."""

import datetime
from dataclasses import dataclass
from enum import StrEnum


class LetterState(StrEnum):
    """``dead``: refused, or tried too often. ``doubt``: may have arrived, and the other system cannot tell."""

    DEAD = "dead"
    DOUBT = "doubt"


@dataclass(frozen=True)
class Filter:
    """Which letters are meant; what is None does not matter."""

    participant: str | None = None
    kind: str | None = None
    since: datetime.datetime | None = None
    state: LetterState | None = None
    notice_id: str | None = None
    code: str | None = None

    @property
    def is_open(self) -> bool:
        """True if it means every letter there is."""
        return self == Filter()


@dataclass(frozen=True)
class Letter:
    """One of them: which notice, about which record of whom, and why it did not arrive. No word on a child."""

    notice_id: str
    participant: str
    about: str
    kind: str
    state: LetterState
    attempts: int
    code: str | None
    field: str | None
    rule: str | None
    created_at: datetime.datetime
    settled_at: datetime.datetime | None
    trace: str | None
