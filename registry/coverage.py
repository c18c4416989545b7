"""Where the police tree and the civil tree meet: which police area covers which civil area, and when."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from contracts import AreaKind, Problem, Refused
from contracts.exchange import Area
from registry.area_rules import CIVIL, POLICE
from registry.areas import Areas, versions_of
from registry.spans import covers, overlap, today, valid_on
from registry.store import Store, in_parts, touch, upsert
from registry.tables import area_coverage as table

Day = datetime.date


@dataclass(frozen=True)
class Cover:
    """A police area covers a civil one, wholly or in part, through these days."""

    police: str
    civil: str
    valid_from: Day
    valid_to: Day | None = None
    whole: bool = False


class Coverage:
    """Questions across the two trees, as of any day. What is not said of an area is taken from the area above it."""

    def __init__(self, store: Store, areas: Areas) -> None:
        self._store, self._areas = store, areas

    def add(self, covers_: Sequence[Cover]) -> None:
        """Write them, all or none; raises ``Refused`` (``bad_coverage``) with every field and rule."""
        with self._store.writing() as connection:
            add(connection, covers_)

    def of(self, police: str, on: Day | None = None) -> list[Cover]:
        """What is said of this police area itself, or of the nearest one above it."""
        day = on or today()
        lineage = [area.id for area in self._areas.lineage(police, day)]
        said = self._said("police", lineage, day)
        return next((said[area] for area in lineage if area in said), [])

    def civil_areas(self, police: str, on: Day | None = None) -> list[Area]:
        """The civil areas that a police area covers, at the level at which it was said."""
        day = on or today()
        found = (self._areas.get(cover.civil, day) for cover in self.of(police, day))
        return sorted((area for area in found if area is not None), key=lambda area: area.name)

    def civil_districts(self, police: str, on: Day | None = None) -> list[Area]:
        """The LGD districts in which a police area lies: usually one for a station, several for a police district."""
        day = on or today()
        districts: dict[str, Area] = {}
        for civil in self.civil_areas(police, day):
            lineage = self._areas.lineage(civil.id, day)
            districts |= {area.id: area for area in lineage if area.kind == AreaKind.DISTRICT}
        return sorted(districts.values(), key=lambda area: area.name)

    def police_areas(self, civil: str, on: Day | None = None) -> list[Area]:
        """The police areas said to cover the civil area, one above or one below it."""
        day = on or today()
        return self._areas_of(self._touching(civil, day), day)

    def stations(self, civil: str, on: Day | None = None) -> list[Area]:
        """The police stations that cover the civil area or a part of it, by name."""
        day = on or today()
        near = self._near(civil, day)
        tree = self._areas.below(self._touching(civil, day), day)
        said = self._said("police", [area.id for area in tree], day)
        touched = _carried_down(tree, said, near)
        found = [area for area in tree if area.kind == AreaKind.POLICE_STATION and area.id in touched]
        return sorted(found, key=lambda area: area.name)

    def across(self, area_id: str, on: Day | None = None) -> list[str]:
        """The areas of the other tree that correspond to this one, nearest only."""
        day = on or today()
        lineage = self._areas.lineage(area_id, day)
        if not lineage:
            return []
        if lineage[0].kind in POLICE:
            return [cover.civil for cover in self.of(area_id, day)]
        said = self._said("civil", [area.id for area in lineage], day)
        nearest = next((said[area.id] for area in lineage if area.id in said), [])
        return [cover.police for cover in nearest]

    def _near(self, civil: str, day: Day) -> set[str]:
        """The civil area, all above and all below it."""
        lineage, below = self._areas.lineage(civil, day), self._areas.below([civil], day)
        return {area.id for area in [*lineage, *below]}

    def _touching(self, civil: str, day: Day) -> list[str]:
        said = self._said("civil", self._near(civil, day), day)
        return [cover.police for covers_ in said.values() for cover in covers_]

    def _areas_of(self, ids: Iterable[str], day: Day) -> list[Area]:
        found = (self._areas.get(area, day) for area in dict.fromkeys(ids))
        return sorted((area for area in found if area is not None), key=lambda area: area.name)

    def _said(self, side: str, ids: Iterable[str], day: Day) -> dict[str, list[Cover]]:
        """Id -> what is said of it on ``day``; ``side`` is ``police`` or ``civil``."""
        column, said = table.c[side], defaultdict(list)
        with self._store.reading() as connection:
            for part in in_parts(ids):
                rows = connection.execute(select(table).where(column.in_(part), valid_on(table, day)))
                for row in rows:
                    said[row._mapping[side]].append(Cover(**row._mapping))
        return dict(said)


def _carried_down(tree: Iterable[Area], said: Mapping[str, Sequence[Cover]], wanted: set[str]) -> set[str]:
    """Ids of the police areas that touch a wanted civil area, by their own word or else by that of the area above."""
    touched: set[str] = set()
    for area in tree:
        own = said.get(area.id)
        if own is None:
            if area.parent in touched:
                touched.add(area.id)
        elif any(cover.civil in wanted for cover in own):
            touched.add(area.id)
    return touched


def add(connection: Connection, covers_: Sequence[Cover]) -> None:
    """Write coverage after checking it; see ``Coverage.add``."""
    ends = versions_of(connection, [area for cover in covers_ for area in (cover.police, cover.civil)])
    said = _known(connection, [cover.police for cover in covers_])
    found = []
    for n, cover in enumerate(covers_):
        same = said.setdefault((cover.police, cover.civil), [])
        wrong = _wrong(cover, ends, same)
        found += [Problem(field=f"coverage.{n}.{p.field}", rule=p.rule, message=p.message) for p in wrong]
        same.append(cover)
    if found:
        raise Refused("bad_coverage", "Correct the coverage named in the problems; none was written.", found)
    upsert(connection, table, [vars(cover) for cover in covers_])
    touch(connection)


def _wrong(cover: Cover, ends: Mapping[str, Sequence[Area]], same: Sequence[Cover]) -> list[Problem]:
    police, civil = ends.get(cover.police, ()), ends.get(cover.civil, ())
    found = [*_end("police", cover, police, POLICE), *_end("civil", cover, civil, CIVIL)]
    if cover.valid_to is not None and cover.valid_to < cover.valid_from:
        found.append(Problem(field="valid_to", rule="dates_reversed", message="The last day lies before the first."))
    if any(overlap(cover, other) for other in same if other.valid_from != cover.valid_from):
        words = "The same coverage is said twice for one day; end the older one first."
        found.append(Problem(field="valid_from", rule="overlap", message=words))
    return found


def _end(side: str, cover: Cover, versions: Sequence[Area], kinds: frozenset[AreaKind]) -> list[Problem]:
    if not versions:
        return [Problem(field=side, rule="area_unknown", message="Add the area first, or correct its id.")]
    if versions[0].kind not in kinds:
        return [Problem(field=side, rule="wrong_tree", message=f"Name an area of the {side} tree here.")]
    if not covers(versions, cover):
        return [Problem(field=side, rule="area_not_then", message="The area does not exist on all of these days.")]
    return []


def _known(connection: Connection, police: Iterable[str]) -> dict[tuple[str, str], list[Cover]]:
    found: dict[tuple[str, str], list[Cover]] = defaultdict(list)
    for part in in_parts(police):
        for row in connection.execute(select(table).where(table.c.police.in_(part))):
            found[row.police, row.civil].append(Cover(**row._mapping))
    return found
