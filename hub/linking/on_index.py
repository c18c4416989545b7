"""A new model learned from the hub's own index, and what it would change there: nothing goes live by itself."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from contracts import Refused
from contracts.exchange import MatchState
from hub.index import Store
from hub.index.entry import Side
from hub.index.records import Compared
from hub.linking.table import Progress
from hub.matching import Features, Model, batch, learning, rows, score
from hub.matching.columns import Rows
from hub.matching.scoring import score_pairs
from hub.settings import Settings

_READ_AT_ONCE, _LINKED_AT_ONCE = 5_000, 20_000
_TRUE = (MatchState.CONFIRMED, MatchState.REUNITED)


@dataclass(frozen=True)
class Trained:
    """What a model was learned from."""

    version: str
    searched: int
    candidates: int
    pairs: int
    """Unlabelled pairs that EM looked at."""
    sure: float
    """How many of them it is all but certain of."""
    confirmed: int
    rejected: int
    """Pairs that reviewers decided."""
    calibrated: bool
    """Whether probabilities were fitted: that takes decisions of both kinds."""


@dataclass(frozen=True)
class Example:
    """A pair that another model would propose, or no longer propose, by the owners' references."""

    change: Literal["added", "dropped"]
    searched: str
    found: str
    old_bits: float
    new_bits: float


@dataclass(frozen=True)
class Shadowed:
    """What a new model would change on the whole index."""

    old: str
    new: str
    added: int
    dropped: int
    kept: int
    rejected_added: int
    """Added pairs that a person had rejected: they would not be proposed again."""
    confirmed_dropped: int
    """Dropped pairs that a person had confirmed: what was decided stays."""
    examples: list[Example]


def model_of(settings: Settings, path: Path | None = None) -> Model:
    """The model that is live, or the one at ``path`` as it would be if it were."""
    model = Model.load(path or settings.model)
    return model if settings.pool is None else model.with_pool(settings.pool)


def train(store: Store, model: Model, out: Path, version: str | None = None, found_share: float = 0.3) -> Trained:
    """Learn m and u by EM from the index, then m from confirmed pairs and probabilities from all decided ones.

    How rare each word of names is and where each district lies are counted too, and stand in the file.

    Writes ``out``, which must not be there: a model that was named somewhere never changes under its name.
    Raises ``Refused`` (``nothing_to_learn_from``) for an index without pairs.
    """
    if out.exists():
        raise Refused("file_is_there", f"{out.name} is there already; name a new file for the new model.")
    version = version or _next(model.data.version)
    left, right = (list(open_entries(store, side)) for side in (Side.SEARCHED, Side.CANDIDATE))
    known = _counted(model, [_rows(left), _rows(right)])
    learned = learning.learn(known, _rows(left), _rows(right), version=version, found=found_share)
    said = _decided(store)
    new = _told_by_people(learned.model, said, version)
    _write(new, out)
    yes, no = (sum(one.true is truth for one in said) for truth in (True, False))
    return Trained(version, len(left), len(right), learned.pairs, learned.matches, yes, no, bool(yes and no))


def _counted(model: Model, tables: list[Rows]) -> Model:
    """With the rarity of names' words and the middle points of districts that the index itself tells."""
    points = {**model.centroids.districts, **learning.district_points(tables)}
    return model.with_frequencies(learning.count_words(tables)).with_centroids(points)


def _next(version: str) -> str:
    """``1.0`` is followed by ``1.0-trained.1``, and that by ``1.0-trained.2``, whatever the pool."""
    found = re.match(r"(.+?)(?:-trained\.(\d+))?(?:-one-in-\d+)?$", version)
    assert found is not None
    return f"{found[1]}-trained.{int(found[2] or 0) + 1}"


class _Said(NamedTuple):
    searched: bytes
    found: bytes
    true: bool
    rows: tuple[int, int]


def _told_by_people(model: Model, said: list[_Said], version: str) -> Model:
    yes = [one for one in said if one.true]
    if yes:
        model = learning.confirmed(model, *_sides(yes), version=version)
    if 0 < len(yes) < len(said):
        left, right = _sides(said)
        every = np.arange(len(said))
        bits = score_pairs(model, left, right, every, every).bits.tolist()
        model = learning.calibrated(model, bits, [one.true for one in said], version=version)
    return model


