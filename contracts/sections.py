"""One section of an owner's file, read and written live: for a stated purpose, answered by the owner, never kept."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from contracts.base import InstitutionId, Line, LongText, Model, Moment
from contracts.record import Reference


class SectionName(StrEnum):
    """Sections of the eFile (seed text; JJ Model Rules 2016 Forms 7, 22 and 43)."""

    PROFILE = "profile"
    ADMISSION = "admission"
    CASE_HISTORY = "case_history"
    MEDICAL = "medical"
    EDUCATION = "education"
    COUNSELLING = "counselling"
    INDIVIDUAL_CARE_PLAN = "individual_care_plan"
    SOCIAL_INVESTIGATION = "social_investigation"
    PHOTOGRAPHS = "photographs"
    ATTENDANCE = "attendance"
    MOVEMENT = "movement"
    CONTACT = "contact"


class Purpose(StrEnum):
    """Why somebody asks; every read of a child names one."""

    MATCH_REVIEW = "match_review"
    RESTORATION = "restoration"
    INQUIRY = "inquiry"
    CARE = "care"
    HOME_VERIFICATION = "home_verification"
    AUDIT = "audit"


class Officer(Model):
    """Who asks. Travels to the owner, whose answer may be narrower than the hub's."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._@-]{1,63}$")]
    role: Line
    institution: InstitutionId | None = None


class SectionRequest(Model):
    """A request for one section of one child's file."""

    request_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{8,64}$")]
    ref: Reference
    section: SectionName
    purpose: Purpose
    case: Line
    """The case or match this is asked for, e.g. a FIR number or a match id."""
    officer: Officer
    asked_at: Moment


class SectionField(Model):
    """One labelled value, in the owner's own words."""

    label: Line
    value: LongText


class FormEntry(Model):
    """One entry that may be written: the owner's name for it, and the label under which its value is shown."""

    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_./-]{1,80}$")]
    label: Line
    part: Line | None = None
    """The heading of the form that it stands under."""
    choices: Annotated[list[Line], Field(max_length=40)] = []
    """The answers that the form prints; none: any text."""


class SectionImage(Model):
    """A picture that belongs to a section, small enough to be shown at once."""

    caption: Line | None = None
    media_type: Annotated[str, StringConstraints(pattern=r"^image/(jpeg|png|webp)$")]
    data: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]+={0,2}$", max_length=1_000_000)]
    """Base64."""


class Section(Model):
    """The owner's answer. Shown once; nothing of it is stored or logged by the hub."""

    ref: Reference
    section: SectionName
    version: Line
    changed_at: Moment
    changed_by: Line | None = None
    fields: Annotated[list[SectionField], Field(max_length=500)]
    withheld: Annotated[list[Line], Field(max_length=500)] = []
    """Labels that the owner has and does not show to this asker."""
    form: Annotated[list[FormEntry], Field(max_length=500)] = []
    """What this asker may write, for this purpose; empty where the owner takes no writing."""
    images: Annotated[list[SectionImage], Field(max_length=6)] = []


class SectionChange(Model):
    """One entry anew; without a value it is taken away."""

    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_./-]{1,80}$")]
    value: LongText | None = None


class SectionWriting(Model):
    """Some entries of a section anew. May come twice: the owner takes the same ``write_id`` once."""

    write_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{8,64}$")]
    ref: Reference
    section: SectionName
    seen: Line
    """The version that the writer saw. If the owner has another by now, nothing is written."""
    changes: Annotated[list[SectionChange], Field(min_length=1, max_length=500)]
    purpose: Purpose
    case: Line
    officer: Officer
    asked_at: Moment


class SectionWritten(Model):
    """The owner has it: the version that it is now."""

    ref: Reference
    section: SectionName
    version: Line
    changed_at: Moment
    already_written: bool = False
    """True if the same writing came before: it counts once."""
