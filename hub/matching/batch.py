"""Linking two tables: blocking keys joined, every candidate pair scored, each child's best kept. Arithmetic only."""

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from threading import local
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from contracts import FieldEvidence
from hub.matching.columns import Ints, Pairs, Rows, Tables, Truths
from hub.matching.joining import Shared, shared
from hub.matching.model import Model
from hub.matching.native import compiled
from hub.matching.scoring import Bits, Scored, Weighed, reach, scored, weigh
from hub.matching.shortlist import Met, met

Progress = Callable[[int, int], None]
#: Pairs scored at a time: enough to keep numpy busy, few enough for columns to stay in the cache.
CHUNK = 131_072
#: As much for the compiled loops, which hold one left row's pairs only.
_LOOPED = 16 * CHUNK
#: Right rows that are looked at for a left row, and how many times as many its keys may bring, counted with repeats.
MOST_CANDIDATES, MET = 2_000, 25
#: Threads that score: numpy lets go of the interpreter's lock, and each chunk is its own.
_THREADS = min(os.cpu_count() or 1, 8)
_TOGETHER = 1_000
#: A left row with more pairs than this is first rid of those below its best ten.
_WORTH_PARTING = 64


@dataclass(frozen=True)
class Candidates:
    """Which pairs to score: for each left row the keys that are followed, and what the cap left out.

    The three arrays are equally long, by left row: the row, where the key's right rows start in ``held``, and how many.
    """

    asked: Ints
    start: Ints
    times: Ints
    held: Ints
    """Right rows by key."""
    most: int
    """Right rows that are looked at for a left row: of more that it meets, those that share most of what is rare."""
    cut: Truths
    """Of each left row, whether a key was not followed."""
    keys_left_out: int
    pairs_left_out: int
    """Pairs that those keys would have brought, counted with repeats."""

    def chunks(self) -> Iterator[tuple[Ints, Ints]]:
        """The pairs, each once, by left row; some hundred thousand at a time, never parting those of one left row."""
        return ((met.left, met.right) for met in map(self.met, self.parts()))

    def met(self, part: tuple[Ints, Ints, Ints]) -> Met:
        """The pairs, each once, of one of the ``parts``, and who else was met."""
        asked, start, times = part
        at = np.repeat(start - (np.cumsum(times) - times), times) + np.arange(times.sum())
        return met(asked, times, self.held.take(at), self.most)

    def parts(self, many: int | None = None) -> Iterator[tuple[Ints, Ints, Ints]]:
        """What each of the ``chunks`` is made of: left rows, where their right rows start, how many.

        ``many``: right rows of a part, with repeats, at most (but for one left row alone); ``CHUNK``.
        """
        ends = np.cumsum(self.times)
        start = 0
        while start < len(self.asked):
            before = ends[start] - self.times[start]
            end = max(int(np.searchsorted(ends, before + (many or CHUNK), "right")), start + 1)
            end = int(np.searchsorted(self.asked, self.asked[end - 1], "right"))
            yield self.asked[start:end], self.start[start:end], self.times[start:end]
            start = end

    def pairs(self) -> tuple[Ints, Ints]:
        """All pairs at once: (left rows, right rows)."""
        parts = [*self.chunks(), (np.zeros(0, dtype=np.int64),) * 2]
        return np.concatenate([left for left, _ in parts]), np.concatenate([right for _, right in parts])


@dataclass(frozen=True)
class Links:
    """The best pairs of each left row, best first. All arrays are equally long."""

    left: Ints
    right: Ints
    bits: Bits
    rank: Ints
    """1 for the best of its left row."""
    candidates: int
    """How many pairs were scored."""
    capped: int
    """Left rows of which not everybody who shares a key was looked at."""
    keys_left_out: int
    """Keys that were not followed, since very many hold them."""
    pairs_left_out: int
    """Pairs that those would have brought, counted with repeats, and those that were met and not looked at."""
    _model: Model
    _tables: Tables
    _recent: dict[int, Weighed] = field(default_factory=dict, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.left)

    def scored(self, at: int) -> Scored:
        """One link with its evidence, as ``score`` would give it. Ask in order: a thousand are worked out at a time."""
        start = at - at % _TOGETHER
        return scored(self._model, self._weighed(start), at - start)

    def evidence(self, at: int) -> list[FieldEvidence]:
        """What each field said of one link."""
        start = at - at % _TOGETHER
        return self._weighed(start).evidence(self._model, at - start)

    def weighed(self, at_once: int = 20_000) -> Iterator[tuple[int, Weighed]]:
        """All links in order, some thousand at a time: where they begin, and what each field said of them."""
        for start in range(0, len(self), at_once):
            pairs = Pairs(self._tables, self.left[start : start + at_once], self.right[start : start + at_once])
            yield start, weigh(self._model, reach(self._model, pairs))

    def _weighed(self, start: int) -> Weighed:
        if start not in self._recent:
            pairs = Pairs(self._tables, self.left[start : start + _TOGETHER], self.right[start : start + _TOGETHER])
            self._recent.clear()
            self._recent[start] = weigh(self._model, reach(self._model, pairs))
        return self._recent[start]


