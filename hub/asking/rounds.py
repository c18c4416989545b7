"""One question to many: its calls begun together, told as they end, broken off when the asker goes away."""

import threading
import time
from collections import deque
from collections.abc import Sequence

from contracts import Unready
from hub.asking.loop import Loop, Task

_GRACE = 5.0
#: The asker is woken so seldom, and when the last has ended: each waking costs both threads a turn.
_WAKE_SECONDS = 0.05


class Round:
    """Begins the tasks at once; ``some`` gives those that ended until ``over``; ``close`` breaks off the rest."""

    def __init__(self, loop: Loop, tasks: Sequence[Task]) -> None:
        self._loop, self._left = loop, set(tasks)
        self._told: deque[Task] = deque()
        self._woken, self._woken_at, self._awaited = threading.Event(), 0.0, len(tasks)
        self._last = max((task.until for task in tasks), default=0.0) + _GRACE
        for task in tasks:
            task.ended = self._tell
        loop.start(tasks)

    @property
    def over(self) -> bool:
        return not self._left

    def some(self, longest: float) -> list[Task]:
        """What ended since the last look; waits for some of it, at most so many seconds."""
        self._woken.wait(longest)
        self._woken.clear()
        some = [self._told.popleft() for _ in range(len(self._told))]
        self._left.difference_update(some)
        if self._left and time.monotonic() > self._last:
            raise Unready("asking_failed", "Asking the owners failed at the hub. Ask again.")
        return some

    def all(self) -> None:
        """Wait until every task ended."""
        while not self.over:
            self.some(1.0)

    def close(self) -> None:
        if self._left:
            self._loop.cancel(self._left)
            self._left = set()

    def _tell(self, task: Task) -> None:
        """In the loop's thread."""
        self._told.append(task)
        self._awaited -= 1
        now = time.monotonic()
        if self._awaited == 0 or now - self._woken_at >= _WAKE_SECONDS:
            self._woken_at = now
            self._woken.set()
