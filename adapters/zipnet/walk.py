"""Reads a newest-first list oldest first, while rows are added, vanish, change places or crash the source.

Rows are counted from the oldest end, where additions do not move them: row number 0 is the oldest. Three things are
held against losing a row:

- **growth**: each answer says how many rows there are; if that differs from what was assumed, the window is asked for
  again where it has moved to.
- **removal**: every window begins with rows that were told before; if none of them is there, older rows have gone and
  the walk steps back.
- **ties**: rows created at one moment have no order of their own and may change places from answer to answer; such a
  group is read again until as many different rows were told as it has places, and what stays unseen becomes a gap.

A window that crashes is halved until the crash is one row's; it is named as a ``Bad`` row and passed, once a row that
answered before still does (else the source is down, and nothing is passed).
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field

from adapters.zipnet.listing import Crash, Listing, Window
from adapters.zipnet.words import Row, created, source_id
from contracts import Unready

_OVERLAP = 5
_TRIES = 20
_PASSES = 5
_CRASHES_IN_A_ROW = 50


@dataclass(frozen=True)
class Bad:
    """A row that cannot be had: its number from the oldest, and why."""

    number: int
    reason: str


class _Moved(Exception):
    """The list has another length than was assumed."""

    def __init__(self, total: int) -> None:
        self.total = total


@dataclass
class _Ties:
    """The rows of the latest moment: where they begin, who was told, and how many crashed."""

    moment: datetime.datetime | None = None
    first: int = 0
    told: set[str] = field(default_factory=set)
    bad: int = 0


class Walk:
    """One walk over one list. ``rows`` yields each row once, oldest first; memory holds a window and a day's ids."""

    def __init__(self, listing: Listing, size: int) -> None:
        self._listing, self._size = listing, size
        self._total = self._good = 0
        self._crashes = 0
        self._ties = _Ties()
        self._settled: set[str] = set()
        self._recent: dict[str, None] = {}

    def rows(self, since: datetime.datetime | None = None) -> Iterator[Row | Bad]:
        """Every row created at ``since`` or later (all, if None). Raises ``Unready`` when the source is away."""
        self._total = self._count()
        done = self._first_from(since) if since else 0
        while done < self._total:
            first = max(0, done - (_OVERLAP if self._recent else 0))
            items = self._window(first, min(self._size, self._total - first))
            if not self._joins(first, items):
                done = max(0, done - self._size)
                continue
            yield from self._told(first, items)
            done = max(done, first + len(items))
        yield from self._settle_ties(done)

    # Windows ------------------------------------------------------------------------------------------------------

    def _count(self) -> int:
        """How many rows there are; asked for with rows further down while the newest ones crash."""
        for start in range(_TRIES):
            try:
                total = self._listing.window(start, 1).total
            except Crash:
                continue
            self._good = max(0, total - 1 - start)
            return total
        raise _down()

    def _window(self, first: int, length: int) -> list[Row | Bad]:
        """Rows ``first`` to ``first + length`` from the oldest, oldest first."""
        for _ in range(_TRIES):
            try:
                return self._halving(first, min(length, self._total - first))
            except _Moved as moved:
                self._total = moved.total
                if first >= self._total:
                    return []
        raise Unready("restless_source", "the source's list changes faster than it can be read; try later")

    def _halving(self, first: int, length: int) -> list[Row | Bad]:
        try:
            rows = self._asked(first, length)
        except Crash:
            if length == 1:
                return [self._bad(first)]
            half = length // 2
            return self._halving(first, half) + self._halving(first + half, length - half)
        self._good, self._crashes = first, 0
        whole = self._listing.whole(rows)
        if len(rows) > 3 and whole.count(None) > len(rows) // 2:
            raise _down()
        # The oldest of the window is the last of the answer.
        return [
            Bad(first + place, "its detail crashes the source or is gone") if row is None else row
            for place, row in enumerate(reversed(whole))
        ]

    def _asked(self, first: int, length: int) -> list[Row]:
        answer: Window = self._listing.window(self._total - first - length, length)
        if answer.total != self._total:
            raise _Moved(answer.total)
        if len(answer.rows) != length:
            raise Crash  # it counts a row that it does not show: found by halving, as one that crashes it
        return answer.rows

    def _bad(self, number: int) -> Bad:
        self._crashes += 1
        if self._crashes > _CRASHES_IN_A_ROW:
            raise _down()
        if not self._answers(number):
            raise _down()
        return Bad(number, "the row crashes the source, or is counted and not shown")

    def _answers(self, number: int) -> bool:
        """Whether a row that answered before still does; several are tried, since rows may have changed places."""
        for place in {self._good, max(0, self._good - 1), self._total // 2, self._total - 1} - {number}:
            try:
                self._asked(place, 1)
            except Crash:
                continue
            return True
        return self._total == 1

    # Telling ------------------------------------------------------------------------------------------------------

    def _joins(self, first: int, items: list[Row | Bad]) -> bool:
        """Whether the window begins at or before the last row told, so that none can lie between."""
        return first == 0 or not self._recent or not items or any(_mark(item) in self._recent for item in items)

    def _told(self, first: int, items: list[Row | Bad]) -> Iterator[Row | Bad]:
        for number, item in enumerate(items, start=first):
            mark = _mark(item)
            if not isinstance(item, Bad):
                yield from self._next_moment(number, created(item))
            if not self._known(mark):
                self._remember(mark)
                yield item

    def _next_moment(self, number: int, moment: datetime.datetime | None) -> Iterator[Row | Bad]:
        if moment is None or (self._ties.moment is not None and moment <= self._ties.moment):
            return
        yield from self._settle_ties(number)
        # A window reaches back into moments that are settled; a crowded one may show rows told long before.
        if len(self._settled) > 8 * self._size:
            self._settled = set()
        self._settled |= self._ties.told
        self._ties = _Ties(moment, number)

    def _settle_ties(self, end: int) -> Iterator[Row | Bad]:
        """Rows of a moment are read again until each of its places has told a different row, or has crashed."""
        ties = self._ties
        if ties.moment is None:
            return
        for passes in range(_PASSES):
            # Where a row crashed, its neighbours may have changed places while it was found: one pass more.
            if len(ties.told) + ties.bad >= end - ties.first and (passes or not ties.bad):
                return
            yield from self._reread(ties.first, end)
        missing = end - ties.first - len(ties.told) - ties.bad
        if missing > 0:
            yield Bad(end - 1, f"{missing} rows created at one moment stay unseen: their order keeps changing")

    def _reread(self, start: int, end: int) -> Iterator[Row | Bad]:
        """One more pass over the places of a moment, in windows that begin elsewhere than before."""
        ties, crashed = self._ties, 0
        for first in range(start, end, max(1, self._size * 2 // 3)):
            for item in self._window(first, min(self._size, end - first)):
                if isinstance(item, Bad):
                    crashed += 1
                elif created(item) == ties.moment and not self._known(mark := _mark(item)):
                    self._remember(mark)
                    yield item
        # Where the order changes a crashing row may be met twice in a pass: the least count is nearest.
        ties.bad = min(ties.bad, crashed)

    def _known(self, mark: str) -> bool:
        return mark in self._recent or mark in self._ties.told or mark in self._settled

    def _remember(self, mark: str) -> None:
        if mark.startswith("bad "):
            self._ties.bad += 1
        else:
            self._ties.told.add(mark)
        self._recent[mark] = None
        while len(self._recent) > 4 * self._size:
            del self._recent[next(iter(self._recent))]

    # Where to begin -----------------------------------------------------------------------------------------------

    def _first_from(self, since: datetime.datetime) -> int:
        """The number of the oldest row created at ``since`` or later, by halving; a little lower, to be safe."""
        low, high = 0, self._total
        while low < high:
            middle = (low + high) // 2
            moment = self._moment_near(middle)
            if moment is None or moment >= since:
                high = middle
            else:
                low = middle + 1
        return max(0, low - _OVERLAP)

    def _moment_near(self, number: int) -> datetime.datetime | None:
        """When the row was created, or the next newer one of which that can be said."""
        for place in range(number, min(number + _TRIES, self._total)):
            try:
                answer = self._listing.window(self._total - place - 1, 1)
            except Crash:
                continue
            self._good = place
            if answer.rows and (moment := created(answer.rows[0])) is not None:
                return moment
        return None


def _mark(item: Row | Bad) -> str:
    """What tells rows apart: the source's key where there is one, since a serial number may have been given twice."""
    if isinstance(item, Bad):
        return f"bad {item.number}"
    key = item.get("MissingPersonId") or item.get("UnIdentifiedPersonId") or source_id(item)
    return str(key or sorted(map(str, item.items())))


def _down() -> Unready:
    return Unready("source_unready", "the source answers 500 to everything; try later")
