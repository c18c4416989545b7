"""Institutions as of any day: who there is, who is responsible for an area; how they are added, altered, ended."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, or_, select

from contracts import Institution, InstitutionKind, Problem, Refused
from contracts.exchange import Area, RegistryAnswer, RegistryLookup
from registry.areas import Areas
from registry.coverage import Coverage
from registry.institution_rules import Surroundings, problems
from registry.kinds import kinds
from registry.spans import day_before, today, valid_on
from registry.spelling import fold, fold_station
from registry.store import Store, in_parts, touch, upsert
from registry.tables import areas as area_table
from registry.tables import institutions as table

Day = datetime.date


class Institutions:
    """Questions about institutions, and changes of them; every question takes the day it is asked for."""

    def __init__(self, store: Store, areas: Areas, coverage: Coverage) -> None:
        self._store, self._areas, self._coverage = store, areas, coverage

    def get(self, institution_id: str, on: Day | None = None) -> Institution | None:
        """The institution as it was on ``on``; None if it did not exist then."""
        query = select(table.c.body).where(table.c.id == institution_id, valid_on(table, on or today()))
        return next(iter(self._all(query)), None)

    def versions(self, institution_id: str) -> list[Institution]:
        """All entries of one id, oldest first."""
        return self._all(select(table.c.body).where(table.c.id == institution_id).order_by(table.c.valid_from))

    def all(self, kind: InstitutionKind | None = None, state: int | None = None) -> list[Institution]:
        """Every entry, past ones included, by id and first day: what an export holds."""
        query = select(table.c.body).order_by(table.c.id, table.c.valid_from)
        query = query if kind is None else query.where(table.c.kind == kind)
        return self._all(query if state is None else query.where(table.c.state == state))

    def find(self, wanted: RegistryLookup) -> RegistryAnswer:
        """Answer a lookup: by kind, state, part of the name, and area.

        With an area: the institutions of that area and of all below it; where there are none and a kind is asked for,
        those responsible for it further up. ``areas`` then tells the area and its ancestors.
        """
        day = wanted.on or today()
        found = self._all(self._query(wanted, day).limit(wanted.limit))
        if wanted.area is None:
            return RegistryAnswer(institutions=found)
        if not found and wanted.kind is not None and wanted.name is None:
            found = self.responsible(wanted.kind, wanted.area, day)[: wanted.limit]
        return RegistryAnswer(institutions=found, areas=self._areas.lineage(wanted.area, day))

    def responsible(self, kind: InstitutionKind, area: str, on: Day | None = None) -> list[Institution]:
        """Who of this kind is responsible for an area: its own, else that of the nearest area above it.

        An area of the other tree is crossed by coverage; a police district in two LGD districts has two CWCs.
        Central institutions are responsible for every area.
        """
        day = on or today()
        if not kinds()[kind].areas:
            return self._all(select(table.c.body).where(table.c.kind == kind, valid_on(table, day)))
        here = self._nearest(kind, [a.id for a in self._areas.lineage(area, day)], day)
        if here:
            return here
        found = {
            one.id: one
            for other in self._coverage.across(area, day)
            for one in self._nearest(kind, [a.id for a in self._areas.lineage(other, day)], day)
        }
        return sorted(found.values(), key=lambda one: one.name)

    def children(self, institution_id: str, on: Day | None = None) -> list[Institution]:
        """Those that answer to it, by name."""
        below = select(table.c.body).where(table.c.parent == institution_id, valid_on(table, on or today()))
        return self._all(below.order_by(table.c.folded))

    def add(self, institutions: Sequence[Institution]) -> None:
        """Add entries, or overwrite those of the same id and first day, all or none.

        Raises ``Refused`` (``bad_institutions``) with every field and rule; fields are ``institutions.N.field``.
        """
        with self._store.writing() as connection:
            add(connection, institutions)

    def check(self, institutions: Sequence[Institution]) -> dict[int, list[Problem]]:
        """Position -> what is wrong with it, for those that could not be added; writes nothing."""
        with self._store.reading() as connection:
            return check(connection, institutions)

    def alter(self, changed: Institution) -> None:
        """The institution is as ``changed`` from its ``valid_from``; the entry before ends the day before."""
        with self._store.writing() as connection:
            add(connection, [*_ended(connection, changed.id, changed.valid_from), changed])

    def end(self, institution_id: str, last_day: Day) -> None:
        """The institution exists no more after ``last_day``."""
        one = self.get(institution_id, last_day)
        if one is None:
            raise Refused("unknown_institution", "No institution of this id is valid on that day; look it up first.")
        self.add([one.model_copy(update={"valid_to": last_day})])

    def _nearest(self, kind: InstitutionKind, lineage: Sequence[str], day: Day) -> list[Institution]:
        held = select(table.c.body).where(table.c.kind == kind, table.c.area.in_(lineage), valid_on(table, day))
        by_area: dict[str, list[Institution]] = defaultdict(list)
        for one in self._all(held.order_by(table.c.folded)):
            by_area[one.area or ""].append(one)
        return next((by_area[area] for area in lineage if area in by_area), [])

    def _query(self, wanted: RegistryLookup, day: Day) -> Select[Any]:
        query = select(table.c.body).where(valid_on(table, day)).order_by(table.c.folded, table.c.id)
        if wanted.kind is not None:
            query = query.where(table.c.kind == wanted.kind)
        if wanted.state is not None:
            query = query.where(table.c.state == wanted.state)
        if wanted.name is not None:
            forms = {fold(wanted.name), fold_station(wanted.name)}
            query = query.where(or_(*(table.c.folded.contains(form, autoescape=True) for form in forms)))
        if wanted.area is not None:
            query = query.where(table.c.area.in_(self._areas.ids_below(wanted.area, day)))
        return query

    def _all(self, query: Select[Any]) -> list[Institution]:
        with self._store.reading() as connection:
            return [Institution.model_validate_json(body) for body in connection.execute(query).scalars()]


def add(connection: Connection, institutions: Sequence[Institution]) -> None:
    """Write entries after checking them together with what is there; see ``Institutions.add``."""
    wrong = check(connection, institutions)
    if wrong:
        named = [
            Problem(field=f"institutions.{n}.{p.field}", rule=p.rule, message=p.message)
            for n, found in wrong.items()
            for p in found
        ]
        raise Refused("bad_institutions", "Correct the institutions named in the problems; none was written.", named)
    upsert(connection, table, [_row(one) for one in institutions])
    touch(connection)


def check(connection: Connection, institutions: Sequence[Institution]) -> dict[int, list[Problem]]:
    """Position -> problems; see ``Institutions.check``."""
    around = _surroundings(connection, institutions)
    found = {n: problems(one, around) for n, one in enumerate(institutions)}
    return {n: wrong for n, wrong in found.items() if wrong}


def _surroundings(connection: Connection, new: Sequence[Institution]) -> Surroundings:
    ids = [*(one.id for one in new), *(one.parent for one in new if one.parent)]
    areas, states = _areas(connection, (one.area for one in new if one.area))
    return Surroundings(_merged(_known(connection, ids), new), areas, states)


def _merged(known: Iterable[Institution], new: Sequence[Institution]) -> Mapping[str, Sequence[Institution]]:
    replaced = {(one.id, one.valid_from) for one in new}
    versions: dict[str, list[Institution]] = defaultdict(list)
    for one in [*(k for k in known if (k.id, k.valid_from) not in replaced), *new]:
        versions[one.id].append(one)
    return versions


def _known(connection: Connection, ids: Iterable[str]) -> list[Institution]:
    bodies = [
        body for part in in_parts(ids) for body in connection.scalars(select(table.c.body).where(table.c.id.in_(part)))
    ]
    return [Institution.model_validate_json(body) for body in bodies]


def _areas(connection: Connection, ids: Iterable[str]) -> tuple[dict[str, list[Area]], dict[str, int]]:
    versions: dict[str, list[Area]] = defaultdict(list)
    states: dict[str, int] = {}
    columns = [column for column in area_table.c if column.name not in ("folded", "state")]
    for part in in_parts(ids):
        query = select(*columns, area_table.c.state).where(area_table.c.id.in_(part))
        rows = connection.execute(query.order_by(area_table.c.valid_from))
        for row in rows:
            values = dict(row._mapping)
            states[row.id] = values.pop("state")
            versions[row.id].append(Area(**values))
    return dict(versions), states


def _ended(connection: Connection, institution_id: str, on: Day) -> list[Institution]:
    query = select(table.c.body).where(table.c.id == institution_id, valid_on(table, on), table.c.valid_from < on)
    older = [Institution.model_validate_json(body) for body in connection.scalars(query)]
    return [one.model_copy(update={"valid_to": day_before(on)}) for one in older]


def _row(one: Institution) -> dict[str, Any]:
    first = fold_station if one.kind == InstitutionKind.THANA else fold
    folded = " ".join([first(one.name), *(fold(other.text) for other in one.other_names)])
    return {
        **one.model_dump(include={"id", "valid_from", "valid_to", "kind", "state", "area", "parent"}),
        "folded": folded[:200],
        "body": one.model_dump_json(exclude_none=True),
    }
