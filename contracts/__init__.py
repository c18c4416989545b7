"""The common tongue: what every participant of the hub can say about a child, and nothing else.

Import from here: ``from contracts import ChildRecord, Notice, Refused``. The modules behind it are grouped by what
they speak of; their published forms (WSDL + XSD, JSON Schema, OpenAPI) lie in ``contracts/published/``.
"""

from contracts.base import CONTRACT_VERSION, InstitutionId, Model, ParticipantId, SourceId
from contracts.child import Apparel, Birth, Disability, Garment, Mark, Name, Photo, Physical, Relative
from contracts.errors import Fault, Problem, Refused, Skipped, TrackChildError, Unready, problems_of
from contracts.events import CaseEvent
from contracts.institutions import (
    AreaKind,
    CciInfrastructure,
    Institution,
    InstitutionKind,
    Level,
)
from contracts.notices import FieldEvidence, Notice, NoticeKind
from contracts.participants import Endpoint, Participant, ParticipantKind, Permission
from contracts.places import Diary, DiaryKind, Event, Place
from contracts.record import ChildRecord, Custodian, Reference
from contracts.sections import (
    FormEntry,
    Officer,
    Purpose,
    Section,
    SectionChange,
    SectionField,
    SectionImage,
    SectionName,
    SectionRequest,
    SectionWriting,
    SectionWritten,
)

__all__ = [
    "CONTRACT_VERSION",
    "Apparel",
    "AreaKind",
    "Birth",
    "CaseEvent",
    "CciInfrastructure",
    "ChildRecord",
    "Custodian",
    "Diary",
    "DiaryKind",
    "Disability",
    "Endpoint",
    "Event",
    "Fault",
    "FieldEvidence",
    "FormEntry",
    "Garment",
    "Institution",
    "InstitutionId",
    "InstitutionKind",
    "Level",
    "Mark",
    "Model",
    "Name",
    "Notice",
    "NoticeKind",
    "Officer",
    "Participant",
    "ParticipantId",
    "ParticipantKind",
    "Permission",
    "Photo",
    "Physical",
    "Place",
    "Problem",
    "Purpose",
    "Reference",
    "Refused",
    "Relative",
    "Section",
    "SectionChange",
    "SectionField",
    "SectionImage",
    "SectionName",
    "SectionRequest",
    "SectionWriting",
    "SectionWritten",
    "Skipped",
    "SourceId",
    "TrackChildError",
    "Unready",
    "problems_of",
]
