"""The two jurisdiction trees as of any day: nodes, ancestors, children; how they are added, renamed, moved, ended."""

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Date, Select, and_, bindparam, func, literal, or_, select, update

from contracts import AreaKind, Problem, Refused
from contracts.exchange import Area
from registry import area_rules
from registry.spans import day_before, today, valid_on
from registry.spelling import fold, fold_district, fold_station
from registry.store import Store, in_parts, insert_new, touch, upsert
from registry.tables import area_successions
from registry.tables import areas as table

Day = datetime.date
_COLUMNS = (table.c.id, table.c.kind, table.c.name, table.c.parent, table.c.lgd, table.c.valid_from, table.c.valid_to)


def folded_name(kind: AreaKind, name: str) -> str:
    """The form by which an area of this kind is looked up."""
    if kind == AreaKind.POLICE_STATION:
        return fold_station(name)
    return fold_district(name) if kind in (AreaKind.POLICE_DISTRICT, AreaKind.DISTRICT) else fold(name)


class Areas:
    """Questions to both trees, and changes of them; every question takes the day it is asked for (default: today)."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, area_id: str, on: Day | None = None) -> Area | None:
        """The area as it was on ``on``; None if it did not exist then."""
        found = self._all(select(*_COLUMNS).where(table.c.id == area_id, valid_on(table, on or today())))
        return found[0] if found else None

    def require(self, area_id: str, on: Day | None = None) -> Area:
        """The same; raises ``Refused`` with code ``unknown_area``."""
        area = self.get(area_id, on)
        if area is None:
            raise Refused("unknown_area", "No area of this id is valid on that day; look it up in the registry.")
        return area

    def versions(self, area_id: str) -> list[Area]:
        """All that an id ever stood for, oldest first."""
        return self._all(select(*_COLUMNS).where(table.c.id == area_id).order_by(table.c.valid_from))

    def by_lgd(self, kind: AreaKind, lgd: int, on: Day | None = None) -> Area | None:
        """The area with this LGD code on ``on``."""
        held = and_(table.c.kind == kind, table.c.lgd == lgd, valid_on(table, on or today()))
        found = self._all(select(*_COLUMNS).where(held))
        return found[0] if found else None

    def of_kind(self, kind: AreaKind, state: int | None = None, on: Day | None = None) -> list[Area]:
        """All areas of a kind, in one state or in all, by name."""
        query = select(*_COLUMNS).where(table.c.kind == kind, valid_on(table, on or today()))
        return self._all((query if state is None else query.where(table.c.state == state)).order_by(table.c.name))

    def ancestors(self, area_id: str, on: Day | None = None) -> list[Area]:
        """From its parent up to the state."""
        return self.lineage(area_id, on)[1:]

    def lineage(self, area_id: str, on: Day | None = None) -> list[Area]:
        """The area itself, then its ancestors up to the state; empty if it did not exist then."""
        return self._all(_upwards(), {"area": area_id, "day": on or today()})

    def children(self, area_id: str, on: Day | None = None) -> list[Area]:
        """The areas directly below, by name."""
        below = and_(table.c.parent == area_id, valid_on(table, on or today()))
        return self._all(select(*_COLUMNS).where(below).order_by(table.c.name))

    def descendants(self, area_id: str, on: Day | None = None, kind: AreaKind | None = None) -> list[Area]:
        """All areas below, or those of one kind, nearest level first, then by name."""
        return [area for area in self.below([area_id], on) if area.id != area_id and kind in (None, area.kind)]

    def ids_below(self, area_id: str, on: Day | None = None) -> Select[Any]:
        """SQL: the id of the area and of all below it, to be used inside another question."""
        tree = _downwards().order_by(None).params(areas=[area_id], day=on or today()).subquery()
        return select(tree.c.id)

    def below(self, area_ids: Iterable[str], on: Day | None = None) -> list[Area]:
        """The areas given and everything below them, parents before children."""
        return self._all(_downwards(), {"areas": list(area_ids), "day": on or today()})

    def state_of(self, area_id: str, on: Day | None = None) -> int | None:
        """LGD code of the state it belonged to on that day."""
        lineage = self.lineage(area_id, on)
        return lineage[-1].lgd if lineage else None

    def successors(self, area_id: str) -> list[str]:
        """Ids of the areas that took the place of one that ended (a split has several)."""
        query = select(area_successions.c.successor).where(area_successions.c.former == area_id)
        with self._store.reading() as connection:
            return list(connection.execute(query.order_by(area_successions.c.successor)).scalars())

    def add(self, areas: Sequence[Area]) -> None:
        """Add new areas or versions, all or none; raises ``Refused`` (``bad_areas``) with every field and rule."""
        with self._store.writing() as connection:
            add(connection, areas)

    def rename(self, area_id: str, name: str, on: Day) -> Area:
        """The area bears another name from ``on``; its id and codes stay."""
        with self._store.writing() as connection:
            return _change(connection, area_id, on, {"name": name})

    def move(self, area_id: str, parent: str, on: Day) -> Area:
        """The area, and all below it, belongs to another parent from ``on``."""
        with self._store.writing() as connection:
            moved = _change(connection, area_id, on, {"parent": parent})
            _carry_state_down(connection, area_id, on)
        return moved

    def end(self, area_id: str, last_day: Day, successors: Sequence[str] = ()) -> None:
        """The area exists no more after ``last_day``; raises ``Refused`` (``bad_areas``) while areas lie below it."""
        with self._store.writing() as connection:
            area = Areas(Store(connection)).require(area_id, last_day)
            _check_end(connection, area, last_day)
            _set_last_day(connection, area, last_day)
            since = last_day + datetime.timedelta(days=1)
            rows = [{"former": area_id, "successor": other, "since": since} for other in successors]
            insert_new(connection, area_successions, rows)
            touch(connection)

    def _all(self, query: Select[Any], asked: Mapping[str, Any] | None = None) -> list[Area]:
        with self._store.reading() as connection:
            return [_area(row) for row in connection.execute(query, asked or {})]


def add(connection: Connection, areas: Sequence[Area]) -> None:
    """Write areas after checking them together with what is there; see ``Areas.add``."""
    known = versions_of(connection, [*(a.id for a in areas), *(a.parent for a in areas if a.parent)])
    wrong = area_rules.problems(areas, known, _holders(connection, areas))
    if wrong:
        raise Refused("bad_areas", "Correct the areas named in the problems; none was written.", wrong)
    upsert(connection, table, _rows(areas, _states(connection, areas, known)))
    touch(connection)


def versions_of(connection: Connection, ids: Iterable[str]) -> dict[str, list[Area]]:
    """Id -> all versions of that area, for the ids that are known."""
    return area_rules.by_id(_versions(connection, ids))


def _change(connection: Connection, area_id: str, on: Day, changed: dict[str, str]) -> Area:
    older = Areas(Store(connection)).require(area_id, on)
    newer = older.model_copy(update={**changed, "valid_from": on})
    if older.valid_from < on:
        _set_last_day(connection, older, day_before(on))
    add(connection, [newer])
    return newer


def _carry_state_down(connection: Connection, area_id: str, on: Day) -> None:
    here = Areas(Store(connection))
    state = here.state_of(area_id, on)
    for part in in_parts(area.id for area in here.descendants(area_id, on)):
        connection.execute(update(table).where(table.c.id.in_(part)).values(state=state))


def _area(row: Any) -> Area:
    return Area.model_construct(**{**row._mapping, "kind": AreaKind(row.kind)})


@cache
def _upwards() -> Select[Any]:
    """An area and its ancestors; ``area`` and ``day`` are asked with. Built once: building costs more than asking."""
    held = valid_on(table, bindparam("day", type_=Date))
    start = select(*_COLUMNS, literal(0).label("step")).where(table.c.id == bindparam("area"), held)
    chain = start.cte("chain", recursive=True)
    above = select(*_COLUMNS, chain.c.step + 1).join(chain, table.c.id == chain.c.parent).where(held)
    chain = chain.union_all(above)
    return select(*(c for c in chain.c if c.name != "step")).order_by(chain.c.step)


@cache
def _downwards() -> Select[Any]:
    """The ``areas`` asked with and all below them on ``day``, parents first."""
    held = valid_on(table, bindparam("day", type_=Date))
    given = table.c.id.in_(bindparam("areas", expanding=True))
    tree = select(*_COLUMNS, literal(0).label("step")).where(given, held).cte("tree", recursive=True)
    under = select(*_COLUMNS, tree.c.step + 1).join(tree, table.c.parent == tree.c.id).where(held)
    tree = tree.union_all(under)
    columns = [c for c in tree.c if c.name != "step"]
    # An area given may also lie below another one given: it is told once, at its lowest place.
    return select(*columns).group_by(*columns).order_by(func.max(tree.c.step), tree.c.name)


def _versions(connection: Connection, ids: Iterable[str]) -> Iterator[Area]:
    for part in in_parts(ids):
        yield from (_area(row) for row in connection.execute(select(*_COLUMNS).where(table.c.id.in_(part))))


def _holders(connection: Connection, areas: Sequence[Area]) -> dict[tuple[AreaKind, int], str]:
    kinds = {area.kind for area in areas if area.lgd is not None}
    query = select(table.c.kind, table.c.lgd, table.c.id).where(table.c.kind.in_(kinds), table.c.lgd.is_not(None))
    wanted = {area.lgd for area in areas}
    return {(AreaKind(kind), lgd): holder for kind, lgd, holder in connection.execute(query) if lgd in wanted}


def _rows(areas: Sequence[Area], states: dict[str, int]) -> list[dict[str, Any]]:
    """The rows of a batch; the state of each is that of its parent by the parent's newest version."""
    return [
        {
            **area.model_dump(),
            "folded": folded_name(area.kind, area.name),
            "state": area.lgd if area.kind in area_rules.ROOTS else states[area.parent or ""],
        }
        for area in areas
    ]


