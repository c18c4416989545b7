"""Cases as they are kept: their law and state, what they owe, whom it was told to, what is wrong in them."""

import datetime
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, case, delete, false, func, or_, select
from sqlalchemy import update as change

from hub.index import dialect
from hub.index.case_tables import case_calls, case_duties, case_findings, cases
from hub.index.columns import Moment, Values
from hub.index.schema import records

RUNNING, WARNED, MISSED = 0, 1, 2


class Kept(NamedTuple):
    """A case as it stands; ``statute`` None: older than every law on file."""

    row: int
    hub_id: str
    participant: str
    source_id: str
    machine: str
    statute: str | None
    state: str
    ended: bool
    opened: datetime.datetime
    known_since: datetime.datetime
    committee: str | None
    lgd_state: int | None
    district: int | None
    veil: int
    updated: datetime.datetime


class Owed(NamedTuple):
    """One duty of a case, and when something is next to be said of it (None: nothing more)."""

    row: int
    code: str
    turn: int
    due: datetime.datetime
    stage: int
    at: datetime.datetime | None


@dataclass(frozen=True)
class Call:
    """A warning (stage 1) or an escalation (stage 2), and how many systems were sent it."""

    row: int
    code: str
    turn: int
    due: datetime.datetime
    stage: int
    institution: str
    at: datetime.datetime
    told: int


@dataclass(frozen=True)
class Wrong:
    """What is wrong in an entry's case; ``other``: the row of the other entry, where it is about two."""

    row: int
    rule: str
    place: int
    step: str | None
    at: datetime.datetime | None
    other: int | None
    found_at: datetime.datetime


@dataclass(frozen=True)
class Within:
    """Whose cases are asked for: of these states, districts or this institution, up to this veil."""

    everywhere: bool = False
    states: frozenset[int] = frozenset()
    districts: frozenset[int] = frozenset()
    institution: str | None = None
    veil: int = 0


_CASE = [cases.c[name] for name in Kept._fields]
_OWED = [case_duties.c[name] for name in Owed._fields]
_CALL = [case_calls.c[name] for name in Call.__dataclass_fields__]
_WRONG = [case_findings.c[name] for name in Wrong.__dataclass_fields__]
_other = records.alias("other")
_NOW = bindparam("now", type_=Moment)
_OVER = case_duties.c.due <= _NOW
_NEXT = select(case_duties.c.seq).where(case_duties.c.at <= _NOW).order_by(case_duties.c.at).limit(bindparam("most"))
#: What has come due is moved on in one statement, and what was moved is what is told.
_MOVED = (
    change(case_duties)
    .values(stage=case((_OVER, MISSED), else_=WARNED), at=case((_OVER, None), else_=case_duties.c.due))
    .returning(*_OWED)
)


