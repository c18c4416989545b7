"""How the time of linking grows with the number of children: as many missing as found, each size in its own process.

    python -m benchmarks.matching.growth --sizes 12500,50000,200000 --sets FOLDER --write docs/benchmarks.md

Sets are kept in the folder and used again: making them takes longer than linking them.
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

from benchmarks.matching.report import END, load, put
from benchmarks.matching.sets import load as load_set
from benchmarks.matching.sets import make, megabytes
from hub.matching import Model
from hub.matching.batch import candidates, link
from hub.matching.learning import count_words

_SEED = 101
_BEGIN = "<!-- growth: written by python -m benchmarks.matching.growth -->"


def main() -> None:
    """Run each size, print and, if asked, write."""
    asked = argparse.ArgumentParser(prog="benchmarks.matching.growth", description=__doc__)
    asked.add_argument("--sizes", default="12500,50000,200000", help="missing children, and as many found, by commas")
    asked.add_argument("--sets", type=Path, required=True, help="folder in which sets are kept")
    asked.add_argument("--write", type=Path, help="file whose section on growth is replaced")
    asked.add_argument("--one", type=int, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.one:
        print(json.dumps(_linked(_kept(given.sets, given.one))))
        return
    runs = [_apart(given.sets, int(size)) for size in given.sizes.split(",")]
    text = _text(runs)
    print(text)
    if given.write:
        put(given.write, _BEGIN, text)


def _apart(sets: Path, size: int) -> dict[str, Any]:
    _kept(sets, size)
    command = [sys.executable, "-m", "benchmarks.matching.growth", "--sets", str(sets), "--one", str(size)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    result: dict[str, Any] = json.loads(done.stdout)
    print(result, flush=True)
    return result


def _kept(sets: Path, size: int) -> Path:
    path = sets / f"{_SEED}-{size}x{size}.npz"
    if not path.exists():
        make(path, _SEED, size, size)
    return path


def _linked(path: Path) -> dict[str, Any]:
    """Link one set with the model as shipped; the keys are also followed once alone, to tell their part."""
    children = load_set(path)
    left, right = children.left, children.right
    model = Model.load().with_centroids(children.districts).with_frequencies(count_words([left, right]))
    clock, work = time.perf_counter(), time.process_time()
    links = link(model, left, right, least_bits=-20.0)
    seconds, cpu = time.perf_counter() - clock, time.process_time() - work
    most = megabytes()
    work = time.process_time()
    candidates(left, right, 2_000)
    true = links.right == children.pair[links.left]
    return {
        "children": len(left),
        "pairs": links.candidates,
        "left_out": links.pairs_left_out,
        "seconds": seconds,
        "cpu": cpu,
        "keys": time.process_time() - work,
        "megabytes": most,
        "recall": len(np.unique(links.left[true])) / int((children.pair >= 0).sum()),
    }


def _text(runs: list[dict[str, Any]]) -> str:
    size = [run["children"] for run in runs]
    whole, each = (_exponent(size, [run["cpu"] / run["pairs"] ** by for run in runs]) for by in (0, 1))
    lines = "\n".join(map(_row, runs))
    return f"""{_BEGIN}
## Matching: how the time grows

As many missing as found, seed {_SEED}, the model as shipped, at most 2,000 candidates for each child. Run on
{dt.date.today()}, {os.cpu_count()} cores shared with other work (load now {load()}).

| children on each side | pairs (M) | left out by the cap (M) | s | CPU s | of which keys | recall@10 | MB |
|---|---|---|---|---|---|---|---|
{lines}

CPU time grows with the number of children to the power of {whole:.2f}, CPU time for each pair with their number to the
power of {each:.2f}: the pairs of each child grow until the cap is reached.
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
