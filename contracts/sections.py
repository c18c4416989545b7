"""A live read of one section of an owner's file: asked for a stated purpose, answered by the owner, never kept."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from contracts.base import InstitutionId, Line, LongText, Model, Moment
from contracts.record import Reference


class SectionName(StrEnum):
    """Sections of the eFile (seed text; JJ Model Rules 2016 Forms 7, 22 and 43)."""

    PROFILE = "profile"
    CASE_HISTORY = "case_history"
    MEDICAL = "medical"
    EDUCATION = "education"
    COUNSELLING = "counselling"
    INDIVIDUAL_CARE_PLAN = "individual_care_plan"
    SOCIAL_INVESTIGATION = "social_investigation"
    PHOTOGRAPHS = "photographs"
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


class Section(Model):
    """The owner's answer. Shown once; nothing of it is stored or logged by the hub."""

    ref: Reference
    section: SectionName
    version: Line
    changed_at: Moment
    changed_by: Line | None = None
    fields: Annotated[list[SectionField], Field(max_length=200)]
    withheld: Annotated[list[Line], Field(max_length=50)] = []
    """Labels that the owner has and does not show to this asker."""
