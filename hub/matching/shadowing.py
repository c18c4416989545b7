"""What a new model would change before it goes live: the pairs it would add and those it would drop."""

from dataclasses import dataclass
from typing import NamedTuple

from hub.matching.batch import Links


class Change(NamedTuple):
    """A pair that another model would propose, or no longer propose: rows, and bits by the old and by the new."""

    left: int
    right: int
    old: float | None
    new: float | None


@dataclass(frozen=True)
class Shadow:
    """What a new model would change before it goes live."""

    added: list[Change]
    dropped: list[Change]
    kept: int


def shadow(old: Links, new: Links) -> Shadow:
    """Compare what two models propose for the same tables (``batch.link`` with each)."""
    before, after = (_by_pair(links) for links in (old, new))
    added = [Change(*pair, None, bits) for pair, bits in after.items() if pair not in before]
    dropped = [Change(*pair, bits, None) for pair, bits in before.items() if pair not in after]
    return Shadow(added, dropped, len(before.keys() & after.keys()))


def _by_pair(links: Links) -> dict[tuple[int, int], float]:
    return dict(zip(zip(links.left.tolist(), links.right.tolist(), strict=True), links.bits.tolist(), strict=True))