def link(
    model: Model,
    left: Rows,
    right: Rows,
    *,
    most_candidates: int = MOST_CANDIDATES,
    most_met: int | None = None,
    at_most: int | None = None,
    least_bits: float | None = None,
    exhaustive: bool = False,
    progress: Progress | None = None,
    tables: Tables | None = None,
) -> Links:
    """Find for each left row (searched for) the best right rows (candidates).

    ``most_candidates``: cap for each left row: of those it meets these share most of what is rare (``shortlist``).
    ``most_met``: keys are followed, rarest first, until they bring so many (with repeats); ``MET`` times the cap.
    What either leaves out is counted in the answer.
    ``at_most``: how many to keep for each left row (the model's ten); ``least_bits``: of which score at least.
    ``exhaustive``: score every pair, whatever keys it shares; for small tables and for measuring what blocking loses.
    ``tables``: the two, where something was worked out of them before.
    ``progress`` is told (left rows done, left rows in all) after each chunk.
    """
    if exhaustive:
        found = every_pair(left, right)
    else:
        found = candidates(left, right, most_candidates, most_met, shared_once(tables) if tables else None)
    tables = tables or Tables(left, right, int(found.times.sum()))
    least = model.propose_bits if least_bits is None else least_bits
    kept: list[_Best] = []
    scored_pairs, total = 0, int(found.asked[-1]) + 1 if len(found.asked) else 0

    over = np.zeros(len(left), dtype=np.int32)
    asked_for = at_most or model.best, float(least), over
    looped = compiled.repays(int(found.times.sum()))
    work = (_by_loops if looped else _by_numpy)(model, tables, found, *asked_for)
    for best, pairs, last in side_by_side(work, found.parts(_LOOPED if looped else None)):
        kept.append(best)
        scored_pairs += pairs
        if progress:
            progress(last + 1, total)
    one, other, bits, rank = (np.concatenate(part) for part in zip(*kept, strict=True)) if kept else _nothing()
    capped = int((found.cut | (over > 0)).sum())
    left_out = capped, found.keys_left_out, found.pairs_left_out + int(over.sum(dtype=np.int64))
    return Links(one, other, bits, rank, scored_pairs, *left_out, model, tables)


_Best = tuple[Ints, Ints, Bits, Ints]
Over = npt.NDArray[np.int32]
_Parts = tuple[Ints, Ints, Ints]
_Part = TypeVar("_Part")
_Came = TypeVar("_Came")


def _by_numpy(
    model: Model, tables: Tables, found: Candidates, at_most: int, least: float, over: Over
) -> Callable[[_Parts], tuple[_Best, int, int]]:
    """What takes a part of the candidates: (its best, pairs scored, its last left row).

    ``over``: is told for each left row how many it met beyond those that are looked at.
    """

    def work(part: _Parts) -> tuple[_Best, int, int]:
        some = found.met(part)
        over[some.over_row] = some.over
        pairs = Pairs(tables, some.left, some.right)
        bits = weigh(model, reach(model, pairs)).bits
        return _best(pairs, bits, at_most, least), len(pairs), int(part[0][-1])

    return work


