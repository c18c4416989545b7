"""What makes the two jurisdiction trees sound: levels, parents, spans and codes; pure rules with field and reason."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from contracts import AreaKind, Problem
from contracts.exchange import Area
from registry.spans import covers, overlap, without_gaps

Kind = AreaKind
#: Kind -> kinds its parent may be; the roots have none. Ranges, sub-divisions and blocks are absent in some states.
PARENTS: Mapping[AreaKind, frozenset[AreaKind]] = {
    Kind.POLICE_STATE: frozenset(),
    Kind.POLICE_RANGE: frozenset({Kind.POLICE_STATE}),
    Kind.POLICE_DISTRICT: frozenset({Kind.POLICE_RANGE, Kind.POLICE_STATE}),
    Kind.POLICE_SUB_DIVISION: frozenset({Kind.POLICE_DISTRICT}),
    Kind.POLICE_STATION: frozenset({Kind.POLICE_SUB_DIVISION, Kind.POLICE_DISTRICT}),
    Kind.STATE: frozenset(),
    Kind.DISTRICT: frozenset({Kind.STATE}),
    Kind.SUB_DISTRICT: frozenset({Kind.DISTRICT}),
    Kind.BLOCK: frozenset({Kind.DISTRICT, Kind.SUB_DISTRICT}),
    Kind.GRAM_PANCHAYAT: frozenset({Kind.BLOCK}),
    Kind.VILLAGE: frozenset({Kind.GRAM_PANCHAYAT, Kind.BLOCK, Kind.SUB_DISTRICT}),
}
POLICE = frozenset(kind for kind in AreaKind if kind.startswith("police_"))
CIVIL = frozenset(AreaKind) - POLICE
ROOTS = frozenset(kind for kind, parents in PARENTS.items() if not parents)

Versions = Mapping[str, Sequence[Area]]
"""Id -> all versions of that area."""


def by_id(areas: Iterable[Area]) -> dict[str, list[Area]]:
    versions: dict[str, list[Area]] = defaultdict(list)
    for area in areas:
        versions[area.id].append(area)
    return dict(versions)


def merged(known: Versions, new: Sequence[Area]) -> dict[str, list[Area]]:
    """The directory as it would be: a new version takes the place of the known one with the same first day."""
    replaced = {(area.id, area.valid_from) for area in new}
    kept = (a for versions in known.values() for a in versions if (a.id, a.valid_from) not in replaced)
    return by_id([*kept, *new])


def problems(new: Sequence[Area], known: Versions, holders: Mapping[tuple[AreaKind, int], str]) -> list[Problem]:
    """Everything wrong with ``new`` beside what is known; fields are ``areas.N.field``.

    ``known`` holds all versions of the new areas' ids and of their parents, ``holders`` who has an LGD code already.
    """
    whole = merged(known, new)
    holders = dict(holders)
    looped = set(_loops(new))
    found = []
    for n, area in enumerate(new):
        wrong = [*_own(area), *_lineage(area, whole, looped), *_history(area, whole[area.id]), *_code(area, holders)]
        found += [Problem(field=f"areas.{n}.{p.field}", rule=p.rule, message=p.message) for p in wrong]
    return found


def _own(area: Area) -> Iterator[Problem]:
    if area.valid_to is not None and area.valid_to < area.valid_from:
        yield Problem(field="valid_to", rule="dates_reversed", message="The last day lies before the first; swap them.")
    if area.kind in ROOTS and area.lgd is None:
        yield Problem(field="lgd", rule="missing", message="A state needs its LGD state code.")


def _lineage(area: Area, whole: Versions, looped: set[str]) -> Iterator[Problem]:
    if area.kind in ROOTS:
        if area.parent is not None:
            yield Problem(
                field="parent", rule="wrong_level", message="A state is the root of its tree: give no parent."
            )
    elif area.parent is None:
        yield Problem(field="parent", rule="parent_missing", message=f"Name its parent, a {_kinds(area)}.")
    elif area.id in looped:
        yield Problem(field="parent", rule="cycle", message="Its ancestors lead back to itself; correct one parent.")
    elif area.parent not in whole:
        yield Problem(field="parent", rule="parent_unknown", message="Add the parent first, or correct its id.")
    else:
        yield from _parent(area, whole[area.parent])


def _parent(area: Area, parents: Sequence[Area]) -> Iterator[Problem]:
    if parents[0].kind not in PARENTS[area.kind]:
        words = f"The parent of a {area.kind} must be a {_kinds(area)}, not a {parents[0].kind}."
        yield Problem(field="parent", rule="wrong_level", message=words)
    elif not covers(parents, area):
        words = "The parent does not exist on all of these days; shorten the span or choose another parent."
        yield Problem(field="parent", rule="parent_not_then", message=words)


def _history(area: Area, versions: Sequence[Area]) -> Iterator[Problem]:
    others = [other for other in versions if other is not area]
    if any(other.kind != area.kind or other.lgd != area.lgd for other in others):
        words = "This id stands for another area; codes are never reused, so take a new one."
        yield Problem(field="id", rule="code_reused", message=words)
    elif any(overlap(area, other) for other in others):
        words = "Two versions of this area hold on the same day; end the older one the day before the newer begins."
        yield Problem(field="valid_from", rule="overlap", message=words)
    elif not without_gaps(versions):
        words = "The area had ended before; codes are never reused, so give the new area a new id."
        yield Problem(field="id", rule="code_reused", message=words)


def _code(area: Area, holders: dict[tuple[AreaKind, int], str]) -> Iterator[Problem]:
    if area.lgd is None:
        return
    if holders.setdefault((area.kind, area.lgd), area.id) != area.id:
        words = "Another area has or had this LGD code; LGD never reuses a code, so check it."
        yield Problem(field="lgd", rule="code_reused", message=words)


def _loops(new: Sequence[Area]) -> Iterator[str]:
    """Ids whose chain of parents within the batch leads back to themselves."""
    up = {area.id: area.parent for area in new if area.parent is not None}
    for start in up:
        seen: set[str] = set()
        at: str | None = up[start]
        while at is not None and at != start and at not in seen:
            seen.add(at)
            at = up.get(at)
        if at == start:
            yield start


def _kinds(area: Area) -> str:
    return " or ".join(sorted(PARENTS[area.kind]))
