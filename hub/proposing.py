"""Which pairs stand as proposals: the best of each searched child, followed whenever one of its sides changes.

What stands depends on the entries alone, not on the order in which they came: a searched child has as proposals its
best pairs above the model's threshold among the entries that share a key with it, and among those that were found for
it without one (``hub.looking``). What a person decided is not touched.
The owners are told of those from ``tell_bits`` on; the weaker ones, which are many, are for reviewers at the hub.
"""

import datetime
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from contracts import Notice, NoticeKind
from contracts.exchange import MatchState
from hub.core import Core
from hub.index import Work
from hub.index.entry import Side
from hub.index.matches import EVIDENCE, Fresh, Pair, Standing
from hub.index.records import Compared, Met
from hub.telling import notices, tell_both

_OTHER = {Side.SEARCHED: Side.CANDIDATE, Side.CANDIDATE: Side.SEARCHED}
_NONE: Mapping[int, Sequence[int]] = {}
_TWICE = {kind: (kind, kind) for kind in NoticeKind}


@dataclass
class Tally:
    """What was done, counted."""

    scored: int = 0
    proposed: int = 0
    withdrawn: int = 0
    capped: int = 0
    """Entries of which not every key was followed."""


@dataclass
class Proposing:
    """Follows changes of entries with proposals and withdrawals, and owes both owners a notice of each."""

    core: Core
    best: int = 10
    cap: int = 1_000
    tally: Tally = field(default_factory=Tally)
    gone: set[int] = field(default_factory=set)
    """Rows that their owners took back in this transaction: the other side is told so."""
    home: list[str] = field(default_factory=list)
    """Matches that ended in this transaction because the child is home again."""
    # New matches and notices wait here, to be written together.
    _fresh: list[Fresh] = field(default_factory=list)
    _owed: list[Notice] = field(default_factory=list)

    def follow(
        self, work: Work, changed: Sequence[Compared], now: datetime.datetime, also: Mapping[int, Sequence[int]] = _NONE
    ) -> None:
        """Match again what changed. Others that write entries with the same keys wait until this transaction ends.

        ``also``: for the row of an entry, rows to compare it with whether or not they share a key.
        """
        work.records.hold(key for entry in changed for key in entry.keys)
        for entry in changed:
            self._follow_one(work, entry, also.get(entry.row, ()), now)

    def _follow_one(self, work: Work, entry: Compared, also: Sequence[int], now: datetime.datetime) -> None:
        standing = work.matches.of_row(entry.row)
        self._drop_misplaced(work, entry, standing, now)
        if entry.side is Side.SEARCHED:
            self.choose(work, entry, standing, now, also)
        elif entry.side is Side.CANDIDATE:
            self._offer(work, entry, [one for one in standing if one.found == entry.row], also, now)

    def choose(
        self,
        work: Work,
        searched: Compared,
        standing: Iterable[Standing],
        now: datetime.datetime,
        also: Iterable[int] = (),
    ) -> None:
        """Let the best pairs of a searched child stand, and no others."""
        held = [one for one in standing if one.searched == searched.row]
        pairs = self._score([searched], self._others(work, searched, {*(one.found for one in held), *also}))
        self.stand(work, searched, held, pairs, work.records.compared([pair.found for pair in pairs]), now)

    def stand(
        self,
        work: Work,
        searched: Compared,
        standing: Iterable[Standing],
        scored: Iterable[Pair],
        others: Mapping[int, Compared],
        now: datetime.datetime,
    ) -> None:
        """The same when the pairs are scored: ``others`` holds the found side of each."""
        held = {one.found: one for one in standing}
        open_to = [pair for pair in scored if self._may_stand(work, held.get(pair.found), pair, searched, others)]
        open_to.sort(key=lambda pair: (-pair.bits, others[pair.found].participant, others[pair.found].source_id))
        chosen = {pair.found: pair for pair in open_to[: self.best]}
        for found, pair in chosen.items():
            self._let_stand(work, held.get(found), pair, (searched, others[found]), now)
        self._write(work, now)
        for one in held.values():
            if one.state is MatchState.PROPOSED and one.found not in chosen:
                self.withdraw(work, one, now)

    def _offer(
        self,
        work: Work,
        found: Compared,
        standing: Sequence[Standing],
        also: Iterable[int],
        now: datetime.datetime,
    ) -> None:
        """See for which searched children this entry is among the best, now that it changed."""
        mine = {one.searched: one for one in standing}
        scored = {pair.searched: pair for pair in self._score(self._others(work, found, {*mine, *also}), [found])}
        others = work.records.compared(list(scored))
        touched = list({*scored, *(row for row, one in mine.items() if _proposed(one))})
        rivals = _by_searched(work.matches.of_searched(touched))
        for row in touched:
            full = sum(_proposed(one) for one in rivals.get(row, [])) >= self.best
            if full and row not in mine and _worse(scored[row], rivals[row]):
                continue  # it would come behind all that stand
            if full:
                searched = others.get(row) or work.records.compared([row])[row]
                self.choose(work, searched, rivals[row], now, [found.row])
            else:
                self._settle_alone(work, mine.get(row), scored.get(row), (others.get(row), found), now)
        self._write(work, now)

    def _settle_alone(
        self,
        work: Work,
        standing: Standing | None,
        pair: Pair | None,
        entries: tuple[Compared | None, Compared],
        now: datetime.datetime,
    ) -> None:
        # While a child has fewer proposals than it may have, one pair stands or falls without regard to the rest.
        searched, found = entries
        if pair is None or searched is None:
            if standing is not None and _proposed(standing):
                self.withdraw(work, standing, now)
        elif self._may_stand(work, standing, pair, searched, {found.row: found}):
            self._let_stand(work, standing, pair, (searched, found), now)
        elif standing is not None and _proposed(standing):
            self.withdraw(work, standing, now)

    def _others(self, work: Work, entry: Compared, held: Iterable[int]) -> Sequence[Met | Compared]:
        """Entries of the other side that share a key, and those named, whether or not they do."""
        side = _OTHER[entry.side]
        others, left_out = work.records.candidates(entry.keys, side, self.cap)
        self.tally.capped += left_out > 0
        there = {one.row for one in others}
        beside = work.records.compared([row for row in held if row not in there])
        return [*others, *(one for one in beside.values() if one.side is side)]

    def _score(self, searched: Sequence[Met | Compared], found: Sequence[Met | Compared]) -> list[Pair]:
        self.tally.scored += len(searched) * len(found)
        return self.core.score(searched, found)

    def _may_stand(
        self, work: Work, standing: Standing | None, pair: Pair, searched: Compared, others: Mapping[int, Compared]
    ) -> bool:
        if standing is None:
            return True
        if standing.state in (MatchState.CONFIRMED, MatchState.REUNITED):
            return False
        # A person said no: only facts that were not there then, and speak for the pair, may ask again, while they last.
        return standing.facts is None or (
            standing.facts != facts_of(searched, others[pair.found])
            and pair.bits > work.matches.rejected_bits(standing.match_id)
        )

    def _let_stand(
        self,
        work: Work,
        standing: Standing | None,
        pair: Pair,
        entries: tuple[Compared, Compared],
        now: datetime.datetime,
    ) -> None:
        worth_telling, known = pair.bits >= self.core.tell_bits, False
        if standing is None:
            self._fresh.append(fresh := Fresh(pair, worth_telling))
            match_id = fresh.match_id
        elif standing.state is MatchState.PROPOSED:
            match_id, known = standing.match_id, standing.told
            if standing.bits != pair.bits:
                work.matches.rescore(standing, pair, known or worth_telling)
        else:
            match_id = standing.match_id
            work.matches.propose_again(standing, pair, worth_telling, now)
        self.tally.proposed += standing is None or standing.state is not MatchState.PROPOSED
        if worth_telling and not known:
            self._owed += notices(_TWICE[NoticeKind.MATCH_PROPOSED], match_id, entries, now, pair)

    def _write(self, work: Work, now: datetime.datetime) -> None:
        work.matches.propose(self._fresh, now)
        work.outbox.add(self._owed, now)
        self._fresh, self._owed = [], []

    def _drop_misplaced(
        self, work: Work, entry: Compared, standing: Iterable[Standing], now: datetime.datetime
    ) -> None:
        """Withdraw proposals in which the entry stands on a side that it left."""
        for one in standing:
            side = Side.SEARCHED if one.searched == entry.row else Side.CANDIDATE
            if one.state is MatchState.PROPOSED and entry.side is not side:
                self.withdraw(work, one, now)
                self._refill(work, one, entry.row, now)

    def _refill(self, work: Work, gone: Standing, entry_row: int, now: datetime.datetime) -> None:
        # A searched child that had its full number may have others waiting behind the one that went.
        if gone.searched == entry_row:
            return
        rivals = work.matches.of_searched([gone.searched])
        if sum(_proposed(one) for one in rivals) == self.best - 1:
            self.choose(work, work.records.compared([gone.searched])[gone.searched], rivals, now)

    def withdraw(self, work: Work, standing: Standing, now: datetime.datetime) -> None:
        """The evidence for a proposal is gone; one that a person had rejected before is rejected again."""
        self._write(work, now)  # notices leave in the order in which things happened
        state = MatchState.WITHDRAWN if standing.facts is None else MatchState.REJECTED
        reason = "The evidence no longer speaks for it."
        work.matches.settle(standing, state, EVIDENCE, reason, now, standing.facts)
        self.tally.withdrawn += 1
        if standing.told:
            entries = work.records.at([standing.searched, standing.found])
            both = entries[standing.searched], entries[standing.found]
            kinds = self._withdrawn(standing.found), self._withdrawn(standing.searched)
            tell_both(work, kinds, standing.match_id, both, now)

    def _withdrawn(self, other: int) -> NoticeKind:
        return NoticeKind.RECORD_WITHDRAWN if other in self.gone else NoticeKind.MATCH_WITHDRAWN


def facts_of(searched: Compared, found: Compared) -> str:
    """A hash of all that is compared of the two."""
    return hashlib.sha256(searched.features + b"|" + found.features).hexdigest()


def _proposed(standing: Standing | None) -> bool:
    return standing is not None and standing.state is MatchState.PROPOSED


def _worse(pair: Pair, rivals: Iterable[Standing]) -> bool:
    return all(pair.bits < one.bits for one in rivals if _proposed(one))


def _by_searched(standing: Iterable[Standing]) -> dict[int, list[Standing]]:
    found: dict[int, list[Standing]] = {}
    for one in standing:
        found.setdefault(one.searched, []).append(one)
    return found
