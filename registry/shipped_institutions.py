"""The institutions as shipped: those of the Union, of each State, and of districts and stations, by rule."""

import datetime
from collections.abc import Iterator
from typing import Any

from contracts import AreaKind, Institution, InstitutionKind
from registry.kinds import kinds
from registry.shipped import rows
from registry.shipped_areas import district_days, police_of
from registry.states import states

Day = datetime.date

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


def institutions() -> Iterator[Institution]:
    """All of them, parents before those who answer to them."""
    yield from _central()
    yield from _of_states()
    yield from _of_districts()
    yield from _of_police()


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
                area=police_of(state) if police else f"lgd:state:{state.lgd}",
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
    by_code, since = {state.code: state for state in states()}, district_days()
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
