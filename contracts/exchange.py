"""The calls of the two doors: one request and one reply model each, the same for SOAP and REST."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from contracts import codes
from contracts.base import Day, InstitutionId, LanguageTag, Line, Model, Moment, ParticipantId, TextOrEmpty
from contracts.child import Name
from contracts.errors import Problem
from contracts.events import CaseEvent
from contracts.institutions import AreaKind, Institution, InstitutionKind
from contracts.notices import FieldEvidence, Notice
from contracts.places import LgdCode, LgdState
from contracts.record import ChildRecord, Reference
from contracts.sections import Purpose

MessageId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{8,64}$")]
HubId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{16,40}$")]
"""The hub's own opaque random id of an index entry; it tells nothing and cannot be guessed."""


class Answer(StrEnum):
    ACCEPTED = "accepted"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class Outcome(Model):
    """What became of one record or event of a submission, in the order they were sent."""

    id: Line
    """The source id of the record, or the event id, as it was sent (empty-safe: ``(unreadable)``)."""
    answer: Answer
    problems: Annotated[list[Problem], Field(max_length=50)] = []


class SubmitRecords(Model):
    """Up to 500 records of the caller's own namespace. The same ``message_id`` gets the same reply again."""

    message_id: MessageId
    records: Annotated[list[ChildRecord], Field(min_length=1, max_length=500)]


class SubmitEvents(Model):
    message_id: MessageId
    events: Annotated[list[CaseEvent], Field(min_length=1, max_length=500)]


class SubmitReply(Model):
    message_id: MessageId
    outcomes: Annotated[list[Outcome], Field(max_length=500)]


class Search(Model):
    """A search of the index. All given criteria must hold; a name is matched across scripts and spellings."""

    name: Line | None = None
    kind: codes.RecordKind | None = None
    status: codes.Status | None = None
    gender: codes.Gender | None = None
    age_years_from: Annotated[int, Field(ge=0, le=25)] | None = None
    age_years_to: Annotated[int, Field(ge=0, le=25)] | None = None
    """Age today, both ends included; a record without age is kept in the answer."""
    state: LgdState | None = None
    district: LgdCode | None = None
    event_from: Day | None = None
    event_to: Day | None = None
    language: LanguageTag | None = None
    diary_number: Line | None = None
    participant: ParticipantId | None = None
    include_ended: bool = False
    offset: Annotated[int, Field(ge=0, le=10_000)] = 0
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class Hit(Model):
    """One line of a search answer: enough to choose, not more."""

    hub_id: HubId
    ref: Reference
    kind: codes.RecordKind
    status: codes.Status
    names: list[Name] = []
    gender: codes.Gender | None = None
    age_years_from: int | None = None
    age_years_to: int | None = None
    state: LgdState | None = None
    district: LgdCode | None = None
    place: TextOrEmpty | None = None
    event_on: Day | None = None
    score: Annotated[float, Field(ge=0, le=1)] | None = None
    """How well the name fits, where one was asked for."""


class SearchReply(Model):
    total: int
    """How many fit, counted up to 10,000."""
    hits: list[Hit]


class GetCase(Model):
    """Ask for one index entry by the hub's id, or by the owner's reference (participant and source id)."""

    hub_id: HubId | None = None
    participant: ParticipantId | None = None
    source_id: Line | None = None
    purpose: Purpose | None = None
    """Why it is read; may be absent only for an entry of the caller's own."""
    case: Line | None = None
    """The case or match that it is read for, e.g. a FIR number or a match id."""


class MatchState(StrEnum):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    REUNITED = "reunited"
    WITHDRAWN = "withdrawn"


class Match(Model):
    """A pair of entries that may be one child, with the evidence in bits: prior + fields = bits."""

    match_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{8,64}$")]
    state: MatchState
    hub_id: HubId
    """The searched-for side (missing or at risk)."""
    other_hub_id: HubId
    ref: Reference
    other: Reference
    bits: float
    probability: Annotated[float, Field(ge=0, le=1)]
    prior_bits: float
    evidence: list[FieldEvidence]
    model: Line
    proposed_at: Moment
    decided_at: Moment | None = None
    decided_by: Line | None = None
    reason: Line | None = None


class Case(Model):
    """An index entry with its timeline and its matches."""

    hub_id: HubId
    record: ChildRecord
    events: list[CaseEvent] = []
    matches: list[Match] = []
    first_seen: Moment
    updated: Moment


class ListNotices(Model):
    """Notices to the caller that are not acknowledged, oldest first, after the given notice."""

    after: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{8,64}$")] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class NoticeList(Model):
    notices: list[Notice]


class AcknowledgeNotice(Model):
    notice_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{8,64}$")]


class Acknowledged(Model):
    notice_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{8,64}$")]
    acknowledged_at: Moment


class RegistryLookup(Model):
    """Institutions by kind, state, area or part of the name, as they were on ``on`` (today if absent)."""

    kind: InstitutionKind | None = None
    state: LgdState | None = None
    area: InstitutionId | None = None
    name: Line | None = None
    on: Day | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class Area(Model):
    """One node of a jurisdiction tree."""

    id: InstitutionId
    kind: AreaKind
    name: Line
    parent: InstitutionId | None = None
    lgd: LgdCode | None = None
    valid_from: Day
    valid_to: Day | None = None


class RegistryAnswer(Model):
    institutions: list[Institution]
    areas: list[Area] = []
