"""Records that could not be compared, and which field is missing: for a table, or for the hub's index."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from contracts.cells import safe
from hub.matching import Model
from hub.matching.columns import Rows, Truths
from hub.matching.untold import unmet, untold

COLUMNS = ("side", "id", "meets nobody", "not told")


@dataclass(frozen=True)
class Gaps:
    """What the people of one side do not tell."""

    ids: list[str]
    fields: list[str]
    untold: Truths
    """(people, fields): on which fields each can be compared with nobody."""
    unmet: Truths
    """(people,): without a single blocking key."""

    def rows(self, but: set[str]) -> Iterator[tuple[str, bool, list[str]]]:
        """(id, whether it meets nobody, fields that it does not tell, ``but`` these) of all that lack something."""
        for at, one in enumerate(self.ids):
            lacks = [field for field, lacking in zip(self.fields, self.untold[at].tolist(), strict=True) if lacking]
            lacks = [field for field in lacks if field not in but]
            if lacks or self.unmet[at]:
                yield one, bool(self.unmet[at]), lacks


def gaps(model: Model, ids: list[str], table: Rows) -> Gaps:
    """What each row of a table does not tell, by the fields of the model."""
    return Gaps(ids, [field.name for field in model.fields], untold(model, table), unmet(table))


def counts(sides: dict[str, Gaps]) -> dict[str, int]:
    """How many people do not tell each field that others tell, by side and field; the most first."""
    never = never_told(sides)
    found = {
        f"{side}: {field}": many
        for side, one in sides.items()
        for field, many in zip(one.fields, one.untold.sum(axis=0).tolist(), strict=True)
        if many and field not in never
    }
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def never_told(sides: dict[str, Gaps]) -> list[str]:
    """Fields that nobody of either side tells: the files have no such column."""
    every = np.concatenate([one.untold for one in sides.values()])
    return [field for at, field in enumerate(next(iter(sides.values())).fields) if every[:, at].all()]


def write(out: Path, sides: dict[str, Gaps]) -> None:
    """A CSV of all that lack something that others tell: ids and fields, never what was said."""
    never = set(never_told(sides))
    part = out.with_name(out.name + ".part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            for side, one in sides.items():
                lacking = one.rows(but=never)
                writer.writerows(
                    (side, safe(said), "yes" if alone else "no", " ".join(f)) for said, alone, f in lacking
                )
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