def _sides(said: list[_Said]) -> tuple[Rows, Rows]:
    return rows([one.searched for one in said]), rows([one.found for one in said])


def _decided(store: Store) -> list[_Said]:
    """Pairs that people decided, with what is known of both sides today."""
    with store.read() as work:
        standing = work.matches.decided()
        held = work.records.compared(sorted({row for one in standing for row in (one.searched, one.found)}))
    both = [(held.get(one.searched), held.get(one.found), one) for one in standing]
    return [
        _Said(left.features, right.features, one.state in _TRUE, (one.searched, one.found))
        for left, right, one in both
        if left is not None and right is not None and left.features and right.features
    ]


def _write(model: Model, out: Path) -> None:
    part = out.with_name(out.name + ".part")
    try:
        part.write_text(model.text(), encoding="utf-8")
        Model.load(part)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


def open_entries(store: Store, side: Side) -> Iterator[Compared]:
    """Every open entry of a side, some thousand to a transaction."""
    last, part = 0, True
    while part:
        with store.read() as work:
            entries = work.records.open_after(side, last, _READ_AT_ONCE)
        yield from entries
        part, last = bool(entries), entries[-1].row if entries else last


def _rows(entries: list[Compared]) -> Rows:
    return rows([one.features for one in entries])


class _Changed(NamedTuple):
    change: Literal["added", "dropped"]
    searched: Compared
    found: Compared
    bits: float
    """By the model that proposes it."""

    @property
    def rows(self) -> tuple[int, int]:
        return self.searched.row, self.found.row


def shadowed(store: Store, settings: Settings, path: Path, examples: int, progress: Progress) -> Shadowed:
    """Link the whole index by the live model and by the one at ``path``, and compare; changes nothing.

    ``examples``: how many pairs of each kind to name, those that score highest by the model that proposes them.
    """
    old, new = model_of(settings), model_of(settings, path)
    left, right = (list(open_entries(store, side)) for side in (Side.SEARCHED, Side.CANDIDATE))
    changes: list[_Changed] = []
    kept = 0
    for start in range(0, len(left) if right else 0, _LINKED_AT_ONCE):
        part = left[start : start + _LINKED_AT_ONCE]
        seen = learning.shadow(_links(old, part, right, settings), _links(new, part, right, settings))
        kept += seen.kept
        changes += [_Changed("added", part[one.left], right[one.right], one.new or 0.0) for one in seen.added]
        changes += [_Changed("dropped", part[one.left], right[one.right], one.old or 0.0) for one in seen.dropped]
        progress(start + len(part), len(left))
    added, dropped = ([one for one in changes if one.change == change] for change in ("added", "dropped"))
    decided = {one.rows: one.true for one in _decided(store)}
    shown = [_example(one, old, new) for some in (added, dropped) for one in _best(some, examples)]
    back, lost = (decided.get(one.rows) is False for one in added), (decided.get(one.rows) is True for one in dropped)
    return Shadowed(old.version, new.version, len(added), len(dropped), kept, sum(back), sum(lost), shown)


def _links(model: Model, left: list[Compared], right: list[Compared], settings: Settings) -> batch.Links:
    least = settings.propose_bits if settings.propose_bits is not None else model.propose_bits
    return batch.link(
        model,
        _rows(left),
        _rows(right),
        most_candidates=settings.candidates_cap,
        most_met=settings.candidates_cap,
        at_most=model.best,
        least_bits=least,
    )


def _best(changes: list[_Changed], most: int) -> list[_Changed]:
    return sorted(changes, key=lambda one: (-one.bits, one.rows))[:most]


def _example(one: _Changed, old: Model, new: Model) -> Example:
    searched, found = (Features.unpack(side.features) for side in (one.searched, one.found))
    before, after = (score(model, searched, found).bits for model in (old, new))
    return Example(one.change, reference(one.searched), reference(one.found), before, after)


def reference(entry: Compared) -> str:
    """How the owner calls an entry: ``participant:source_id``."""
    return f"{entry.participant}:{entry.source_id}"