class Cases:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # One case

    def find(self, hub_id: str) -> Kept | None:
        found = self._connection.execute(select(*_CASE).where(cases.c.hub_id == hub_id)).one_or_none()
        return None if found is None else Kept(*found)

    def at(self, rows: Collection[int]) -> dict[int, Kept]:
        """Row -> its case, where it has one."""
        found: dict[int, Kept] = {}
        for part in dialect.parts(sorted(rows), 5_000):
            query = select(*_CASE).where(cases.c.row.in_(part))
            found |= {one[0]: Kept._make(one) for one in self._connection.execute(query)}
        return found

    def keep(self, kept: Kept, owed: Iterable[Owed], wrong: Iterable[Wrong], rules: Collection[str]) -> None:
        """The case as it is now, in place of what was kept of it; of its findings those of ``rules``."""
        dialect.upsert(self._connection, cases, kept._asdict(), keep=("known_since",))
        self._connection.execute(delete(case_duties).where(case_duties.c.row == kept.row))
        dialect.insert_many(self._connection, case_duties, [one._asdict() for one in owed])
        self.settle([kept.row], rules)
        self.note(wrong)

    def called(self, row: int) -> dict[tuple[str, int, datetime.datetime], int]:
        """(code, turn, due) -> the last stage that was told of it."""
        query = select(case_calls.c.code, case_calls.c.turn, case_calls.c.due, func.max(case_calls.c.stage))
        grouped = query.where(case_calls.c.row == row).group_by(case_calls.c.code, case_calls.c.turn, case_calls.c.due)
        return {(code, turn, due): stage for code, turn, due, stage in self._connection.execute(grouped)}

    def owed(self, row: int) -> list[Owed]:
        query = select(*_OWED).where(case_duties.c.row == row).order_by(case_duties.c.due, case_duties.c.code)
        return [Owed(*one) for one in self._connection.execute(query)]

    # The sweep

    def move_on(self, now: datetime.datetime, most: int) -> list[Owed]:
        """Duties of which something is to be said now, moved on to their next stage; at most so many."""
        due = dialect.skip_locked(self._connection, _NEXT)
        moved = self._connection.execute(_MOVED.where(case_duties.c.seq.in_(due)), {"now": now, "most": most})
        return [Owed._make(one) for one in moved]

    def call(self, calls: Sequence[Values]) -> None:
        """Note them; each has the fields of ``Call``, in their order (a dataclass would cost as much as the insert)."""
        dialect.insert_many(self._connection, case_calls, calls, new_only=True)

    # Findings

    def settle(self, rows: Collection[int], rules: Collection[str]) -> None:
        """What was wrong by these rules is so no longer."""
        for part in dialect.parts(sorted(rows), 5_000):
            gone = case_findings.c.row.in_(part) & case_findings.c.rule.in_(rules)
            self._connection.execute(delete(case_findings).where(gone))

    def note(self, wrong: Iterable[Wrong]) -> None:
        dialect.insert_many(self._connection, case_findings, [vars(one) for one in wrong], new_only=True)

    def wrong(self, row: int) -> list[Wrong]:
        query = select(*_WRONG).where(case_findings.c.row == row).order_by(case_findings.c.rule, case_findings.c.place)
        return [Wrong(*one) for one in self._connection.execute(query)]

    # Lists by jurisdiction

    def findings(self, within: Within, rule: str | None, offset: int, limit: int) -> list[tuple[Any, ...]]:
        """(finding, hub id, participant, source id, LGD state and district, the other entry's hub id), newest first."""
        entry = [records.c[one] for one in ("hub_id", "participant", "source_id", "state", "district")]
        query: Select[Any] = select(*_WRONG, *entry, _other.c.hub_id)
        query = query.join_from(case_findings, records, records.c.row == case_findings.c.row)
        query = _of_rule(query.outerjoin(_other, _other.c.row == case_findings.c.other), rule)
        query = query.where(_within(within, records)).order_by(case_findings.c.found_at.desc(), case_findings.c.row)
        many = len(_WRONG)
        found = self._connection.execute(query.offset(offset).limit(limit))
        return [(Wrong(*one[:many]), *one[many:]) for one in found]

    def count_findings(self, within: Within) -> dict[str, int]:
        """Rule -> how many."""
        query = select(case_findings.c.rule, func.count()).join_from(
            case_findings, records, records.c.row == case_findings.c.row
        )
        grouped = query.where(_within(within, records)).group_by(case_findings.c.rule)
        return {row[0]: row[1] for row in self._connection.execute(grouped)}

    def overdue(self, within: Within, before: datetime.datetime, limit: int) -> list[tuple[Owed, Kept]]:
        """Duties that end before a moment, longest overdue first."""
        query = select(*_OWED, *_CASE).join_from(case_duties, cases, cases.c.row == case_duties.c.row)
        soon = query.where(case_duties.c.due <= before, _within(within, cases)).order_by(case_duties.c.due).limit(limit)
        many = len(_OWED)
        return [(Owed(*one[:many]), Kept(*one[many:])) for one in self._connection.execute(soon)]

    def calls_to(self, institution: str, since: datetime.datetime, limit: int) -> list[tuple[Call, Kept]]:
        """What an institution was warned of, or what was escalated to it, newest first."""
        query = select(*_CALL, *_CASE).join_from(case_calls, cases, cases.c.row == case_calls.c.row)
        mine = query.where(case_calls.c.institution == institution, case_calls.c.at >= since)
        many = len(_CALL)
        found = self._connection.execute(mine.order_by(case_calls.c.at.desc()).limit(limit))
        return [(Call(*one[:many]), Kept(*one[many:])) for one in found]

    def of_committee(self, within: Within, committee: str | None = None) -> list[Kept]:
        """The cases of a jurisdiction or, where it is named, those that a committee or board has."""
        query = select(*_CASE).where(_within(within, cases))
        query = query if committee is None else query.where(cases.c.committee == committee)
        return [Kept(*one) for one in self._connection.execute(query.order_by(cases.c.row))]

    def count(self) -> int:
        return self._connection.execute(select(func.count()).select_from(cases)).scalar_one()


def _of_rule(query: Select[Any], rule: str | None) -> Select[Any]:
    return query if rule is None else query.where(case_findings.c.rule == rule)


def _within(within: Within, table: Any) -> ColumnElement[bool]:
    """The jurisdiction, for ``records`` and ``cases`` alike."""
    visible: ColumnElement[bool] = table.c.veil <= within.veil
    if within.everywhere:
        return visible
    state = table.c.state if table is records else table.c.lgd_state
    parts = [
        state.in_(within.states) if within.states else false(),
        table.c.district.in_(within.districts) if within.districts else false(),
        table.c.committee == within.institution if table is cases and within.institution else false(),
    ]
    return and_(visible, or_(*parts))
