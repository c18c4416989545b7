"""How much one participant may ask at once: whoever floods the hub is told to wait, and the others feel nothing."""

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from contracts import Unready


@dataclass
class _Bucket:
    left: float
    at: float
    inside: int = 0


class Admission:
    """A token bucket of a second's calls for each caller, and a bound on those that are worked at."""

    def __init__(self, per_second: float, at_once: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second, self._at_once, self._clock = per_second, at_once, clock
        self._buckets: dict[str, _Bucket] = {}
        self._lock = threading.Lock()

    @contextmanager
    def admitted(self, who: str) -> Iterator[None]:
        """Let one call of ``who`` in; ``Unready`` (``too_many_calls``) says in how many seconds to try again."""
        bucket = self._enter(who)
        try:
            yield
        finally:
            with self._lock:
                bucket.inside -= 1

    def _enter(self, who: str) -> _Bucket:
        most, now = max(1.0, self._per_second), self._clock()
        with self._lock:
            bucket = self._buckets.setdefault(who, _Bucket(most, now))
            bucket.left = min(most, bucket.left + (now - bucket.at) * self._per_second)
            bucket.at = now
            if bucket.left < 1:
                raise _too_many((1 - bucket.left) / self._per_second)
            if bucket.inside >= self._at_once:
                raise _too_many(1)
            bucket.left -= 1
            bucket.inside += 1
        return bucket


def _too_many(seconds: float) -> Unready:
    message = "You call faster than you are served. Wait as told, and send larger messages instead of more."
    return Unready("too_many_calls", message, max(1, math.ceil(seconds)))
