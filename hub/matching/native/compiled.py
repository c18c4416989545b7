"""Turns the loops of this folder into machine code, where numba is there to do it.

No fast-math: sums stay in the order in which they are written, so that they equal those of numpy to the last bit.
"""

import os
from collections.abc import Callable
from functools import cache
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

_Loop = TypeVar("_Loop", bound=Callable[..., Any])
#: Set to 1, everything is counted by numpy alone: slower, and to the same bits.
SWITCHED_OFF = "TRACKCHILD_WITHOUT_NUMBA"
#: Fewer pairs than this are scored before the loops are even loaded.
WORTH = 1_000_000


@cache
def available() -> bool:
    """Whether loops can be compiled here."""
    return os.environ.get(SWITCHED_OFF) != "1" and find_spec("numba") is not None


def repays(pairs: int) -> bool:
    """Whether there are so many pairs that compiled loops repay their coming."""
    return pairs >= WORTH and available()


def compiled(step: _Loop) -> _Loop:
    """A step of a loop, put into whatever loop calls it."""
    if not available():
        return step
    import numba

    made: _Loop = numba.njit(nogil=True, forceinline=True, error_model="numpy")(step)
    return made


def loop(whole: _Loop) -> _Loop:
    """A whole loop: compiled when first called, kept for later processes; it lets go of the interpreter's lock."""
    if not available():
        return whole
    import numba

    before, numba.config.CACHE_DIR = numba.config.CACHE_DIR, str(_folder())
    try:
        made: _Loop = numba.njit(nogil=True, cache=True, error_model="numpy")(whole)
    finally:
        numba.config.CACHE_DIR = before
    return made


@cache
def _folder() -> Path:
    """Where compiled loops are kept. numba minds a loop's own file only: a change of any step must change the folder."""
    told = blake2b(digest_size=8)
    for path in (*sorted(Path(__file__).parent.glob("*.py")), *sorted(Path(__file__).parent.parent.glob("*.py"))):
        told.update(path.read_bytes())
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "trackchild" / f"loops-{told.hexdigest()}"
