"""Stations under the wrong supervisor: the parent on file beside who is responsible for the area on the day."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from contracts import Institution, InstitutionKind
from registry.areas import Areas
from registry.institutions import Institutions
from registry.spans import today

_STATIONS = (InstitutionKind.THANA, InstitutionKind.CWPO)
_SUPERVISOR = InstitutionKind.SP


@dataclass(frozen=True)
class Amiss:
    """``responsible``: who is, for the area of the station; ``parent`` None: nobody is on file as its supervisor."""

    institution: str
    name: str
    state: int | None
    parent: str | None
    responsible: tuple[str, ...]


def amiss(institutions: Institutions, areas: Areas, on: datetime.date | None = None) -> Iterator[Amiss]:
    """Stations whose parent is not one of those responsible for their area, of those whose area is known."""
    day = on or today()

    @cache
    def above(area: str | None, kind: InstitutionKind) -> tuple[str, ...]:
        return () if area is None else tuple(one.id for one in institutions.responsible(kind, area, day))

    for station in _stations(institutions, day):
        area = None if station.area is None else areas.get(station.area, day)
        parent = None if station.parent is None else institutions.get(station.parent, day)
        if area is None:
            continue
        responsible = above(area.parent, _SUPERVISOR if parent is None else parent.kind)
        if responsible and (parent is None or parent.id not in responsible):
            yield Amiss(station.id, station.name, station.state, station.parent, responsible)


def _stations(institutions: Institutions, day: datetime.date) -> Iterator[Institution]:
    for kind in _STATIONS:
        for one in institutions.all(kind):
            if one.valid_from <= day and (one.valid_to is None or day <= one.valid_to):
                yield one
