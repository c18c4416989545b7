"""Reads the names of one day into a gazetteer."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, select

from contracts import AreaKind
from registry.gazetteer import District, Gazetteer, Spelling, Station
from registry.spans import valid_on
from registry.store import in_parts
from registry.tables import area_coverage, areas, spellings

_POLICE = (
    AreaKind.POLICE_STATE,
    AreaKind.POLICE_RANGE,
    AreaKind.POLICE_DISTRICT,
    AreaKind.POLICE_SUB_DIVISION,
    AreaKind.POLICE_STATION,
)
_Rows = Mapping[str, Row[Any]]


def load(connection: Connection, day: datetime.date) -> Gazetteer:
    """A snapshot of the stations, districts, coverage and spellings of ``day``."""
    police = _areas(connection, _POLICE, day)
    civil = _areas(connection, (AreaKind.DISTRICT,), day)
    return Gazetteer(
        stations=[_station(row, police) for row in police.values() if row.kind == AreaKind.POLICE_STATION],
        districts=[
            District(row.id, row.name, row.state, row.folded, row.lgd if row.kind == AreaKind.DISTRICT else None)
            for row in [*police.values(), *civil.values()]
            if row.kind in (AreaKind.POLICE_DISTRICT, AreaKind.DISTRICT)
        ],
        spellings=[Spelling(*row) for row in connection.execute(select(*_spelling_columns()))],
        lgd_of=_lgd_of(police, _said(connection, day)),
    )


def _areas(connection: Connection, kinds: Iterable[AreaKind], day: datetime.date) -> _Rows:
    rows = connection.execute(select(areas).where(areas.c.kind.in_(kinds), valid_on(areas, day)))
    return {row.id: row for row in rows}


def _station(row: Row[Any], police: _Rows) -> Station:
    above = police.get(row.parent)
    while above is not None and above.kind != AreaKind.POLICE_DISTRICT:
        above = police.get(above.parent)
    return Station(row.id, row.name, row.state, row.folded, above.id if above else None)


def _spelling_columns() -> list[Any]:
    c = spellings.c
    return [c.participant, c.what, c.state, c.district, c.folded, c.target]


def _said(connection: Connection, day: datetime.date) -> dict[str, tuple[int, ...]]:
    """Police area -> LGD codes of the districts it is said to cover, or to cover a part of."""
    rows = list(connection.execute(select(area_coverage).where(valid_on(area_coverage, day))))
    districts = _districts_of(connection, {row.civil for row in rows}, day)
    said: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        if row.civil in districts:
            said[row.police].add(districts[row.civil])
    return {police: tuple(sorted(codes)) for police, codes in said.items()}


def _districts_of(connection: Connection, civil: Iterable[str], day: datetime.date) -> dict[str, int]:
    """Civil area -> LGD code of its district; level by level, since few of all villages are named in the coverage."""
    up = {area: area for area in civil}
    found: dict[str, int] = {}
    while up:
        above: dict[str, Row[Any]] = {}
        for part in in_parts(up.values()):
            rows = connection.execute(select(areas).where(areas.c.id.in_(part), valid_on(areas, day)))
            above |= {row.id: row for row in rows}
        known = {area: above[at] for area, at in up.items() if at in above}
        found |= {area: row.lgd for area, row in known.items() if row.kind == AreaKind.DISTRICT}
        up = {area: row.parent for area, row in known.items() if row.parent and row.kind != AreaKind.DISTRICT}
    return found


def _lgd_of(police: _Rows, said: Mapping[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    """What is not said of a police area is taken from the one above it."""
    found: dict[str, tuple[int, ...]] = {}
    for area_id in police:
        at = area_id
        while at in police and at not in said:
            at = police[at].parent or ""
        if at in said:
            found[area_id] = said[at]
    return found
