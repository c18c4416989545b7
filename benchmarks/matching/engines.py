"""Linking one set by numpy and by compiled loops: the same links to the last bit, and how long each takes.

    python -m benchmarks.matching.engines --sets FOLDER --size 20000

Both run in this process, one after the other, so that the ratio holds under load too. What compiling takes when nothing
was kept is told apart; the loops' seconds are of a second run.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.matching.parts import made, opened
from hub.matching import Model
from hub.matching.batch import Links, link
from hub.matching.learning import count_words
from hub.matching.native import compiled


def main() -> None:
    """Link both ways, compare, print."""
    asked = argparse.ArgumentParser(prog="benchmarks.matching.engines", description=__doc__)
    asked.add_argument("--sets", type=Path, required=True, help="folder in which sets are kept")
    asked.add_argument("--size", type=int, default=20_000, help="missing and found children, tens of thousands")
    given = asked.parse_args()
    if not compiled.available():
        raise SystemExit("loops cannot be compiled here: install the extra `link`")
    children = opened(made(given.sets, given.size, given.size))
    sides = children.left, children.right
    model = Model.load().with_centroids(children.districts).with_frequencies(count_words(list(sides)))
    first, first_told = _timed(model, sides, loops=True)
    loops, loops_told = _timed(model, sides, loops=True)
    plain, plain_told = _timed(model, sides, loops=False)
    told = {"pairs": plain.candidates, "links": len(plain), "same": _same(plain, loops) and _same(plain, first)}
    print(json.dumps({**told, "first": first_told, "loops": loops_told, "numpy": plain_told}, indent=1))


def _timed(model: Model, sides: tuple[Any, Any], loops: bool) -> tuple[Links, dict[str, float]]:
    clock, work = time.perf_counter(), time.process_time()
    with patch.object(compiled, "WORTH", 0 if loops else 1 << 62):
        links = link(model, *sides)
    took = {"seconds": time.perf_counter() - clock, "cpu": time.process_time() - work}
    return links, {name: round(value, 2) for name, value in took.items()}


def _same(one: Links, other: Links) -> bool:
    parts = ("left", "right", "bits", "rank")
    return one.candidates == other.candidates and all(
        getattr(one, part).tobytes() == getattr(other, part).tobytes() for part in parts
    )


if __name__ == "__main__":
    main()
