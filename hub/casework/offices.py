"""Which institution a duty goes to: who is responsible on a day, what kind it is, and whether it has a system."""

import datetime
from collections.abc import Iterable
from functools import lru_cache

from contracts import InstitutionKind
from hub.index.cases import Kept
from registry import Registry

#: Of these there are many in a district: which of them has a case is said by its owner, not by the directory.
_LOCAL = frozenset(
    {
        InstitutionKind.THANA,
        InstitutionKind.CCI,
        InstitutionKind.CWPO,
        InstitutionKind.VCPC,
        InstitutionKind.BCPC,
        InstitutionKind.GRAM_PRADHAN,
    }
)
_BENCH = frozenset({InstitutionKind.CWC, InstitutionKind.JJB})


class Offices:
    """Answers are kept for the day they were asked for; institutions seldom change."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self.kind_of = lru_cache(maxsize=50_000)(self._kind_of)
        self._found = lru_cache(maxsize=50_000)(self._responsible)
        self._together = lru_cache(maxsize=50_000)(self._of_kinds)

    def _kind_of(self, institution: str, on: datetime.date) -> InstitutionKind | None:
        found = self._registry.institutions.get(institution, on)
        return None if found is None else found.kind

    def _of_kind(
        self, kind: InstitutionKind, committee: str | None, area: str | None, on: datetime.date
    ) -> tuple[str, ...]:
        """The committee that has the case, else who is responsible for its place."""
        if kind in _BENCH and committee is not None and self.kind_of(committee, on) is kind:
            return (committee,)
        return () if kind in _LOCAL or area is None else self._found(kind, area, on)

    def of_kinds(self, kinds: Iterable[InstitutionKind], kept: Kept, on: datetime.date) -> tuple[str, ...]:
        """Ids of those of these kinds to whom a case goes, each once."""
        return self._together(tuple(kinds), kept.committee, _area(kept), on)

    def _of_kinds(
        self, kinds: tuple[InstitutionKind, ...], committee: str | None, area: str | None, on: datetime.date
    ) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one for kind in kinds for one in self._of_kind(kind, committee, area, on)))

    def systems(self) -> dict[str, str]:
        """Institution -> the participant that is its system."""
        known = self._registry.participants.all()
        return {one.institution: one.id for one in known if one.active and one.institution is not None}

    def _responsible(self, kind: InstitutionKind, area: str, on: datetime.date) -> tuple[str, ...]:
        return tuple(one.id for one in self._registry.institutions.responsible(kind, area, on))


def _area(kept: Kept) -> str | None:
    if kept.district is not None:
        return f"lgd:district:{kept.district}"
    return None if kept.lgd_state is None else f"lgd:state:{kept.lgd_state}"
