"""Turns the loops of this folder into machine code, where numba is there to do it."""

import os
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import Any, TypeVar

_Loop = TypeVar("_Loop", bound=Callable[..., Any])
#: Set to 1, everything is counted by numpy alone: slower, and to the same bits.
SWITCHED_OFF = "TRACKCHILD_WITHOUT_NUMBA"


@cache
def available() -> bool:
    """Whether loops can be compiled here."""
    return os.environ.get(SWITCHED_OFF) != "1" and find_spec("numba") is not None


def compiled(loop: _Loop) -> _Loop:
    """The loop, compiled when it is first called and kept for later processes; it lets go of the interpreter's lock.

    No fast-math: sums stay in the order in which they are written, so that they equal those of numpy to the last bit.
    """
    if not available():
        return loop
    import numba

    made: _Loop = numba.njit(nogil=True, cache=True, error_model="numpy")(loop)
    return made
