"""How the time of linking grows with the number of children: a fifth as many missing as found, each size on its own.

    python -m benchmarks.matching.growth --sizes 50000,200000,1000000 --sets FOLDER --write docs/benchmarks.md

Sets are those of ``benchmarks.matching.million``, kept in the folder and used again: each size in its own process.
"""

import argparse
import datetime as dt
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.matching.parts import PART, SEED, made, opened
from benchmarks.matching.report import END, load, put
from benchmarks.matching.sets import megabytes, timed
from hub.matching import Model, batch
from hub.matching.batch import MET, MOST_CANDIDATES, link
from hub.matching.learning import count_words

#: Found children for each missing one, as in the set of a million.
_TIMES = 5
_BEGIN = "<!-- growth: written by python -m benchmarks.matching.growth -->"


def main() -> None:
    """Run each size, print and, if asked, write."""
    asked = argparse.ArgumentParser(prog="benchmarks.matching.growth", description=__doc__)
    asked.add_argument("--sizes", default="50000,200000,1000000", help="found children, by commas")
    asked.add_argument("--sets", type=Path, required=True, help="folder in which sets are kept")
    asked.add_argument("--write", type=Path, help="file whose section on growth is replaced")
    asked.add_argument("--one", type=int, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.one:
        print(json.dumps(_linked(made(given.sets, given.one // _TIMES, given.one))))
        return
    _warm(given.sets)
    runs = [_apart(given.sets, int(size)) for size in given.sizes.split(",")]
    text = _text(runs)
    print(text)
    if given.write:
        put(given.write, _BEGIN, text)


def _apart(sets: Path, size: int) -> dict[str, Any]:
    made(sets, size // _TIMES, size)
    command = [sys.executable, "-m", "benchmarks.matching.growth", "--sets", str(sets), "--one", str(size)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    result: dict[str, Any] = json.loads(done.stdout)
    print(result, flush=True)
    return result


def _warm(sets: Path) -> None:
    """Compile the loops, as a first run on a machine does: later ones find them kept."""
    some = opened(made(sets, PART, PART))
    link(Model.load(), some.left, some.right)


def _linked(path: Path) -> dict[str, Any]:
    """Link one set with the model as shipped, and clock the making and joining of keys in it."""
    children = opened(path)
    left, right = children.left, children.right
    model = Model.load().with_centroids(children.districts).with_frequencies(count_words([left, right]))
    clock, work = time.perf_counter(), time.process_time()
    with timed(batch, "candidates") as keys:
        links = link(model, left, right, least_bits=-20.0)
    seconds, cpu = time.perf_counter() - clock, time.process_time() - work
    most = megabytes()
    true = links.right == children.pair[links.left]
    return {
        "children": len(right),
        "pairs": links.candidates,
        "left_out": links.pairs_left_out,
        "seconds": seconds,
        "cpu": cpu,
        "keys": keys.cpu,
        "megabytes": most,
        "recall": len(np.unique(links.left[true])) / int((children.pair >= 0).sum()),
    }


def _text(runs: list[dict[str, Any]]) -> str:
    size = [run["children"] for run in runs]
    whole, each = (_exponent(size, [run["cpu"] / run["pairs"] ** by for run in runs]) for by in (0, 1))
    later = _exponent(size[1:], [run["cpu"] for run in runs[1:]]) if len(runs) > 2 else whole
    lines = "\n".join(map(_row, runs))
    return f"""{_BEGIN}
## Matching: how the time grows

A fifth as many missing as found, seed {SEED}, the model as shipped; of each missing child at most {MOST_CANDIDATES:,}
are scored, of up to {MET} times as many that its keys bring. Run on {dt.date.today()}, {os.cpu_count()} cores shared
with other work (load now {load()}).

| found children | pairs (M) | left out by the cap (M) | s | CPU s | of which keys | recall@10 | MB |
|---|---|---|---|---|---|---|---|
{lines}

CPU time grows with the number of children to the power of {whole:.2f}, from the second size to the last to the power of
{later:.2f}; CPU time for each pair with their number to the power of {each:.2f}: the pairs of each child grow until the
cap is reached. The figure to reach is 1.15.
{END}"""


def _row(run: dict[str, Any]) -> str:
    return (
        f"| {run['children']:,} | {run['pairs'] / 1e6:.1f} | {run['left_out'] / 1e6:.1f} | {run['seconds']:.0f} "
        f"| {run['cpu']:.1f} | {run['keys']:.1f} | {run['recall']:.3f} | {run['megabytes']:.0f} |"
    )


def _exponent(size: list[int], cost: list[float]) -> float:
    """Slope of the logarithms, fitted over all sizes."""
    return float(np.polyfit(np.log(size), np.log(cost), 1)[0])


if __name__ == "__main__":
    main()
