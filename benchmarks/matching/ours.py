"""Our own engine on a set: blocked, or every pair for a sample of the missing."""

import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.matching.sets import CAP, Set, load, megabytes, report, sample
from hub.matching import Model
from hub.matching.batch import MOST_CANDIDATES, candidates, link
from hub.matching.learning import count_words, learn


def run(children: Set, which: str) -> dict[str, Any]:
    """``ours``: learn from the unlabelled records, then link. ``untrained``: with the model as shipped.

    ``capped``: as ``ours``, on the pairs that the rival gets with our keys. ``exhaustive``: as ``ours``, but every pair
    of some missing children is scored.
    """
    left, right = children.left, children.right
    start, worked = time.perf_counter(), time.process_time()
    model = Model.load().with_centroids(children.districts).with_frequencies(count_words([left, right]))
    if which != "untrained":
        model = learn(model, left, right, version=f"{model.version}-learned").model
    trained, trained_work = time.perf_counter(), time.process_time()
    if which == "exhaustive":
        left = left[: sample(len(right))]
    most_met = CAP if which == "capped" else None
    links = link(model, left, right, most_met=most_met, least_bits=-20.0, exhaustive=which == "exhaustive")
    done, done_work = time.perf_counter(), time.process_time()
    memory = megabytes()
    kept = _kept(children) if which == "ours" else None
    return {
        "seconds": {"train": trained - start, "score": done - trained, "rank": 0.0},
        "cpu": {"train": trained_work - worked, "score": done_work - trained_work, "rank": 0.0},
        "pairs": links.candidates,
        "megabytes": memory,
        "kept": kept,
        "capped": links.capped,
        "left_out": links.pairs_left_out,
        "left": links.left,
        "right": links.right,
        "bits": links.bits,
        "rank": links.rank,
    }


def _kept(children: Set) -> float:
    """Share of the true pairs of some missing children that are scored."""
    some = sample(len(children.right))
    chunks = candidates(children.left[:some], children.right, MOST_CANDIDATES).chunks()
    kept = sum(int((rights == children.pair[lefts]).sum()) for lefts, rights in chunks)
    return kept / int((children.pair[:some] >= 0).sum())


if __name__ == "__main__":
    report(run(load(Path(sys.argv[1])), sys.argv[2]), Path(sys.argv[3]))
