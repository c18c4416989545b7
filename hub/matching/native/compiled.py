"""Turns the loops of this folder into machine code, where numba is there to do it.

No fast-math: sums stay in the order in which they are written, so that they equal those of numpy to the last bit.
"""

import ctypes
import mmap
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
_READ_AND_RUN = 1 | 4


@cache
def available() -> bool:
    """Whether loops can be compiled here."""
    return os.environ.get(SWITCHED_OFF) != "1" and find_spec("numba") is not None and _may_make_code()


def _may_make_code() -> bool:
    """Whether memory that was written may be run: hardened units forbid it, and compiling would end the process."""
    with mmap.mmap(-1, mmap.PAGESIZE) as page:
        held = ctypes.c_char.from_buffer(page)
        refused = ctypes.CDLL(None).mprotect(ctypes.c_void_p(ctypes.addressof(held)), mmap.PAGESIZE, _READ_AND_RUN)
        del held
    return not refused


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

    before, made = numba.config.CACHE_DIR, numba.njit(nogil=True, error_model="numpy")(whole)
    try:
        numba.config.CACHE_DIR = str(_folder())
        made.enable_caching()
    except (RuntimeError, OSError):
        pass  # nowhere to keep it: compiled again by each process
    finally:
        numba.config.CACHE_DIR = before
    kept: _Loop = made
    return kept


@cache
def _folder() -> Path:
    """Where compiled loops are kept. numba minds a loop's own file only: any step's change must change it."""
    told = blake2b(digest_size=8)
    for path in (*sorted(Path(__file__).parent.glob("*.py")), *sorted(Path(__file__).parent.parent.glob("*.py"))):
        told.update(path.read_bytes())
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "trackchild" / f"loops-{told.hexdigest()}"
