"""Loads what is shipped: both trees, coverage, institutions by rule, common spellings. Harmless when run again."""

import datetime
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, Engine, select, update

from contracts import AreaKind, Institution, InstitutionKind
from contracts.exchange import Area
from registry import areas, coverage, institutions
from registry.coverage import Cover
from registry.gazetteer import EVERYBODY
from registry.kinds import kinds
from registry.shipped import fingerprint, rows
from registry.spelling import fold_district, fold_station
from registry.states import State, states
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
_CENTRAL_SINCE = Day(1950, 1, 26)
_CENTRAL = (
    InstitutionKind.MHA,
    InstitutionKind.NCRB,
    InstitutionKind.CBI,
    InstitutionKind.MWCD,
    InstitutionKind.CPSU,
    InstitutionKind.MOPR,
)
#: Kind -> the central institution it answers to.
_OF_STATES = {
    InstitutionKind.CRIME_BRANCH: None,
    InstitutionKind.SCRB: "in:ncrb",
    InstitutionKind.DWCD: "in:mwcd",
    InstitutionKind.SPSU: "in:cpsu",
    InstitutionKind.SCPC: None,
    InstitutionKind.DPRD: "in:mopr",
}
#: States whose districts get the institutions that the JJ Act 2015 (ss.4, 27, 106) lays down for every district.
_DISTRICTS_OF = (7, 10)
_OF_DISTRICTS = {InstitutionKind.DM: None, InstitutionKind.DCPS: "scpc", InstitutionKind.CWC: "dwcd"}
_OF_DISTRICTS |= {InstitutionKind.JJB: "dwcd"}


def seed(bind: Engine | Connection) -> bool:
    """Load the shipped directory; entries that are there already stay as they are. False if nothing was to be done."""
    mark = fingerprint(_FILES)
    with Store(bind).writing() as connection:
        if connection.execute(select(directory_state.c.seeded)).scalar() == mark:
            return False
        _seed_areas(connection)
        _seed_coverage(connection)
        _seed_institutions(connection)
        insert_new(connection, spellings, [_spelling(row) for row in rows("spellings")])
        touch(connection)
        connection.execute(update(directory_state).values(seeded=mark))
        return True


def _seed_areas(connection: Connection) -> None:
    shipped = [*_civil_areas(), *_police_areas()]
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
    new = [cover for cover in _coverage() if (cover.police, cover.civil) not in there]
    coverage.add(connection, new)


def _seed_institutions(connection: Connection) -> None:
    shipped = [*_central(), *_of_states(), *_of_districts(), *_of_police()]
    institutions.add(connection, _not_there(connection, institution_table, shipped))


def _not_there(connection: Connection, table: Any, shipped: Iterable[Any]) -> list[Any]:
    """Those whose id is not known in any version: what an operator renamed, moved or ended is left alone."""
    there = set(connection.execute(select(table.c.id)).scalars())
    return [one for one in shipped if one.id not in there]


def _civil_areas() -> Iterator[Area]:
    since = {state.lgd: state.since for state in states()}
    for state in states():
        yield Area(
            id=f"lgd:state:{state.lgd}", kind=AreaKind.STATE, name=state.name, lgd=state.lgd, valid_from=state.since
        )
    for row in rows("former_states"):
        since[int(row["lgd"])] = Day.fromisoformat(row["since"])
        yield Area(
            id=f"lgd:state:{row['lgd']}",
            kind=AreaKind.STATE,
            name=row["name"],
            lgd=int(row["lgd"]),
            valid_from=row["since"],
            valid_to=row["until"],
        )
    former = {row["district"]: row for row in rows("former_parents")}
    for row in rows("districts"):
        yield from _district(row, former.get(row["lgd"]), since)


def _district(row: Row, former: Row | None, since: dict[int, Day]) -> Iterator[Area]:
    """A district, in two versions where it belonged to another state before; its true first day is not known."""
    now = Area(
        id=f"lgd:district:{row['lgd']}",
        kind=AreaKind.DISTRICT,
        name=row["name"],
        parent=f"lgd:state:{row['state']}",
        lgd=int(row["lgd"]),
        valid_from=since[int(row["state"])],
    )
    yield now
    if former is not None:
        span = {"valid_from": since[int(former["former_state"])], "valid_to": Day.fromisoformat(former["until"])}
        yield now.model_copy(update={"parent": f"lgd:state:{former['former_state']}", **span})