def _states(connection: Connection, areas: Sequence[Area], known: area_rules.Versions) -> dict[str, int]:
    """Id -> LGD code of its state today, for the areas of the batch and their parents."""
    whole = area_rules.merged(known, areas)
    newest = {area_id: max(versions, key=lambda area: area.valid_from) for area_id, versions in whole.items()}
    parents = {area_id: area.parent for area_id, area in newest.items()}
    states = {area_id: area.lgd for area_id, area in newest.items() if area.kind in area_rules.ROOTS and area.lgd}
    for part in in_parts(parent for parent in parents.values() if parent and parent not in parents):
        found = select(table.c.id, table.c.state).where(table.c.id.in_(part)).order_by(table.c.valid_from)
        states |= {row.id: row.state for row in connection.execute(found)}
    for area_id in parents:
        _carry_down(area_id, parents, states)
    return states


def _carry_down(area_id: str, parents: dict[str, str | None], states: dict[str, int]) -> int:
    if area_id not in states:
        states[area_id] = _carry_down(parents[area_id] or "", parents, states)
    return states[area_id]


def _set_last_day(connection: Connection, area: Area, last_day: Day) -> None:
    held = and_(table.c.id == area.id, table.c.valid_from == area.valid_from)
    connection.execute(update(table).where(held).values(valid_to=last_day))


def _check_end(connection: Connection, area: Area, last_day: Day) -> None:
    longer = or_(table.c.valid_to.is_(None), table.c.valid_to > last_day)
    count = connection.execute(select(func.count()).where(table.c.parent == area.id, longer)).scalar_one()
    if count:
        words = f"{count} areas below it would be orphans; move or end them first."
        raise Refused("bad_areas", words, [Problem(field="valid_to", rule="orphans", message=words)])
