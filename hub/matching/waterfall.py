"""A score as a waterfall: the prior, each field's bits, and the sum, as data and as a drawing."""

from collections.abc import Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

from contracts import FieldEvidence
from hub.matching.scoring import UNKNOWN

_ROW, _LABEL, _PLOT, _VALUE = 22, 300, 340, 60
_COLOURS = {"for": "#00703c", "against": "#d4351c", "prior": "#505a5f", "score": "#1d70b8"}


class Bar(NamedTuple):
    """One step: it leads from ``start`` to ``end`` (bits)."""

    words: str
    start: float
    end: float
    kind: str
    """``prior``, ``for``, ``against`` or ``score``."""


def waterfall(prior_bits: float, evidence: Sequence[FieldEvidence]) -> list[Bar]:
    """Bars from the prior to the score, the fields that could not be compared left out.

    Each bar starts where the one before ended; the last one is the whole score, from 0.
    """
    bars = [Bar("before anything is compared", 0.0, prior_bits, "prior")]
    for one in evidence:
        if one.level != UNKNOWN:
            start = bars[-1].end
            bars.append(Bar(one.words, start, start + one.bits, "for" if one.bits >= 0 else "against"))
    return [*bars, Bar("score", 0.0, bars[-1].end, "score")]


def not_compared(evidence: Sequence[FieldEvidence]) -> list[str]:
    """Fields that could not be compared, to be shown beside the bars."""
    return [one.field for one in evidence if one.level == UNKNOWN]


def drawn(bars: Sequence[Bar]) -> str:
    """The bars as SVG, each with its words and its bits as text, so that colour is not the only sign."""
    low = min(0.0, *(min(bar.start, bar.end) for bar in bars))
    high = max(0.0, *(max(bar.start, bar.end) for bar in bars))
    scale = _PLOT / ((high - low) or 1.0)
    height = _ROW * len(bars) + 10
    rows = [_drawn(bar, number, low, scale) for number, bar in enumerate(bars)]
    zero = _LABEL - low * scale
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{_LABEL + _PLOT + _VALUE}" height="{height}" '
        f'font-family="sans-serif" font-size="13"><title>{escape(_told(bars))}</title>'
        f'<line x1="{zero:.1f}" x2="{zero:.1f}" y1="0" y2="{height}" stroke="#b1b4b6"/>{"".join(rows)}</svg>'
    )


def _drawn(bar: Bar, number: int, low: float, scale: float) -> str:
    left, right = sorted((bar.start, bar.end))
    x, wide, y = _LABEL + (left - low) * scale, max((right - left) * scale, 1.0), number * _ROW + 5
    change = bar.end - bar.start
    return (
        f'<text x="{_LABEL - 8}" y="{y + 14}" text-anchor="end">{escape(bar.words)}</text>'
        f'<rect x="{x:.1f}" y="{y}" width="{wide:.1f}" height="{_ROW - 6}" fill="{_COLOURS[bar.kind]}"/>'
        f'<text x="{x + wide + 4:.1f}" y="{y + 14}">{change:+.1f}</text>'
    )


def _told(bars: Sequence[Bar]) -> str:
    return "; ".join(f"{bar.words} {bar.end - bar.start:+.1f}" for bar in bars)