def _by_loops(
    model: Model, tables: Tables, found: Candidates, at_most: int, least: float, over: Over
) -> Callable[[_Parts], tuple[_Best, int, int]]:
    """As ``_by_numpy``, to the same bits. Loaded here, since loading alone takes a second."""
    from hub.matching.native.scorer import Scorer

    scorer, mine = Scorer(model, tables.left, tables.right), local()
    held = found.held.astype(np.int32, copy=False)

    def work(part: _Parts) -> tuple[_Best, int, int]:
        if not hasattr(mine, "seen"):
            mine.seen = scorer.none_seen()
        kept = scorer.best(part, held, at_most, least, found.most, over, mine.seen)
        rank = np.arange(len(kept.left)) - _first_of(kept.left) + 1
        return (kept.left, kept.right, kept.bits, rank), kept.looked, int(part[0][-1])

    return work


def side_by_side(work: Callable[[_Part], _Came], parts: Iterator[_Part]) -> Iterator[_Came]:
    """What comes of each part, in their order. The first is worked alone: it makes what all of them look up."""
    for first in islice(parts, 1):
        yield work(first)
    with ThreadPoolExecutor(_THREADS) as threads:
        ahead: deque[Future[_Came]] = deque()
        for part in parts:
            ahead.append(threads.submit(work, part))
            if len(ahead) > 2 * _THREADS:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def _nothing() -> _Best:
    none = np.zeros(0, dtype=np.int64)
    return none, none, np.zeros(0), none


def _best(pairs: Pairs, bits: Bits, at_most: int, least: float) -> _Best:
    """Pairs of at least so many bits, ranked within their left row; ties by right row."""
    enough = np.flatnonzero(bits >= np.maximum(_tenths(pairs.left, bits, at_most), least))
    left, right, bits = pairs.left[enough], pairs.right[enough], bits[enough]
    order = np.lexsort((right, -bits, left))
    left, right, bits = left[order], right[order], bits[order]
    rank = np.arange(len(left)) - _first_of(left) + 1
    top = np.flatnonzero(rank <= at_most)
    return left[top], right[top], bits[top], rank[top]


def _tenths(left: Ints, bits: Bits, at_most: int) -> Bits:
    """For each pair a bound that its left row's best so many reach, so that few are left to be sorted."""
    begins = np.flatnonzero(np.diff(left, prepend=-1))
    many = np.diff(begins, append=len(left))
    bound = np.full(len(begins), -np.inf)
    for at in np.flatnonzero(many > max(_WORTH_PARTING, at_most)):
        row = bits[begins[at] : begins[at] + many[at]]
        bound[at] = np.partition(row, len(row) - at_most)[len(row) - at_most]
    return np.repeat(bound, many)


def every_pair(left: Rows, right: Rows) -> Candidates:
    """All pairs, as if all rows shared one key."""
    asked = np.arange(len(left) if len(right) else 0)
    whole = asked, np.zeros_like(asked), np.full_like(asked, len(right)), np.arange(len(right))
    return Candidates(*whole, len(right), np.zeros(len(left), dtype=bool), 0, 0)


def candidates(
    left: Rows, right: Rows, most: int, most_met: int | None = None, joined: Shared | None = None
) -> Candidates:
    """Pairs that share a key, as ``link`` looks at them: the rarest keys first, and of many those that share most.

    ``joined``: the keys of both, where they were joined before.
    """
    asked, start, times, held = joined or shared(left, right)
    followed = _within_cap(asked, times, MET * most if most_met is None else most_met)
    out = np.flatnonzero(~followed)
    cut = np.zeros(len(left), dtype=bool)
    cut[asked[out]] = True
    followed_keys = (asked[followed], start[followed], times[followed], held)
    return Candidates(*followed_keys, most, cut, len(out), int(times[out].sum()))


def shared_once(tables: Tables) -> Shared:
    """All keys that rows of both tables have, joined the first time that they are asked for."""
    return tables.once("shared keys", lambda: shared(tables.left, tables.right))


def _within_cap(asked: Ints, times: Ints, most: int) -> Truths:
    """Which keys are followed: sorted by row, then rarity; those up to the cap, and always a row's rarest one."""
    before = np.cumsum(times) - times
    first = _first_of(asked)
    total = before - before[first] + times
    followed: Truths = (total <= most) | (np.arange(len(asked)) == first)
    return followed


def _first_of(rows: Ints) -> Ints:
    """For each of rising row numbers, the place where its row begins."""
    begins = np.flatnonzero(np.diff(rows, prepend=-1))
    return np.repeat(begins, np.diff(begins, append=len(rows)))
