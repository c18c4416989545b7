"""Computes the whole audit anew and compares: lines, leaves, tiles, heads, what witnesses and time-stamps say."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from hub.evidence.offline import merkle
from hub.evidence.offline.checkpoint import Head, Malformed, Verifier, part
from hub.index import Store
from hub.index.evidence import WIDTH, Kept, Leaf

#: A line that has no leaf after this long was not taken in as it should have been.
_LATE = datetime.timedelta(hours=1)
#: Whether a time-stamp token is over this message.
StampFits = Callable[[bytes, bytes], bool]
Progress = Callable[[int, int | None], None]


@dataclass
class Verified:
    """``problems`` empty: every line is as it was when the hub signed it. ``gaps``: no tampering, but to be known."""

    lines: int = 0
    heads: int = 0
    cosignatures: int = 0
    stamps: int = 0
    problems: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)


class Verifying:
    """``keys``: the hub's verifier keys, today's and former ones, and the witnesses'. ``witnessed``: heads that others
    kept, which alone can show that the end of the log was cut off and signed anew."""

    def __init__(
        self,
        store: Store,
        keys: Sequence[Verifier],
        witnessed: Sequence[str] = (),
        stamp_fits: StampFits | None = None,
        now: Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.UTC),
    ) -> None:
        self._store, self._keys, self._stamp_fits, self._now = store, keys, stamp_fits, now
        self._witnessed = [part(one) for one in witnessed]
        self._found = Verified()

    def run(self, progress: Progress | None = None) -> Verified:
        with self._store.read() as work:
            heads, size = work.evidence.heads(), work.evidence.size()
        roots = self._roots({head.size for head in heads} | {head.size for head, _ in self._witnessed}, size, progress)
        for kept in heads:
            self._head(kept, roots)
        self._newest(heads, size)
        for head, signatures in self._witnessed:
            self._seen(head, signatures, roots, {kept.size for kept in heads})
        with self._store.read() as work:
            if late := work.evidence.count_outside(self._now() - _LATE):
                self._found.problems.append(f"{late} lines are in no leaf of the tree.")
        return self._found

    def _roots(self, wanted: set[int], size: int, progress: Progress | None) -> dict[int, bytes]:
        """The root at each wanted size, from the lines themselves."""
        grown, levels, roots = merkle.Range(), _Levels(), {0: merkle.EMPTY}
        with self._store.read() as work:
            while leaves := work.evidence.leaves(grown.size - 1):
                for leaf in leaves:
                    self._leaf(leaf, grown.size)
                    hashed = merkle.leaf_hash(leaf.entry or b"")
                    grown.append(hashed)
                    levels.add(hashed)
                    if grown.size in wanted:
                        roots[grown.size] = grown.root()
                if progress is not None:
                    progress(grown.size, size)
            self._found.lines = grown.size
            for name in levels.differing(work.evidence.tiles()):
                self._found.problems.append(f"Tile {name} of the tree is not what its lines give.")
        return roots

    def _leaf(self, leaf: Leaf, expected: int) -> None:
        if leaf.leaf != expected:
            self._found.problems.append(f"Leaf {expected} is missing.")
        if leaf.entry is None:
            self._found.problems.append(f"The line of leaf {leaf.leaf} is missing.")

    def _head(self, kept: Kept, roots: dict[int, bytes]) -> None:
        try:
            head, signatures = part(kept.checkpoint)
        except Malformed:
            self._found.problems.append(f"The head kept for size {kept.size} is none.")
            return
        self._found.heads += 1
        if head.size != kept.size or roots.get(head.size) != head.root:
            self._found.problems.append(f"The lines up to {kept.size} are not those that the hub signed.")
        if not any(
            key.name == head.origin and key.verify(head.body, line) for key in self._keys for line in signatures
        ):
            self._found.problems.append(f"The head of size {kept.size} is signed by no known key.")
        for line in kept.cosignatures:
            fits = any(key.verify(head.body, line) for key in self._keys)
            self._found.cosignatures += fits
            if not fits:
                self._found.problems.append(f"A cosignature of the head of size {kept.size} fits no known witness.")
        self._stamped(kept, head)

    def _stamped(self, kept: Kept, head: Head) -> None:
        if kept.missed:
            self._found.gaps.append(f"The head of size {kept.size} of {kept.at.isoformat()} has no time-stamp.")
        elif kept.stamp is not None and self._stamp_fits is not None:
            fits = self._stamp_fits(kept.stamp, head.body.encode())
            self._found.stamps += fits
            if not fits:
                self._found.problems.append(f"The time-stamp of the head of size {kept.size} does not fit it.")

    def _newest(self, heads: Sequence[Kept], size: int) -> None:
        signed = heads[-1].size if heads else 0
        if size > signed:
            self._found.problems.append(f"{size - signed} lines are under no signed head.")

    def _seen(self, head: Head, signatures: Sequence[str], roots: dict[int, bytes], kept: set[int]) -> None:
        ours = any(key.name == head.origin and key.verify(head.body, line) for key in self._keys for line in signatures)
        if not ours:
            self._found.problems.append(f"The witnessed head of size {head.size} was not signed by this hub.")
        elif roots.get(head.size) != head.root:
            self._found.problems.append(f"A witness saw other lines up to {head.size}, or more than there are now.")
        elif head.size not in kept:
            self._found.problems.append(f"A witness saw a head of size {head.size} that is gone.")


class _Levels:
    """The tiles that the lines give: a few dozen bytes for every 256 lines."""

    def __init__(self) -> None:
        self._open: list[list[bytes]] = []
        self._many: list[int] = []
        self._full: dict[tuple[int, int], bytes] = {}

    def add(self, hashed: bytes, level: int = 0) -> None:
        if level == len(self._open):
            self._open.append([])
            self._many.append(0)
        tile = self._open[level]
        tile.append(hashed)
        if len(tile) == WIDTH:
            self._full[level, self._many[level]] = _sum(tile)
            self._many[level] += 1
            above = _root(tile)
            tile.clear()
            self.add(above, level + 1)

    def differing(self, tiles: dict[tuple[int, int], bytes]) -> list[str]:
        """``level/number`` of each tile that is not as it should be, or should not be, or is not there."""
        begun = {(level, self._many[level]): _sum(tile) for level, tile in enumerate(self._open) if tile}
        wanted = self._full | begun
        return [f"{at[0]}/{at[1]}" for at in sorted(wanted.keys() | tiles.keys()) if wanted.get(at) != tiles.get(at)]


def _sum(tile: list[bytes]) -> bytes:
    return merkle.leaf_hash(b"".join(tile))


def _root(tile: list[bytes]) -> bytes:
    return merkle.root(WIDTH, merkle.of_leaves(tile))
