"""Participants: the organisations whose systems exchange with the hub, their endpoints and what each may do."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from contracts.base import InstitutionId, Line, Model, ParticipantId
from contracts.places import LgdState


class ParticipantKind(StrEnum):
    ZIPNET = "zipnet"
    STATE_POLICE = "state_police"
    PRI = "pri"
    CCI = "cci"
    OTHER = "other"


class Permission(StrEnum):
    """What a participant's key may do at the doors. Default: nothing."""

    SUBMIT_RECORDS = "submit_records"
    SUBMIT_EVENTS = "submit_events"
    SEARCH = "search"
    SEARCH_LIVE = "search_live"
    """Have other owners' systems searched live, for a purpose and an officer of its own who is named."""
    GET_CASE = "get_case"
    NOTICES = "notices"
    REGISTRY_LOOKUP = "registry_lookup"
    WITNESS = "witness"
    """See and sign the heads of the hub's audit."""


class Delivery(Model):
    """How the lane of a participant is served: what its system can bear."""

    workers: Annotated[int, Field(ge=1, le=4)] = 1
    """Notices on their way to it at one time, over all processes."""
    per_second: Annotated[float, Field(ge=0.001, le=1_000)] | None = None
    """Notices sent in a second at most, over all processes; absent means as fast as it answers."""
    window: (
        Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$")]
        | None
    ) = None
    """Hours of the day in which it is told, Indian time, e.g. ``22:00-06:00``; absent means always."""
    failures_per_hour: Annotated[int, Field(ge=1, le=100_000)] = 200
    """Failed attempts in an hour after which nothing that failed is tried again until the hour is over."""


class Endpoint(Model):
    """Where and how a participant's own system is reached."""

    adapter: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
    """Name of the adapter folder (or outside manifest) that speaks to it."""
    url: Annotated[
        str,
        StringConstraints(
            pattern=r"^(https?|file|sqlite|postgresql|mysql|mariadb|oracle|mssql)(\+[a-z]+)?://[ -~]*$", max_length=500
        ),
    ]
    secret: Annotated[str, StringConstraints(pattern=r"^(env|file):[ -~]+$", max_length=300)] | None = None
    """Where the secret lies, e.g. ``env:POLICE_BR_PASSWORD``; never the secret itself."""
    pull_every_seconds: Annotated[int, Field(ge=1, le=604_800)] = 900
    timeout_seconds: Annotated[float, Field(ge=0.1, le=120)] = 20.0
    """How long an answer may be silent; a whole answer may take twice as long."""
    delivery: Delivery = Delivery()
    searched_live: bool = True
    """Whether its owner lets the hub put a search to it live, where the system can be searched."""


class Participant(Model):
    """One organisation in the exchange."""

    id: ParticipantId
    name: Line
    kind: ParticipantKind
    institution: InstitutionId | None = None
    states: Annotated[list[LgdState], Field(max_length=40)] = []
    """LGD states it speaks for; empty means all."""
    permissions: Annotated[list[Permission], Field(max_length=10)] = []
    endpoint: Endpoint | None = None
    witness_key: Annotated[str, StringConstraints(min_length=10, max_length=300)] | None = None
    """Verifier key (C2SP signed-note, type 4) by which its cosignatures of the audit are known."""
    certificates: Annotated[
        list[Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/=]+$", max_length=6_000)]], Field(max_length=4)
    ] = []
    """X.509 certificates (base64 DER) by which its system signs; two at once while one takes the other's place."""
    bearer: bool = False
    """Whether keys are taken beside signatures once it has a certificate; before that, keys that were issued are."""
    active: bool = True
