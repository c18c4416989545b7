"""What happened in a case, told by whoever did it: the entries of a child's timeline."""

from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints

from contracts.base import InstitutionId, Line, Model, Moment
from contracts.record import Reference


class CaseEventKind(StrEnum):
    """Steps of the MWCD SOP of 2016 and of JJ Act 2015 ss.30-40."""

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


class CaseEvent(Model):
    """One step in a child's case. ``event_id`` is the sender's own; the same one is taken in once."""

    event_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:/-]{1,64}$")]
    ref: Reference
    kind: CaseEventKind
    at: Moment
    institution: InstitutionId | None = None
    section: Line | None = None
    """The section of law, e.g. ``JJ Act 2015 s.31(1)``."""
    note: Line | None = None
    """What an index may keep: no sentence of the eFile, no name."""
