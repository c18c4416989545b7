"""What is laid down of each kind of institution: its level, full name, parents and areas."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from contracts import AreaKind, InstitutionKind, Level
from registry.shipped import rows


@dataclass(frozen=True)
class KindOf:
    """One row of the stakeholder table (NIC stakeholder slides 2013; domain notes 1.2 and 4)."""

    kind: InstitutionKind
    levels: tuple[Level, ...]
    """The usual level first; only urban local bodies have several."""
    name: str
    parents: frozenset[InstitutionKind]
    """Kinds it may answer to; empty: none in this directory."""
    areas: frozenset[AreaKind]
    """Kinds of area it may be responsible for; empty: the whole country."""

    @property
    def level(self) -> Level:
        return self.levels[0]


@cache
def kinds() -> Mapping[InstitutionKind, KindOf]:
    """All kinds, as shipped in ``data/kinds.csv``."""
    return MappingProxyType({kind.kind: kind for kind in map(_row, rows("kinds"))})


def _row(row: dict[str, str]) -> KindOf:
    return KindOf(
        kind=InstitutionKind(row["kind"]),
        levels=tuple(Level(word) for word in row["levels"].split(";")),
        name=row["name"],
        parents=frozenset(InstitutionKind(word) for word in row["parents"].split(";") if word),
        areas=frozenset(AreaKind(word) for word in row["areas"].split(";") if word),
    )
