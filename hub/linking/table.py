"""One side of a link: ids and packed features in the order of the file, the features on disk and mapped into memory."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from contracts import Problem, Refused, Skipped
from hub.linking import files
from hub.linking.columns import Reader, Side
from hub.linking.rejects import Rejects
from hub.matching import prepare
from hub.matching.columns import Rows
from hub.matching.features import ROW

Progress = Callable[[int, int | None], None]
_TOLD_EVERY = 1_000


@dataclass(frozen=True)
class Table:
    """People by their place in the file, rows that were set aside not counted."""

    ids: list[str]
    rows: Rows
    """dtype ``ROW``; which side is searched for is told by the side of the link, not by the kind of record."""


def read(path: Path, reader: Reader, side: Side, spool: Path, rejects: Rejects, progress: Progress) -> Table:
    """Read a file into ``spool``. Raises ``Refused`` (``nothing_to_link``) when no row is left."""
    with spool.open("wb") as out:
        ids = _kept(path, reader, side, rejects, progress, out)
    if not ids:
        worst = max(rejects.counts, key=lambda one: rejects.counts[one], default="the file is empty")
        raise Refused(
            "nothing_to_link", f"No row of {path.name} can be linked ({worst}). Mend the file or the mapping."
        )
    # Mapped and not read: a column that nobody asks for never takes memory.
    mapped = np.memmap(spool, dtype=ROW, mode="r+")
    mapped["searched"] = side == "left"
    return Table(ids, mapped.view(np.ndarray))


def _kept(path: Path, reader: Reader, side: Side, rejects: Rejects, progress: Progress, out: IO[bytes]) -> list[str]:
    ids: dict[str, None] = {}
    checked = False
    for number, row, rule in files.rows(path):
        if number % _TOLD_EVERY == 0:
            progress(number, None)
        if row is None:
            rejects.add(side, number, rule, [])
            continue
        if not checked:
            reader.check(row, path.name)
            checked = True
        try:
            said, record = reader.read(row)
            if said in ids:
                raise Skipped("doubled_id", "another row has this id", [_DOUBLED])
        except Skipped as error:
            rejects.add(side, number, error.code, error.problems)
            continue
        ids[said] = None
        out.write(prepare(record).pack())
    return list(ids)


_DOUBLED = Problem(field="id", rule="doubled_id", message="an earlier row has this id; give each person its own")
