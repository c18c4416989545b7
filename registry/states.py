"""The 36 States and Union Territories: codes, names, languages, a point on the map; shipped data, no database."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from registry.shipped import rows
from registry.spelling import fold


@dataclass(frozen=True)
class State:
    """A State or Union Territory of today. ``latitude`` and ``longitude`` are a rough middle, in degrees."""

    lgd: int
    iso: str
    """ISO 3166-2, e.g. ``IN-DL``."""
    iso_verified: bool
    """False: from memory of the standard, not checked against it; show it as unverified."""
    code: str
    """Two letters by which ids of this directory begin, e.g. ``dl``."""
    union_territory: bool
    name: str
    local_name: str | None
    local_language: str | None
    languages: tuple[str, ...]
    """Official languages as BCP-47 tags, the most used first (unverified)."""
    latitude: float
    longitude: float
    since: datetime.date
    spellings: tuple[str, ...]
    """Older and other names, as census, ZIPNET and common use write them."""


@cache
def states() -> tuple[State, ...]:
    """All of them by LGD code, as shipped in ``data/states.csv``."""
    return tuple(sorted(map(_state, rows("states")), key=lambda state: state.lgd))


def by_code(lgd: int) -> State | None:
    """The State or UT with this LGD code."""
    return _by_code().get(lgd)


def by_name(raw: str) -> State | None:
    """The State or UT meant by a name, an older spelling, two letters or an ISO code; None if it is none of these."""
    return _by_name().get(fold(raw))


@cache
def _by_code() -> Mapping[int, State]:
    return MappingProxyType({state.lgd: state for state in states()})


@cache
def _by_name() -> Mapping[str, State]:
    found = {}
    for state in states():
        for name in (state.name, state.local_name or "", state.code, state.iso, *state.spellings):
            found[fold(name)] = state
    found.pop("", None)
    return MappingProxyType(found)


def _state(row: dict[str, str]) -> State:
    return State(
        lgd=int(row["lgd"]),
        iso=row["iso"],
        iso_verified=row["iso_verified"] == "yes",
        code=row["code"],
        union_territory=row["type"] == "UT",
        name=row["name"],
        local_name=row["local_name"] or None,
        local_language=row["local_language"] or None,
        languages=tuple(row["languages"].split(";")),
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        since=datetime.date.fromisoformat(row["since"]),
        spellings=tuple(word for word in row["spellings"].split(";") if word),
    )
