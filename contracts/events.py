"""What happened in a case, told by whoever did it: the entries of a child's timeline."""

import datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from contracts.base import InstitutionId, Line, Model, Moment
from contracts.institutions import InstitutionKind
from contracts.record import Reference


class CaseEventKind(StrEnum):
    """Steps of the MWCD SOP of 2016, of the JJ Acts of 2000 and 2015 and their rules (``hub/casework/law/``)."""

    REPORTED = "reported"
    FIR_REGISTERED = "fir_registered"
    ALERT_ISSUED = "alert_issued"
    FOUND = "found"
    PRODUCED = "produced"
    PLACED = "placed"
    TRANSFERRED = "transferred"
    SIR_DONE = "sir_done"
    ICP_DONE = "icp_done"
    ORDER_MADE = "order_made"
    HOME_VERIFIED = "home_verified"
    ESCORTED = "escorted"
    RESTORED = "restored"
    FOLLOWED_UP = "followed_up"
    RAN_AWAY = "ran_away"
    DECEASED = "deceased"
    CLOSED = "closed"
    # The search for a missing child
    MATCH_SUSPECTED = "match_suspected"
    MATCH_CONFIRMED = "match_confirmed"
    MATCH_REJECTED = "match_rejected"
    TRACED = "traced"
    CANCELLED = "cancelled"
    AHTU_TRANSFERRED = "ahtu_transferred"
    AHTU_REPORTED = "ahtu_reported"
    # Children in need of care and protection
    INQUIRY_ORDERED = "inquiry_ordered"
    INQUIRY_EXTENDED = "inquiry_extended"
    INFORMED = "informed"
    RISK_ASSESSED = "risk_assessed"
    PROGRESS_REPORTED = "progress_reported"
    LONG_TERM_PLACED = "long_term_placed"
    FOSTERED = "fostered"
    FOSTER_INSPECTED = "foster_inspected"
    SPONSORED = "sponsored"
    SURRENDERED = "surrendered"
    SURRENDER_CONFIRMED = "surrender_confirmed"
    DECLARED_LEGALLY_FREE = "declared_legally_free"
    ADOPTED = "adopted"
    REPATRIATED = "repatriated"
    RELEASE_PLANNED = "release_planned"
    PRE_RELEASE_REPORTED = "pre_release_reported"
    AFTERCARE_ORDERED = "aftercare_ordered"
    AFTERCARE_REPORTED = "aftercare_reported"
    TRANSFER_RECEIVED = "transfer_received"
    # Children in conflict with law
    APPREHENDED = "apprehended"
    NOT_IN_CONFLICT = "not_in_conflict"
    BAIL_GRANTED = "bail_granted"
    BAIL_CONDITIONS_UNMET = "bail_conditions_unmet"
    BAIL_MODIFIED = "bail_modified"
    PLACED_OBSERVATION_HOME = "placed_observation_home"
    PLACED_OF_SAFETY = "placed_of_safety"
    ASSESSMENT_BEGUN = "assessment_begun"
    ASSESSED_AS_CHILD = "assessed_as_child"
    SENT_TO_CHILDRENS_COURT = "sent_to_childrens_court"
    REFERRED_TO_CWC = "referred_to_cwc"
    TERMINATED = "terminated"
    RELEASED = "released"
    DESTRUCTION_DIRECTED = "destruction_directed"
    DESTROYED = "destroyed"


class CaseFactName(StrEnum):
    """What a limit of the law may depend on beside its steps."""

    OFFENCE = "offence"
    """``petty``, ``serious`` or ``heinous`` (JJ Act 2015 s.2(33), (45), (54))."""
    GROUND = "ground"
    """Why a child is in need of care: ``orphan``, ``abandoned``, ``surrendered`` ... (s.2(14), s.38)."""
    CONDITIONS_MET = "conditions_met"
    """``yes`` or ``no``: whether the conditions of bail could be met (s.12(4))."""
    RELEASE_ON = "release_on"
    """The day of a planned release."""
    ADOPTION_FILED_ON = "adoption_filed_on"
    """The day on which an application for adoption was filed (s.61(2))."""


#: What a fact may say; those that are not here are days.
_VALUES: dict[CaseFactName, frozenset[str]] = {
    CaseFactName.OFFENCE: frozenset({"petty", "serious", "heinous"}),
    CaseFactName.GROUND: frozenset(
        {"orphan", "abandoned", "surrendered", "missing", "lost", "begging", "labour", "no_home", "abuse", "trafficked",
         "child_marriage", "unfit_parent", "ill", "armed_conflict", "other"}
    ),
    CaseFactName.CONDITIONS_MET: frozenset({"yes", "no"}),
}  # fmt: skip


class CaseFact(Model):
    """One fact told with a step: a code or a day (``2026-11-20``), never a sentence."""

    name: CaseFactName
    value: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,40}$")]

    @model_validator(mode="after")
    def _value_of_name(self) -> Self:
        allowed = _VALUES.get(self.name)
        if allowed is not None and self.value not in allowed:
            raise PydanticCustomError(
                "fact_value",
                "A fact {name} is one of: {allowed}",
                {"name": self.name, "allowed": ", ".join(sorted(allowed))},
            )
        if allowed is None and not _is_day(self.value):
            raise PydanticCustomError("fact_day", "A fact {name} is a day, e.g. 2026-11-20", {"name": self.name})
        return self


def _is_day(text: str) -> bool:
    try:
        return bool(datetime.date.fromisoformat(text)) and len(text) == 10
    except ValueError:
        return False


class CaseEvent(Model):
    """One step in a child's case. ``event_id`` is the sender's own; the same one is taken in once."""

    event_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:/-]{1,64}$")]
    ref: Reference
    kind: CaseEventKind
    at: Moment
    institution: InstitutionId | None = None
    by: InstitutionKind | None = None
    """What kind of institution took the step: the law says which may."""
    journey_minutes: Annotated[int, Field(ge=0, le=20_160)] | None = None
    """Of ``produced``: the time of the journey, which the 24 hours leave out (JJ Act 2015 s.31(1) proviso)."""
    members_present: Annotated[int, Field(ge=1, le=9)] | None = None
    """How many members of the committee or board sat."""
    facts: Annotated[list[CaseFact], Field(max_length=5)] = []
    section: Line | None = None
    """The section of law, e.g. ``JJ Act 2015 s.31(1)``."""
    note: Line | None = None
    """What an index may keep: no sentence of the eFile, no name."""
