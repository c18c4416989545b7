"""The law as data: machines of states and steps, limits of time; dated TOML, checked as hard as code."""

import datetime
import tomllib
from collections.abc import Iterable
from functools import cache, cached_property
from importlib import resources
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from contracts import InstitutionKind, Refused
from hub.casework.durations import Duration

Code = Annotated[str, Field(pattern=r"^[a-zA-Z0-9_]{2,40}$")]
NONE = "none"


def _duration(value: object) -> object:
    return Duration.read(value) if isinstance(value, str) else value


Span = Annotated[Duration, BeforeValidator(_duration)]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Step(_Row):
    """One step: from which states, to which (absent: the state stays), by whom, under which section and form."""

    code: Code
    from_: Annotated[list[Code], Field(alias="from", min_length=1)]
    to: Code | None = None
    keeps: list[Code] = []
    """States in which it is taken without leaving them."""
    by: Annotated[list[InstitutionKind], Field(min_length=1)]
    section: Annotated[str, Field(min_length=3)]
    form: str | None = None
    quorum: Annotated[int, Field(ge=1, le=9)] | None = None
    """Members of the committee who must sit."""
    verified: bool = True

    def target(self, state: str) -> str:
        """The state after the step."""
        return state if self.to is None or state in self.keeps else self.to


class Every(_Row):
    """One stage of a duty that comes again: every so often, for so long (absent: for ever)."""

    every: Span
    for_: Annotated[Span | None, Field(alias="for")] = None


class Extension(_Row):
    """A step that lengthens a limit."""

    by: Code
    more: Span
    times: Annotated[int, Field(ge=1, le=9)]


class Limit(_Row):
    """A limit of time: which step starts it, which steps meet it, who owes it, who is told when it is missed."""

    code: Annotated[str, Field(pattern=r"^[A-Z0-9_]{2,40}$")]
    words: Annotated[str, Field(min_length=5)]
    kind: Literal["limit", "wait"] = "limit"
    """``wait``: a time that must pass first; nothing is owed before."""
    after: Annotated[list[Code], Field(min_length=1)]
    done_by: Annotated[list[Code], Field(min_length=1)]
    counts: Annotated[int, Field(ge=1, le=9)] = 1
    """How many such steps meet it."""
    stops: list[Code] = []
    """Steps after which it is no longer owed."""
    of: Code | None = None
    """A day told with the starting step, from which it runs in place of the step's own moment."""
    within: Span | None = None
    every: list[Every] = []
    excludes_journey: bool = False
    extension: Extension | None = None
    when: dict[Code, list[str]] = {}
    """Facts of the case, one of whose values is needed. A fact that is not told is not met."""
    age_to: int | None = None
    age_above: int | None = None
    age_from: int | None = None
    warn_before: Span = Duration(0, "h")
    owed_by: Annotated[list[InstitutionKind], Field(min_length=1)]
    escalates_to: Annotated[list[InstitutionKind], Field(min_length=1)]
    section: Annotated[str, Field(min_length=3)]
    verified: bool = True
    from_: Annotated[datetime.date | None, Field(alias="from")] = None
    """In force from this day; for limits that an amendment brought."""
    to: datetime.date | None = None

    @model_validator(mode="after")
    def _once_or_again(self) -> Self:
        if (self.within is None) == (not self.every):
            raise ValueError(f"{self.code}: give either within or every")
        return self


class Statute(_Row):
    """One kind of case under one regime."""

    id: str
    machine: Literal["missing", "cncp", "ccl"]
    regime: str
    from_: Annotated[datetime.date, Field(alias="from")]
    to: datetime.date | None = None
    start: Code
    ends: Annotated[list[Code], Field(min_length=1)]
    states: dict[Code, str]
    steps: list[Step]
    limits: list[Limit]

    @cached_property
    def step(self) -> dict[str, Step]:
        """By code."""
        return {step.code: step for step in self.steps}

    @cached_property
    def limit(self) -> dict[str, Limit]:
        """By code."""
        return {limit.code: limit for limit in self.limits}

    @model_validator(mode="after")
    def _whole(self) -> Self:
        wrong = [*_unknown(self), *_stuck(self)]
        if len(self.step) != len(self.steps):
            wrong.append("two steps have one code")
        if wrong:
            raise ValueError("; ".join(wrong))
        return self


def _unknown(statute: Statute) -> Iterable[str]:
    """States and steps that are named and not there."""
    for step in statute.steps:
        for state in {*step.from_, *step.keeps, *([step.to] if step.to else [])} - statute.states.keys():
            yield f"step {step.code}: no state {state}"
    for limit in statute.limits:
        named = {*limit.after, *limit.done_by, *limit.stops, *([limit.extension.by] if limit.extension else [])}
        for code in named - statute.step.keys():
            yield f"limit {limit.code}: no step {code}"
    for state in {NONE, *statute.ends} - statute.states.keys():
        yield f"no state {state}"


def _stuck(statute: Statute) -> Iterable[str]:
    """States that no case reaches, or from which none ends, or that go on after the end."""
    moves = {(state, step.target(state)) for step in statute.steps for state in step.from_}
    reached = _closure({NONE}, moves)
    ending = _closure(set(statute.ends), {(to, from_) for from_, to in moves})
    for state in statute.states.keys() - reached:
        yield f"state {state} is never reached"
    for state in statute.states.keys() - ending:
        yield f"a case in {state} can never end"
    for end in statute.ends:
        if any(from_ == end for from_, _ in moves):
            yield f"a case goes on after {end}"


def _closure(states: set[str], moves: set[tuple[str, str]]) -> set[str]:
    found, more = set(states), True
    while more:
        new = {to for from_, to in moves if from_ in found} - found
        found |= new
        more = bool(new)
    return found


@cache
def statutes() -> dict[str, Statute]:
    """All, by id; a file that breaks a rule raises pydantic's ``ValidationError`` naming it."""
    files = [file for file in resources.files("hub.casework.law").iterdir() if file.name.endswith(".toml")]
    found = [Statute.model_validate(tomllib.loads(file.read_text("utf-8"))) for file in files]
    return {one.id: one for one in sorted(found, key=lambda one: one.id)}


def limit_of(statute: str | None, code: str) -> Limit | None:
    """A limit of a statute by their codes; None where there is none."""
    known = statutes().get(statute or "")
    return None if known is None else known.limit.get(code)


def statute_for(machine: str, opened: datetime.date) -> Statute:
    """The law under which a case opened on that day stands for good. ``Refused`` (``no_law_then``)."""
    for one in statutes().values():
        if one.machine == machine and one.from_ <= opened and (one.to is None or opened <= one.to):
            return one
    raise Refused("no_law_then", "No law for such a case is on file for the day it was opened. Check the day.")
