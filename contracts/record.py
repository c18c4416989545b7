"""A child's record as one participant tells it to the hub: enough to match and to find the owner, never the eFile."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from contracts import codes
from contracts.base import (
    CONTRACT_VERSION,
    Day,
    InstitutionId,
    LanguageTag,
    Line,
    Model,
    Moment,
    ParticipantId,
    SourceId,
)
from contracts.child import Apparel, Birth, Disability, Mark, Name, Photo, Physical, Relative
from contracts.places import Diary, Event, Place

Kind, Status = codes.RecordKind, codes.Status
_BOTH = {Status.RESTORED, Status.AGED_OUT, Status.DECEASED, Status.CANCELLED, Status.CLOSED, Status.WITHDRAWN}
#: Which statuses each kind of record may have.
STATUSES: dict[codes.RecordKind, frozenset[codes.Status]] = {
    Kind.MISSING: frozenset(
        {Status.REPORTED, Status.FIR_REGISTERED, Status.ALERTED, Status.UNTRACED, Status.TRACED} | _BOTH
    ),
    Kind.FOUND: frozenset(
        {Status.FOUND, Status.PRODUCED, Status.IN_CARE, Status.TRANSFERRED, Status.RAN_AWAY, Status.TRACED} | _BOTH
    ),
    Kind.RESIDENT: frozenset(
        {Status.PRODUCED, Status.IN_CARE, Status.TRANSFERRED, Status.RAN_AWAY, Status.TRACED} | _BOTH
    ),
    Kind.SIGHTING: frozenset({Status.REPORTED, Status.FOUND} | _BOTH),
    Kind.AT_RISK: frozenset({Status.REPORTED, Status.IN_CARE} | _BOTH),
}


class Reference(Model):
    """Who said it, under which id, in which version. The owner's id, never one derived by the hub."""

    participant: ParticipantId
    source_id: SourceId
    version: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:+-]{1,64}$")] = "1"
    """The owner's version of this record; the same (participant, source_id, version) is taken in once."""


class Custodian(Model):
    """Who holds the child now, and since when."""

    institution: InstitutionId | None = None
    name: Line | None = None
    since: Day | None = None


class ChildRecord(Model):
    """One participant's word on one child (schema: union of TrackChild, ZIPNET and the MWCD SOP of 2016)."""

    contract: Annotated[str, StringConstraints(pattern=r"^\d+\.\d+$")] = CONTRACT_VERSION
    ref: Reference
    kind: codes.RecordKind
    status: codes.Status
    recorded_at: Moment
    """When the owner last changed the record. An older word never overwrites a newer one."""
    names: Annotated[list[Name], Field(max_length=12)] = []
    gender: codes.Gender | None = None
    birth: Birth | None = None
    relatives: Annotated[list[Relative], Field(max_length=12)] = []
    languages: Annotated[list[LanguageTag], Field(max_length=8)] = []
    physical: Physical | None = None
    marks: Annotated[list[Mark], Field(max_length=20)] = []
    disabilities: Annotated[list[Disability], Field(max_length=8)] = []
    apparel: Apparel | None = None
    event: Event = Event()
    home: Place | None = None
    diaries: Annotated[list[Diary], Field(max_length=8)] = []
    custodian: Custodian | None = None
    photos: Annotated[list[Photo], Field(max_length=12)] = []
    restrictions: Annotated[list[codes.Restriction], Field(max_length=4)] = []
    publication: codes.PublicationBasis | None = None
    """Why the card of a missing child may be shown to the public; absent means it may not."""
    expires_at: Moment | None = None
    """From then on the owner wants the record forgotten, unless a newer version says otherwise (PFIF 1.4)."""

    @model_validator(mode="after")
    def _status_fits_kind(self) -> Self:
        if self.status not in STATUSES[self.kind]:
            raise PydanticCustomError(
                "status_of_kind",
                "A record of kind {kind} cannot have status {status}; use one of: {allowed}",
                {"kind": self.kind, "status": self.status, "allowed": ", ".join(sorted(STATUSES[self.kind]))},
            )
        return self

    @property
    def ended(self) -> bool:
        """True when the record is no longer searched for."""
        return self.status in codes.ENDED
