"""Open records of the hub's index that cannot be compared on some field: counts, and those that lack most by name."""

import dataclasses
import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from contracts import Refused
from hub.index import Store
from hub.index.entry import Side
from hub.index.records import Compared
from hub.linking.on_index import open_entries, reference
from hub.linking.table import Progress
from hub.linking.untold import Gaps, gaps
from hub.matching import Model, rows

_AT_ONCE = 5_000


@dataclass(frozen=True)
class Lacking:
    """A record, by its owner's reference, and what it does not tell."""

    record: str
    meets_nobody: bool
    """Whether it has no blocking key: no other record can be found by anything that it tells."""
    fields: list[str]


@dataclass(frozen=True)
class Untold:
    """What the open records of an index do not tell."""

    searched: int
    candidates: int
    fields: dict[str, tuple[int, int]]
    """By field: how many searched for and how many found do not tell it."""
    meet_nobody: int
    records: list[Lacking]
    """Those that lack most, as many as were asked for."""


def untold_of(store: Store, model: Model, field: str | None, limit: int, progress: Progress) -> Untold:
    """Look through every open record; ``field``: name only those that do not tell it.

    Raises ``Refused`` (``no_such_field``) for a field that the model does not compare.
    """
    names = [one.name for one in model.fields]
    if field is not None and field not in names:
        raise Refused("no_such_field", f"The model compares: {', '.join(names)}. Name one of these.")
    seen = _Seen([[0, 0] for _ in names], [0, 0])
    for at, side in enumerate(_SIDES):
        for found in _parts(store, model, side):
            seen.add(at, found)
            seen.lacking = _most([*seen.lacking, *(Lacking(*row) for row in found.rows(but=set()))], field, limit)
            progress(sum(seen.total), None)
    counts = {name: (a, b) for name, (a, b) in zip(names, seen.untold, strict=True) if a or b}
    return Untold(seen.total[0], seen.total[1], counts, seen.unmet, seen.lacking)


@dataclass
class _Seen:
    """What has been counted so far; pairs of numbers are of the searched for and of the found."""

    untold: list[list[int]]
    total: list[int]
    unmet: int = 0
    lacking: list[Lacking] = dataclasses.field(default_factory=list)

    def add(self, side: int, found: Gaps) -> None:
        self.total[side] += len(found.ids)
        self.unmet += int(found.unmet.sum())
        for counts, many in zip(self.untold, found.untold.sum(axis=0).tolist(), strict=True):
            counts[side] += many


_SIDES = (Side.SEARCHED, Side.CANDIDATE)


def _parts(store: Store, model: Model, side: Side) -> Iterator[Gaps]:
    entries = open_entries(store, side)
    while part := list[Compared](islice(entries, _AT_ONCE)):
        yield gaps(model, [reference(one) for one in part], rows([one.features for one in part]))


def _most(lacking: list[Lacking], field: str | None, limit: int) -> list[Lacking]:
    asked = [one for one in lacking if field is None or field in one.fields]
    return heapq.nsmallest(limit, asked, key=lambda one: (not one.meets_nobody, -len(one.fields), one.record))
