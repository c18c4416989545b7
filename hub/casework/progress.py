"""A case as far as it has come: its steps, taken one after another, each checked against the law; nothing stored."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from contracts import InstitutionKind, Refused
from hub.casework.statute import NONE, Statute


@dataclass(frozen=True)
class Taken:
    """One step that was taken. ``facts``: what the law's conditions ask for (codes and days, no sentence)."""

    code: str
    at: datetime.datetime
    by: InstitutionKind | None = None
    journey: datetime.timedelta = datetime.timedelta()
    """Time of the journey to the place of production, which limits in hours leave out."""
    present: int | None = None
    """Members of the committee who sat."""
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """A step that should not have been possible: listed, never dropped."""

    place: int
    code: str
    rule: str
    words: str
    at: datetime.datetime | None = None


def state_of(statute: Statute, steps: Iterable[Taken]) -> str:
    """The state after all legal steps, in their order."""
    state = NONE
    for taken in steps:
        step = statute.step.get(taken.code)
        if step is not None and state in step.from_:
            state = step.target(state)
    return state


def open_steps(statute: Statute, state: str, by: InstitutionKind | None = None) -> list[str]:
    """The steps that may be taken now, by such an institution."""
    return [step.code for step in statute.steps if state in step.from_ and (by is None or by in step.by)]


def require_step(statute: Statute, state: str, taken: Taken) -> str:
    """The state after it. ``Refused``: ``unknown_step``, ``illegal_step``, ``wrong_institution``, ``no_quorum``."""
    found = next(iter(_against(statute, state, taken)), None)
    if found is not None:
        raise Refused(found[0], found[1])
    return statute.step[taken.code].target(state)


def findings(statute: Statute, steps: Iterable[Taken]) -> list[Finding]:
    """Every step told that the law does not allow where it stands: out of order, by somebody else, without quorum."""
    state, last, found = NONE, None, []
    for place, taken in enumerate(steps):
        wrong = list(_against(statute, state, taken))
        if last is not None and taken.at < last:
            wrong.append(("before_the_last", "This step is dated before the one that came before it."))
        found += [Finding(place, taken.code, rule, words, taken.at) for rule, words in wrong]
        if not any(rule in ("unknown_step", "illegal_step") for rule, _ in wrong):
            state = statute.step[taken.code].target(state)
        last = max(last or taken.at, taken.at)
    return found


def _against(statute: Statute, state: str, taken: Taken) -> Iterable[tuple[str, str]]:
    step = statute.step.get(taken.code)
    if step is None:
        yield "unknown_step", f"{statute.regime} has no such step. Choose one of the steps open now."
        return
    if state not in step.from_:
        yield "illegal_step", f"This step cannot be taken while the case is: {statute.states[state]} ({step.section})."
    if taken.by is not None and taken.by not in step.by:
        yield "wrong_institution", f"This step is for {', '.join(step.by)} ({step.section})."
    if step.quorum is not None and taken.present is not None and taken.present < step.quorum:
        yield "no_quorum", f"At least {step.quorum} members must sit for this step ({step.section})."
