"""A link from file to file: read both sides, find the pairs on the engine that was asked for, write them."""

import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from hub.linking import local, untold, writing
from hub.linking.asked import Asked, Engine, Linked
from hub.linking.columns import SIDES, Reader, Side, readers
from hub.linking.pairs import Found, Limits
from hub.linking.rejects import Rejects
from hub.linking.table import Progress, Table, read
from hub.matching import Model
from hub.matching.batch import MOST_CANDIDATES
from hub.matching.columns import Tables
from hub.matching.em import RANDOM_MOST
from hub.matching.learning import learn

#: Opens a progress bar of this title.
Bar = Callable[[str], AbstractContextManager[Progress]]


def _no_bar(_: str) -> AbstractContextManager[Progress]:
    return nullcontext(lambda done, total: None)


def linked(asked: Asked, bar: Bar = _no_bar) -> Linked:
    """Link two files; raises ``Refused`` naming file, row, column or rule before anything is written."""
    writing.check(asked.out)
    model = model_of(asked)
    sides = readers(asked.columns)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="trackchild-link-", dir=asked.stage) as folder:
        with Rejects(asked.rejects) as rejects:
            left, right = (_read(asked, side, sides[side], Path(folder), rejects, bar) for side in SIDES)
        was_read = time.monotonic()
        tables = Tables(left.rows, right.rows, RANDOM_MOST) if asked.learn else None
        if tables is not None:
            with bar("learning"):
                model = _learned(asked, model, tables)
        with bar("linking") as progress:
            found = _found(asked, model, left, right, Path(folder), progress, tables)
        was_linked = time.monotonic()
        gaps = {"left": gaps_of(model, left), "right": gaps_of(model, right)}
        if asked.untold is not None:
            untold.write(asked.untold, gaps)
        with bar(f"writing {asked.out.name}") as progress:
            writing.write(asked.out, writing.Told(model, left.ids, right.ids), found.blocks, found.kept, progress)
    times = {"read": was_read - began, "link": was_linked - was_read, "write": time.monotonic() - was_linked}
    unused = {f"{side}: {what}": count for side, reader in sides.items() for what, count in reader.unused.items()}
    return Linked(
        len(left.ids),
        len(right.ids),
        found.scored,
        found.kept,
        found.capped,
        found.keys_left_out,
        found.pairs_left_out,
        dict(rejects.counts),
        unused,
        untold.counts(gaps),
        untold.never_told(gaps),
        {side: int(one.unmet.sum()) for side, one in gaps.items()},
        model.version,
        times,
    )


def _read(asked: Asked, side: Side, reader: Reader, folder: Path, rejects: Rejects, bar: Bar) -> Table:
    path = asked.left if side == "left" else asked.right
    with bar(f"reading {path.name}") as progress:
        return read(path, reader, side, folder / side, rejects, progress)


def model_of(asked: Asked) -> Model:
    """The model that was named, or the one shipped; for a pool of another size if that was asked."""
    model = Model.load(asked.model)
    return model if asked.one_in is None else model.with_prior(asked.one_in)


def _learned(asked: Asked, model: Model, tables: Tables) -> Model:
    """The model fitted to the two files; the pool of pairs that was asked for stays its prior."""
    version = f"{model.data.version.split('-')[0]}-learned"
    rows = tables.left, tables.right
    learned = learn(model, *rows, version=version, found=asked.found_share, tables=tables).model
    return learned if asked.one_in is None else learned.with_prior(asked.one_in)


def gaps_of(model: Model, table: Table) -> untold.Gaps:
    """What the people of a table do not tell."""
    return untold.gaps(model, table.ids, table.rows)


def limits_of(asked: Asked, model: Model) -> Limits:
    """What was asked, the model's own numbers where nothing was."""
    least = model.propose_bits if asked.least_bits is None else asked.least_bits
    return Limits(asked.most_candidates or MOST_CANDIDATES, asked.best or model.best, least, asked.everything)


def _found(
    asked: Asked, model: Model, left: Table, right: Table, folder: Path, progress: Progress, tables: Tables | None
) -> Found:
    limits = limits_of(asked, model)
    if asked.engine is Engine.LOCAL:
        return local.link(model, left.rows, right.rows, limits, progress, tables)
    from hub.linking import spark  # an extra that only those who run it need

    return spark.link(model, left.rows, right.rows, limits, progress, folder=folder, master=asked.master)
