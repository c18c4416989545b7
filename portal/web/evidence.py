"""The evidence of a match as a waterfall: each bar starts where the one above ended, and the last ends at the sum."""

from dataclasses import dataclass
from itertools import accumulate

from contracts.exchange import Match

WIDE = 300.0
"""Width of the drawing in its own units."""
_SHORTEST = 1.5


@dataclass(frozen=True)
class Bar:
    """One step of the sum. ``left`` and ``width`` are units of the drawing, the rest is what is said beside it."""

    field: str
    words: str
    bits: float
    running: float
    left: float
    width: float
    kind: str
    """``prior``, ``for`` or ``against``: how the bar is coloured; the sign says it without colour."""


@dataclass(frozen=True)
class Waterfall:
    """Bars in order, where zero lies in the drawing, and the words of the fields that said nothing."""

    bars: list[Bar]
    zero: float
    silent: list[str]
    wide: float = WIDE

    @property
    def total(self) -> float:
        """The sum in bits."""
        return self.bars[-1].running


def waterfall(match: Match, prior_words: str) -> Waterfall:
    """The bars of a match: the prior first, then the bits of each field that said something, in the model's order."""
    spoken = [said for said in match.evidence if said.bits != 0]
    steps = [match.prior_bits, *(said.bits for said in spoken)]
    running = list(accumulate(steps))
    low, high = min(0.0, *running), max(0.0, *running)
    scale = WIDE / ((high - low) or 1.0)
    words = [("prior", prior_words), *((said.field, _begun(said.words)) for said in spoken)]
    bars: list[Bar] = []
    for (field, text), bits, end in zip(words, steps, running, strict=True):
        left, right = sorted(((end - bits - low) * scale, (end - low) * scale))
        kind = "prior" if not bars else ("for" if bits >= 0 else "against")
        bars.append(Bar(field, text, bits, end, _inside(left), max(right - left, _SHORTEST), kind))
    return Waterfall(bars, -low * scale, [said.words.partition(":")[0] for said in match.evidence if said.bits == 0])


def _begun(words: str) -> str:
    return words[:1].upper() + words[1:]


def _inside(left: float) -> float:
    return min(max(left, 0.0), WIDE - _SHORTEST)


def strongest(match: Match, most: int = 3) -> list[str]:
    """The words of the fields that speak most clearly, for or against."""
    spoken = sorted(match.evidence, key=lambda said: -abs(said.bits))
    return [said.words for said in spoken[:most] if abs(said.bits) >= 0.5]
