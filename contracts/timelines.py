"""One child's timeline across all owners: the records found to be that child, every step told, and who holds it now."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from contracts.base import Day, InstitutionId, Line, Model, Moment, ParticipantId
from contracts.codes import RecordKind, Status
from contracts.events import CaseEvent
from contracts.exchange import HubId
from contracts.record import Reference
from contracts.sections import Purpose


class GetTimeline(Model):
    """Ask for the timeline of the child behind one index entry."""

    hub_id: HubId
    purpose: Purpose | None = None
    """Why it is read; may be absent only for an entry of the caller's own, and then only that entry is told of."""
    case: Line | None = None
    """The case or match that it is read for, e.g. a FIR number or a match id."""


class CustodyState(StrEnum):
    """With whom a child is."""

    HELD = "held"
    """With an institution, a fit person or a foster family."""
    WITH_FAMILY = "with_family"
    """Restored, adopted or released."""
    RAN_AWAY = "ran_away"
    DECEASED = "deceased"


class Custody(Model):
    """Who holds the child, and since when, as far as it was told."""

    state: CustodyState
    since: Day | None = None
    """The day in India."""
    institution: InstitutionId | None = None
    """Absent where only the placement was told, or none holds the child."""
    name: Line | None = None
    told_by: ParticipantId


class TimelineRecord(Model):
    """One owner's record of the child. The one asked for, or one that a person found to be the same."""

    hub_id: HubId
    ref: Reference
    kind: RecordKind
    status: Status
    first_seen: Moment
    confirmed_at: Moment | None = None
    """When it was found to be the same child; absent of the entry that was asked for."""


class Timeline(Model):
    """A child's timeline: what GetCase would tell of each of its records, put together."""

    hub_id: HubId
    records: list[TimelineRecord]
    """The entry that was asked for first."""
    events: list[CaseEvent] = []
    """The steps told of any of the records, oldest first."""
    custody: Custody | None = None
    """Absent while nobody told who holds the child."""
    left_out: Annotated[int, Field(ge=0)] = 0
    """Records confirmed to be the same child of which the caller may see no steps."""
