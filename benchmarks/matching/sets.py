"""Sets of children on disk, and the results of a contender: what the programs of this folder hand to each other."""

import json
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks.matching.generator import Generator
from hub.matching import prepare, rows
from hub.matching.features import ROW

#: The rival is given our keys, rarest first, until they bring so many pairs of a missing child, counted with repeats:
#: of as many as our own engine meets, it would take hours.
CAP = 2_000


def sample(found: int) -> int:
    """Of how many missing children every pair is scored, to see what blocking loses; four in ten have a found one.

    Fewer among very many found, so that it does not take longer than all the rest.
    """
    return min(10_000, 2_000_000_000 // found)


@dataclass(frozen=True)
class Set:
    left: Any
    right: Any
    pair: Any
    districts: dict[int, tuple[float, float]]
    prepared: float
    """Seconds that preparing both sides took."""


def make(path: Path, seed: int, missing: int, found: int) -> Set:
    """Generate, prepare and keep a set."""
    truth = Generator(seed).set(missing, found)
    start = time.perf_counter()
    left, right = (rows([prepare(one).pack() for one in some]) for some in (truth.missing, truth.found))
    prepared = time.perf_counter() - start
    codes = np.array(list(truth.districts))
    np.savez(
        path,
        left=left.view(np.uint8),
        right=right.view(np.uint8),
        pair=truth.pair,
        codes=codes,
        points=np.array(list(truth.districts.values())),
        prepared=prepared,
    )
    return load(path)


def load(path: Path) -> Set:
    with np.load(path) as kept:
        districts = {
            int(code): (float(a), float(b)) for code, (a, b) in zip(kept["codes"], kept["points"], strict=True)
        }
        left, right = kept["left"].view(ROW), kept["right"].view(ROW)
        return Set(left, right, kept["pair"], districts, float(kept["prepared"]))


def megabytes() -> float:
    """The most memory this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@dataclass
class Timed:
    """What a function took, all its calls together."""

    seconds: float = 0.0
    cpu: float = 0.0


@contextmanager
def timed(module: Any, name: str) -> Iterator[Timed]:
    """Clock every call of a function of a module."""
    taken, plain = Timed(), getattr(module, name)

    def clocked(*args: Any, **more: Any) -> Any:
        clock, work = time.perf_counter(), time.process_time()
        came = plain(*args, **more)
        taken.seconds += time.perf_counter() - clock
        taken.cpu += time.process_time() - work
        return came

    with patch.object(module, name, clocked):
        yield taken


def report(result: dict[str, Any], path: Path) -> None:
    """Keep a result."""
    arrays = {key: result.pop(key) for key in ("left", "right", "bits", "rank")}
    result.setdefault("megabytes", megabytes())
    np.savez(path.with_suffix(".npz"), **arrays)
    path.write_text(json.dumps(result), encoding="utf-8")


def read(path: Path) -> dict[str, Any]:
    with np.load(path.with_suffix(".npz")) as arrays:
        return {**json.loads(path.read_text(encoding="utf-8")), **{key: arrays[key] for key in arrays}}
