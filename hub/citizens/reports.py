"""A citizen's report in the hub's words, and what its sender may learn later: that it came, and how far it is."""

import datetime
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from contracts.base import Day, Line, Model, TimeOfDay
from contracts.codes import Gender
from contracts.places import LgdCode, LgdState

Words = Annotated[str, StringConstraints(max_length=2_000)]
Mail = Annotated[str, StringConstraints(pattern=r"^[!-?A-~]+@[!-?A-~]+\.[!-?A-~]+$", max_length=120)]
Phone = Annotated[str, StringConstraints(pattern=r"^[0-9+() -]{6,20}$")]


class Kind(StrEnum):
    """Why somebody writes."""

    LOST = "lost"
    SAW = "saw"


class Outcome(StrEnum):
    """How the police ended it. None says whether a child was found: the sender may be the one it fled from."""

    REGISTERED = "registered"
    LOOKED_INTO = "looked_into"
    NOT_ENOUGH = "not_enough"


class CitizenReport(Model):
    """What somebody told. ``station`` is an area of the police tree; absent: the police of the district."""

    kind: Kind
    state: LgdState
    district: LgdCode
    station: Annotated[str, StringConstraints(max_length=64)] | None = None
    place: Line
    on: Day | None = None
    at: TimeOfDay | None = None
    child: Line | None = None
    gender: Gender | None = None
    age_years: Annotated[int, Field(ge=0, le=17)] | None = None
    words: Words = ""
    sender: Line | None = None
    phone: Phone | None = None
    mail: Mail | None = None
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")] = "en"
    """Code of the language in which the sender is answered."""


@dataclass(frozen=True)
class Letter:
    """An e-mail that goes with a step: its subject and its text."""

    subject: str
    text: str


class Standing(StrEnum):
    """How far a report is."""

    RECEIVED = "received"
    TAKEN = "taken"
    ENDED = "ended"


@dataclass(frozen=True)
class Tracked:
    """What the sender learns: when it came, where it was routed, how far it is. Nothing that was said in it."""

    kind: Kind
    standing: Standing
    state: int
    district: int
    station: str | None
    received_at: datetime.datetime
    taken_at: datetime.datetime | None
    closed_at: datetime.datetime | None
    outcome: Outcome | None
