"""Loads what is shipped: both trees, coverage, institutions by rule, common spellings. Harmless when run again."""

import datetime
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Connection, Engine, select, update

from registry import areas, coverage, institutions, shipped_areas, shipped_institutions
from registry.gazetteer import EVERYBODY
from registry.shipped import fingerprint, rows
from registry.spelling import fold_district, fold_station
from registry.store import Store, insert_new, touch
from registry.tables import area_coverage, area_successions, directory_state, spellings
from registry.tables import areas as area_table
from registry.tables import institutions as institution_table

Day = datetime.date
Row = dict[str, str]
_ONE = datetime.timedelta(days=1)
_FILES = (
    "states",
    "former_states",
    "districts",
    "former_parents",
    "police_ranges",
    "police_districts",
    "stations",
    "spellings",
    "kinds",
)


def seed(bind: Engine | Connection) -> bool:
    """Load the shipped directory; entries that are there already stay as they are. False if nothing was to be done."""
    mark, store = fingerprint(_FILES), Store(bind)
    with store.reading() as connection:
        if connection.execute(select(directory_state.c.seeded)).scalar() == mark:
            return False
    with store.writing() as connection:
        _seed_areas(connection)
        _seed_coverage(connection)
        _seed_institutions(connection)
        insert_new(connection, spellings, [_spelling(row) for row in rows("spellings")])
        touch(connection)
        connection.execute(update(directory_state).values(seeded=mark))
        return True


def _seed_areas(connection: Connection) -> None:
    shipped = [*shipped_areas.civil_areas(), *shipped_areas.police_areas()]
    areas.add(connection, _not_there(connection, area_table, shipped))
    former = [
        {
            "former": f"lgd:state:{row['lgd']}",
            "successor": f"lgd:state:{row['successor']}",
            "since": Day.fromisoformat(row["until"]) + _ONE,
        }
        for row in rows("former_states")
    ]
    insert_new(connection, area_successions, former)


def _seed_coverage(connection: Connection) -> None:
    there = {(row.police, row.civil) for row in connection.execute(select(area_coverage))}
    new = [cover for cover in shipped_areas.coverage() if (cover.police, cover.civil) not in there]
    coverage.add(connection, new)


def _seed_institutions(connection: Connection) -> None:
    shipped = shipped_institutions.institutions()
    institutions.add(connection, _not_there(connection, institution_table, shipped))


def _not_there(connection: Connection, table: Any, shipped: Iterable[Any]) -> list[Any]:
    """Those whose id is not known in any version: what an operator renamed, moved or ended is left alone."""
    there = set(connection.execute(select(table.c.id)).scalars())
    return [one for one in shipped if one.id not in there]


def _spelling(row: Row) -> dict[str, Any]:
    fold: Callable[[str], str] = fold_station if row["what"] == "station" else fold_district
    entry = {"participant": EVERYBODY, "what": row["what"], "state": int(row["state"]), "district": ""}
    return {**entry, "folded": fold(row["raw"]), "raw": row["raw"], "target": row["target"]}
