"""Jurisdictions: what an institution is responsible for, in LGD codes, and how it is tied to a record."""

import datetime
from collections.abc import Callable, Iterable
from functools import lru_cache

from contracts import AreaKind, ChildRecord, Institution, Level
from contracts.exchange import Area
from hub.access import EVERYWHERE, NOWHERE, Caller, Scope, Tie
from hub.index import Work
from registry import Registry

_POLICE = frozenset(kind for kind in AreaKind if kind.value.startswith("police"))
_BELOW_DISTRICT = frozenset({AreaKind.BLOCK, AreaKind.GRAM_PANCHAYAT, AreaKind.VILLAGE, AreaKind.SUB_DISTRICT})


class Jurisdictions:
    """Scopes by institution, as of a day; kept for that day, since institutions seldom change."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._known = lru_cache(maxsize=20_000)(self._scope)

    def scope(self, institution_id: str | None, on: datetime.date) -> Scope:
        """Empty for nobody, for an institution that is not there on the day, and for one without an area."""
        return NOWHERE if institution_id is None else self._known(institution_id, on)

    def _scope(self, institution_id: str, on: datetime.date) -> Scope:
        institution = self._registry.institutions.get(institution_id, on)
        if institution is None:
            return NOWHERE
        if institution.level == Level.CENTRAL:
            return EVERYWHERE
        if institution.level == Level.STATE and institution.state is not None:
            return Scope(states=frozenset({institution.state}), institution=institution_id)
        return self._of_area(institution, on)

    def _of_area(self, institution: Institution, on: datetime.date) -> Scope:
        area = None if institution.area is None else self._registry.areas.get(institution.area, on)
        if area is None:
            return Scope(institution=institution.id)
        districts, villages = self._districts(area, on), frozenset[int]()
        if area.kind in _BELOW_DISTRICT:
            below = [area, *self._registry.areas.descendants(area.id, on, AreaKind.VILLAGE)]
            districts, villages = frozenset(), _codes(one for one in below if one.kind is AreaKind.VILLAGE)
        return Scope(districts=districts, villages=villages, institution=institution.id)

    def _districts(self, area: Area, on: datetime.date) -> frozenset[int]:
        if area.kind in _POLICE:
            return _codes(self._registry.coverage.civil_districts(area.id, on))
        lineage = self._registry.areas.lineage(area.id, on)
        return _codes(one for one in lineage if one.kind is AreaKind.DISTRICT)


def _codes(areas: Iterable[Area]) -> frozenset[int]:
    return frozenset(area.lgd for area in areas if area.lgd is not None)


def tie(work: Work, caller: Caller, hub_id: str, record: ChildRecord) -> Tie:
    """How the caller stands to the record behind ``hub_id``."""
    near = nearness(caller, record)
    if near is not Tie.ELSEWHERE:
        return near
    if caller.officer is not None and work.glass.is_broken(caller.officer.id, hub_id, _now()):
        return Tie.AREA
    kept = None if caller.scope.institution is None else work.cases.find(hub_id)
    if kept is not None and kept.committee == caller.scope.institution:
        return Tie.AREA  # the committee or board that has the case, wherever it came from
    others = _records(work, work.matches.counterparts(hub_id))
    return Tie.MATCHED if any(nearness(caller, other) is not Tie.ELSEWHERE for other in others) else near


def nearness(caller: Caller, record: ChildRecord) -> Tie:
    """The same without its matches: own, in the area, or elsewhere."""
    if caller.participant is not None:
        return Tie.OWN if caller.participant.id == record.ref.participant else Tie.ELSEWHERE
    if caller.scope.owns(record):
        return Tie.OWN
    return Tie.AREA if caller.scope.covers(record) else Tie.ELSEWHERE


def is_near(work: Work, caller: Caller) -> Callable[[str], bool]:
    """Whether an entry is the caller's own or of its area, by its id in the hub."""

    def near(hub_id: str) -> bool:
        return any(nearness(caller, record) is not Tie.ELSEWHERE for record in _records(work, [hub_id]))

    return near


def _records(work: Work, hub_ids: Iterable[str]) -> Iterable[ChildRecord]:
    for hub_id in hub_ids:
        row = work.records.find(hub_id=hub_id)
        record = None if row is None else work.records.record(row)
        if record is not None:
            yield record


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
