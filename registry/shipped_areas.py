"""The two jurisdiction trees and their coverage as shipped, made from the tables in ``data/``."""

import datetime
from collections.abc import Iterator

from contracts import AreaKind
from contracts.exchange import Area
from registry.coverage import Cover
from registry.shipped import rows
from registry.states import State, states

Day = datetime.date
Row = dict[str, str]


def civil_areas() -> Iterator[Area]:
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


def police_areas() -> Iterator[Area]:
    by_code = {state.code: state for state in states()}
    for state in states():
        yield Area(
            id=police_of(state),
            kind=AreaKind.POLICE_STATE,
            name=f"{state.name} Police",
            lgd=state.lgd,
            valid_from=state.since,
        )
    for row in rows("police_ranges"):
        state = by_code[row["state"]]
        yield _below(row["id"], AreaKind.POLICE_RANGE, row["name"], police_of(state), state.since)
    since = district_days()
    for row in rows("police_districts"):
        parent = f"{row['state']}:range:{row['range']}" if row["range"] else police_of(by_code[row["state"]])
        yield _below(row["id"], AreaKind.POLICE_DISTRICT, row["name"], parent, since[row["id"]])
    for row in rows("stations"):
        yield _below(row["id"], AreaKind.POLICE_STATION, row["name"], row["district"], since[row["district"]])


def _below(area_id: str, kind: AreaKind, name: str, parent: str, since: Day) -> Area:
    return Area(id=area_id, kind=kind, name=name, parent=parent, valid_from=since)


def coverage() -> Iterator[Cover]:
    for state in states():
        yield Cover(police_of(state), f"lgd:state:{state.lgd}", state.since, whole=True)
    since = district_days()
    for row in rows("police_districts"):
        yield from (Cover(row["id"], f"lgd:district:{code}", since[row["id"]]) for code in _codes(row))
    for row in rows("stations"):
        yield from (Cover(row["id"], f"lgd:district:{code}", since[row["district"]]) for code in _codes(row))


def _codes(row: Row) -> list[str]:
    return [code for code in row["covers"].split(";") if code]


def district_days() -> dict[str, Day]:
    """Police district -> first day: as far as it is known, else that of its state."""
    by_code = {state.code: state.since for state in states()}
    return {
        row["id"]: Day.fromisoformat(row["since"]) if row["since"] else by_code[row["state"]]
        for row in rows("police_districts")
    }


def police_of(state: State) -> str:
    """Id of the police of a State, the root of its police tree."""
    return f"{state.code}:police"