def _police_areas() -> Iterator[Area]:
    by_code = {state.code: state for state in states()}
    for state in states():
        yield Area(
            id=_police(state),
            kind=AreaKind.POLICE_STATE,
            name=f"{state.name} Police",
            lgd=state.lgd,
            valid_from=state.since,
        )
    for row in rows("police_ranges"):
        state = by_code[row["state"]]
        yield _below(row["id"], AreaKind.POLICE_RANGE, row["name"], _police(state), state.since)
    since = _district_days()
    for row in rows("police_districts"):
        parent = f"{row['state']}:range:{row['range']}" if row["range"] else _police(by_code[row["state"]])
        yield _below(row["id"], AreaKind.POLICE_DISTRICT, row["name"], parent, since[row["id"]])
    for row in rows("stations"):
        yield _below(row["id"], AreaKind.POLICE_STATION, row["name"], row["district"], since[row["district"]])


def _below(area_id: str, kind: AreaKind, name: str, parent: str, since: Day) -> Area:
    return Area(id=area_id, kind=kind, name=name, parent=parent, valid_from=since)


def _coverage() -> Iterator[Cover]:
    for state in states():
        yield Cover(_police(state), f"lgd:state:{state.lgd}", state.since, whole=True)
    since = _district_days()
    for row in rows("police_districts"):
        yield from (Cover(row["id"], f"lgd:district:{code}", since[row["id"]]) for code in _codes(row))
    for row in rows("stations"):
        yield from (Cover(row["id"], f"lgd:district:{code}", since[row["district"]]) for code in _codes(row))


def _codes(row: Row) -> list[str]:
    return [code for code in row["covers"].split(";") if code]


def _district_days() -> dict[str, Day]:
    """Police district -> first day: as far as it is known, else that of its state."""
    by_code = {state.code: state.since for state in states()}
    return {
        row["id"]: Day.fromisoformat(row["since"]) if row["since"] else by_code[row["state"]]
        for row in rows("police_districts")
    }


def _central() -> Iterator[Institution]:
    for kind in _CENTRAL:
        parent = next((f"in:{p.lower()}" for p in sorted(kinds()[kind].parents)), None)
        yield _institution(f"in:{kind.lower()}", kind, kinds()[kind].name, parent=parent, valid_from=_CENTRAL_SINCE)


def _of_states() -> Iterator[Institution]:
    for state in states():
        for kind, parent in _OF_STATES.items():
            police = AreaKind.POLICE_STATE in kinds()[kind].areas
            yield _institution(
                f"{state.code}:{kind.lower()}",
                kind,
                f"{kinds()[kind].name}, {state.name}",
                state=state.lgd,
                area=_police(state) if police else f"lgd:state:{state.lgd}",
                parent=f"{state.code}:dwcd" if kind == InstitutionKind.SCPC else parent,
                valid_from=state.since,
            )


def _of_districts() -> Iterator[Institution]:
    by_lgd = {state.lgd: state for state in states()}
    for row in rows("districts"):
        state = by_lgd[int(row["state"])]
        if state.lgd not in _DISTRICTS_OF:
            continue
        for kind, parent in _OF_DISTRICTS.items():
            yield _institution(
                f"{state.code}:{kind.lower()}:{row['lgd']}",
                kind,
                f"{kinds()[kind].name}, {row['name']} ({state.name})",
                state=state.lgd,
                area=f"lgd:district:{row['lgd']}",
                parent=f"{state.code}:{parent}" if parent else None,
                valid_from=state.since,
            )


def _of_police() -> Iterator[Institution]:
    by_code, since = {state.code: state for state in states()}, _district_days()
    for row in rows("police_districts"):
        state = by_code[row["state"]]
        yield _institution(
            _sp(row["id"]),
            InstitutionKind.SP,
            f"Superintendent of Police, {row['name']} ({state.name})",
            state=state.lgd,
            area=row["id"],
            parent=f"{state.code}:crime_branch",
            valid_from=since[row["id"]],
        )
    for row in rows("stations"):
        state = by_code[row["id"].split(":")[0]]
        yield _institution(
            row["id"],
            InstitutionKind.THANA,
            row["name"],
            state=state.lgd,
            area=row["id"],
            parent=_sp(row["district"]),
            valid_from=since[row["district"]],
        )


def _institution(institution_id: str, kind: InstitutionKind, name: str, **rest: Any) -> Institution:
    return Institution(id=institution_id, kind=kind, level=kinds()[kind].level, name=name, **rest)


def _sp(district: str) -> str:
    return district.replace(":pd:", ":sp:")


def _police(state: State) -> str:
    return f"{state.code}:police"


def _spelling(row: Row) -> dict[str, Any]:
    fold: Callable[[str], str] = fold_station if row["what"] == "station" else fold_district
    entry = {"participant": EVERYBODY, "what": row["what"], "state": int(row["state"]), "district": ""}
    return {**entry, "folded": fold(row["raw"]), "raw": row["raw"], "target": row["target"]}
