"""What a case owes, when, to whom and under which section, as of any moment: computed from its steps alone."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from contracts import InstitutionKind
from hub.casework.durations import INDIA, end_of
from hub.casework.progress import Taken
from hub.casework.statute import Every, Limit, Statute

_NEVER = datetime.timedelta(days=36_600)
#: More turns of one duty than any childhood holds.
_TURNS = 600


class Standing(StrEnum):
    """How a clock stands."""

    RUNNING = "running"
    WARNING = "warning"
    MISSED = "missed"
    MET = "met"
    MET_LATE = "met_late"
    STOPPED = "stopped"
    TOO_EARLY = "too_early"
    """A time that had to pass first had not."""


@dataclass(frozen=True)
class Clock:
    """One duty of a case. ``turn`` counts from 1 where it comes again."""

    code: str
    words: str
    section: str
    verified: bool
    started: datetime.datetime
    due: datetime.datetime
    warn_at: datetime.datetime
    standing: Standing
    owed_by: tuple[InstitutionKind, ...]
    escalates_to: tuple[InstitutionKind, ...]
    turn: int = 1
    met_at: datetime.datetime | None = None

    @property
    def open(self) -> bool:
        """True while something is owed."""
        return self.standing in (Standing.RUNNING, Standing.WARNING, Standing.MISSED)


def clocks(
    statute: Statute, steps: Sequence[Taken], as_of: datetime.datetime, born: datetime.date | None = None
) -> list[Clock]:
    """All clocks that run or ran, soonest due first. Steps after ``as_of`` are not known yet.

    ``born``: for limits that depend on age; where it is unknown, those with an age are all shown.
    """
    known = sorted((taken for taken in steps if taken.at <= as_of), key=lambda taken: taken.at)
    facts = {name: value for taken in known for name, value in taken.facts.items()}
    found = [clock for limit in statute.limits for clock in _of(limit, statute, known, facts, as_of, born)]
    return sorted(found, key=lambda clock: (clock.due, clock.code, clock.turn))


def next_look(found: Sequence[Clock], as_of: datetime.datetime) -> datetime.datetime | None:
    """When something about these clocks will next change by time alone: a warning, a limit that runs out."""
    moments = [moment for clock in found if clock.open for moment in (clock.warn_at, clock.due) if moment > as_of]
    return min(moments, default=None)


def _of(
    limit: Limit,
    statute: Statute,
    steps: Sequence[Taken],
    facts: dict[str, str],
    as_of: datetime.datetime,
    born: datetime.date | None,
) -> Iterator[Clock]:
    """The limit runs anew from each starting step, e.g. when a child is produced again after it ran away."""
    starts = [n for n, taken in enumerate(steps) if taken.code in limit.after and _applies(limit, taken, facts, born)]
    for n, following in zip(starts, [*starts[1:], len(steps)], strict=False):
        later = steps[n + 1 : following]
        started = _started(limit, steps[n], later)
        if started is not None:
            yield from _once(limit, started, later, as_of) if limit.within else _again(limit, started, later, as_of)


def _applies(limit: Limit, taken: Taken, facts: dict[str, str], born: datetime.date | None) -> bool:
    day = taken.at.astimezone(INDIA).date()
    in_force = (limit.from_ is None or limit.from_ <= day) and (limit.to is None or day <= limit.to)
    return (
        in_force and _right_age(limit, day, born) and all(facts.get(name) in told for name, told in limit.when.items())
    )


def _right_age(limit: Limit, day: datetime.date, born: datetime.date | None) -> bool:
    if born is None:
        return True
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    exactly = years + ((day.month, day.day) != (born.month, born.day))  # "up to two years" ends on the second birthday
    to, above, from_ = limit.age_to, limit.age_above, limit.age_from
    return (to is None or exactly <= to) and (above is None or exactly > above) and (from_ is None or years >= from_)


def _started(limit: Limit, taken: Taken, later: Sequence[Taken]) -> datetime.datetime | None:
    """The step's own moment, or the end of the day it names; None while that day is not told."""
    if limit.of is None:
        return taken.at
    told = next((one.facts[limit.of] for one in (taken, *later) if limit.of in one.facts), None)
    return None if told is None else end_of(datetime.date.fromisoformat(told))


def _once(
    limit: Limit, started: datetime.datetime, later: Sequence[Taken], as_of: datetime.datetime
) -> Iterator[Clock]:
    assert limit.within is not None
    due = limit.within.after(started)
    if limit.extension is not None:
        many = sum(taken.code == limit.extension.by for taken in later)
        for _ in range(min(many, limit.extension.times)):
            due = limit.extension.more.after(due)
    done = [taken for taken in later if taken.code in limit.done_by]
    met = done[limit.counts - 1] if len(done) >= limit.counts else None
    if limit.excludes_journey:
        due += met.journey if met is not None else max((taken.journey for taken in later), default=datetime.timedelta())
    stopped = met is None and any(taken.code in limit.stops for taken in later)
    yield _clock(limit, started, due, met, stopped, as_of, 1)


def _again(
    limit: Limit, started: datetime.datetime, later: Sequence[Taken], as_of: datetime.datetime
) -> Iterator[Clock]:
    """Each turn is met by a step of its own; the first turn that is not due yet is the last one shown."""
    stop = next((taken.at for taken in later if taken.code in limit.stops), None)
    done = [taken for taken in later if taken.code in limit.done_by]
    begun = started
    for turn, due in enumerate(_dues(limit.every, started), start=1):
        met = done[turn - 1] if len(done) >= turn else None
        stopped = met is None and stop is not None and stop <= due
        yield _clock(limit, begun, due, met, stopped, as_of, turn)
        if stopped or (met is None and due > as_of) or turn >= _TURNS:
            return
        begun = due


def _dues(stages: Sequence[Every], started: datetime.datetime) -> Iterator[datetime.datetime]:
    """Counted from the start, so that months do not creep."""
    base = started
    for stage in stages:
        end = base + _NEVER if stage.for_ is None else stage.for_.after(base)
        turn = 1
        while (due := type(stage.every)(stage.every.number * turn, stage.every.unit).after(base)) <= end:
            yield due
            turn += 1
        base = end


def _clock(
    limit: Limit,
    started: datetime.datetime,
    due: datetime.datetime,
    met: Taken | None,
    stopped: bool,
    as_of: datetime.datetime,
    turn: int,
) -> Clock:
    warn_at = limit.warn_before.before(due)
    return Clock(
        code=limit.code,
        words=limit.words,
        section=limit.section,
        verified=limit.verified,
        started=started,
        due=due,
        warn_at=warn_at,
        standing=_standing(limit, due, warn_at, met, stopped, as_of),
        owed_by=tuple(limit.owed_by),
        escalates_to=tuple(limit.escalates_to),
        turn=turn,
        met_at=None if met is None else met.at,
    )


def _standing(
    limit: Limit,
    due: datetime.datetime,
    warn_at: datetime.datetime,
    met: Taken | None,
    stopped: bool,
    as_of: datetime.datetime,
) -> Standing:
    if limit.kind == "wait":
        return Standing.RUNNING if met is None else (Standing.MET if met.at > due else Standing.TOO_EARLY)
    if met is not None:
        return Standing.MET if met.at <= due else Standing.MET_LATE
    if stopped:
        return Standing.STOPPED
    if as_of > due:
        return Standing.MISSED
    return Standing.WARNING if as_of >= warn_at else Standing.RUNNING
