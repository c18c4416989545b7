"""Large sets of children, made in parts by several processes, kept in a folder and put together on disk.

Part ``n`` is ``PART`` missing and as many found children of a seed of its own. A set takes the missing of some parts
and the found of some, so that one folder serves every size; its rows lie in plain files that are mapped and not read.
"""

import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.matching.generator import Generator
from hub.matching import prepare, rows
from hub.matching.features import ROW, VERSION

PART = 10_000
#: Reported on; sets that anything is tuned on have other seeds.
SEED = 901


@dataclass(frozen=True)
class Large:
    """A set on disk. ``pair``: for each missing child its found one, or -1."""

    left: Any
    right: Any
    pair: Any
    districts: dict[int, tuple[float, float]]


def made(folder: Path, missing: int, found: int, seed: int = SEED) -> Path:
    """The folder of a set of these sizes (whole parts), made if it is not there; parts are used again."""
    if missing % PART or found % PART:
        raise SystemExit(f"sizes must be multiples of {PART:,}")
    whole = folder / f"{seed}-{VERSION}-{missing}x{found}"
    if not (whole / "pair.npy").exists():
        whole.mkdir(parents=True, exist_ok=True)
        sides = {"left": missing // PART, "right": found // PART}
        wanted = [(side, number) for side, many in sides.items() for number in range(many)]
        with ProcessPoolExecutor(os.cpu_count()) as processes:
            parts = list(processes.map(partial(_part, folder, seed), *zip(*wanted, strict=True)))
        _join(whole, dict(zip(wanted, parts, strict=True)), sides["right"])
    return whole


def opened(whole: Path) -> Large:
    """A set that ``made`` made; its rows are mapped."""
    left, right = (
        np.memmap(whole / f"{side}.rows", dtype=ROW, mode="r").view(np.ndarray) for side in ("left", "right")
    )
    return Large(left, right, np.load(whole / "pair.npy"), Generator(0).districts)


def _part(folder: Path, seed: int, side: str, number: int) -> Path:
    """One side of a part; the other is not prepared, which takes most of the time."""
    path = folder / f"{seed}-{VERSION}-{side}-{number:03}.npz"
    if not path.exists():
        truth = Generator(seed * 1_000 + number).set(PART, PART)
        table = rows([prepare(one).pack() for one in (truth.missing if side == "left" else truth.found)])
        half = path.with_name(path.name + ".new.npz")
        np.savez(half, rows=table.view(np.uint8), pair=truth.pair)
        half.replace(path)
    return path


def _join(whole: Path, parts: dict[tuple[str, int], Path], found: int) -> None:
    pairs = []
    for side in ("left", "right"):
        with (whole / f"{side}.rows").open("wb") as out:
            for number in sorted(number for one, number in parts if one == side):
                with np.load(parts[side, number]) as kept:
                    out.write(kept["rows"].tobytes())
                    if side == "left":
                        there = (kept["pair"] >= 0) & (number < found)
                        pairs.append(np.where(there, kept["pair"] + number * PART, -1))
    np.save(whole / "pair.npy", np.concatenate(pairs))
