"""A live search: one question put to many owners at once; nothing of their answers is kept, each source is named."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from contracts.base import Line, Model, Moment, ParticipantId
from contracts.exchange import Hit, HubId, Search
from contracts.record import Reference
from contracts.sections import Officer, Purpose


class SearchRequest(Model):
    """A search as it travels to an owner's system: what is looked for, who asks, why and for which case."""

    request_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{8,64}$")]
    """The same for every owner that one question is put to."""
    query: Search
    purpose: Purpose
    case: Line
    officer: Officer
    asked_at: Moment


class LiveSearch(Model):
    """Search the index and ask the owners' systems too, at once. Every owner's state is told beside what was found."""

    query: Search
    purpose: Purpose
    case: Line
    """The case this is asked for, e.g. a FIR number."""
    officer: Officer | None = None
    """Who asks, of a participant's own people; required of a participant's system."""
    participants: Annotated[list[ParticipantId], Field(max_length=2_000)] = []
    """Whom to ask; all whose systems can be searched, if empty."""
    seconds: Annotated[float, Field(ge=0.1, le=60)] | None = None
    """When the whole answer must be there; what came until then is the answer."""
    source_seconds: Annotated[float, Field(ge=0.1, le=60)] | None = None
    """How long one owner's system is waited for; never longer than its endpoint says."""


class SourceState(StrEnum):
    """How one owner's system took the question."""

    ASKED = "asked"
    """It has the question and has not answered yet; never in a whole answer."""
    ANSWERED = "answered"
    SLOW = "slow"
    """It did not answer within its time."""
    DOWN = "down"
    """It cannot be reached, broke off, or says itself that it is not ready."""
    REFUSED = "refused"
    """It, or its entry in the registry, does not allow the question; somebody must change something."""
    UNREADABLE = "unreadable"
    """It answered what it did not promise: nothing of the answer is shown."""
    NOT_ASKED = "not_asked"
    """The hub did not ask it; the code says why."""


class SourceAnswer(Model):
    """One owner's system and what became of the question there."""

    participant: ParticipantId
    state: SourceState
    code: Line | None = None
    """Why, where it did not answer: a stable code, see docs/errors.md."""
    hits: int = 0
    """How many of its records are in the answer."""
    left_out: int = 0
    """Records that it answered and that cannot be read as the contract has them; each whole, none shown in part."""
    milliseconds: int | None = None
    """From asking to the answer, where it was asked."""


class LiveHit(Hit):
    """One child, found live, in the index or both; shown once, whoever told of it."""

    hub_id: HubId | None = None  # type: ignore[assignment]
    """The hub's id, where the index has an entry of it."""
    live: bool
    """Whether it was read from an owner now; else it is the index's."""
    also: Annotated[list[Reference], Field(max_length=50)] = []
    """The same child as other owners told it, or the same record's other places."""


class LiveReply(Model):
    """The answer to a live search; whole or, within a stream of events, as far as it is there."""

    complete: bool
    """True once every owner asked has answered, failed or run out of its time."""
    hits: Annotated[list[LiveHit], Field(max_length=100)]
    total: int
    """How many children were found; ``hits`` holds the best of them."""
    sources: Annotated[list[SourceAnswer], Field(max_length=20_000)]
    milliseconds: int
