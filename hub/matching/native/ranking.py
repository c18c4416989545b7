"""Each left row's best right rows: candidates scored one after the other, of which no more are kept than were asked for."""

import numpy as np
import numpy.typing as npt

from hub.matching.native.compiled import compiled
from hub.matching.native.packed import Whole
from hub.matching.native.weighing import GIVEN_UP, Bits, weighed
from hub.matching.native.words import Spelt

Ints = npt.NDArray[np.int64]


@compiled
def best(
    left: Whole, right: Whole, asked: Ints, start: Ints, times: Ints, held: npt.NDArray[np.int32], words: Spelt,
    steps: Ints, places: Ints, tongues: Whole, marks: Whole, diaries: Ints, bits: Bits,
    rarer: npt.NDArray[np.bool_], most: Bits, known: Bits, at_most: int, least: float,
    seen: npt.NDArray[np.int32], kept_left: npt.NDArray[np.int32], kept_right: npt.NDArray[np.int32], kept_bits: Bits,
) -> tuple[int, int]:  # fmt: skip
    """(pairs kept, pairs looked at, each once). What is kept is by left row and best first, ties by right row.

    ``asked``, ``start``, ``times``: as in ``batch.Candidates``. ``seen``: of each right row the left row that met it
    last, -1 at first. ``kept_...``: room for ``at_most`` pairs of each left row.
    """
    level, share = np.zeros(len(bits), dtype=np.uint8), np.zeros(len(bits))
    kept, looked, entry = 0, 0, 0
    while entry < len(asked):
        row, first = asked[entry], kept
        while entry < len(asked) and asked[entry] == row:
            for posting in range(start[entry], start[entry] + times[entry]):
                other = held[posting]
                if seen[other] == row:
                    continue
                seen[other] = row
                looked += 1
                enough = least if kept - first < at_most else max(least, kept_bits[kept - 1])
                score = weighed(
                    left, row, right, other, words, steps, places, tongues, marks, diaries, bits, rarer, most, known,
                    enough, level, share,
                )  # fmt: skip
                if score < enough or score == GIVEN_UP:
                    continue
                kept = _put(score, row, other, first, kept, at_most, kept_left, kept_right, kept_bits)
            entry += 1
    return kept, looked


@compiled
def _put(
    score: float, row: int, other: int, first: int, kept: int, at_most: int,
    kept_left: npt.NDArray[np.int32], kept_right: npt.NDArray[np.int32], kept_bits: Bits,
) -> int:  # fmt: skip
    """Put a pair where it belongs among those of its left row; how many pairs are kept now."""
    if kept - first == at_most:
        if score == kept_bits[kept - 1] and other > kept_right[kept - 1]:
            return kept
        kept -= 1
    at = kept
    while at > first and (kept_bits[at - 1] < score or (kept_bits[at - 1] == score and kept_right[at - 1] > other)):
        kept_bits[at], kept_right[at] = kept_bits[at - 1], kept_right[at - 1]
        at -= 1
    kept_left[kept], kept_bits[at], kept_right[at] = row, score, other
    return kept + 1
