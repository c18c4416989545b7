"""The other participants: how long each notice to them takes, in calm and while one participant is in trouble.

Workers look as often as ``EVERY`` says (in the long form the setting's default), so that this is what an owner waits.
"""

import itertools
import time
from dataclasses import dataclass, field

from tests.faults.conftest import Owe
from tests.faults.figures import LONG, p95
from tests.faults.stubs import Stub

EVERY = {"TRACKCHILD_DELIVER_EVERY_SECONDS": "2" if LONG else "0.5"}

#: How many times as long they may wait (p95). The short form has some 150 samples on a machine that does other things
#: beside it: it shows the figure, and tells noise from neighbours that wait for the one in trouble, whose answers take
#: many times as long. That it is 1.1 at most is held by the long form.
MOST_TIMES = 1.1 if LONG else 2.5


@dataclass(repr=False)
class Others:
    """Healthy systems by name. ``calm`` and ``troubled`` hold how long notices took, from being owed to being told."""

    stubs: dict[str, Stub]
    owe: Owe
    every: float = 0.05
    """Seconds between two notices, each to the next of them."""
    calm: list[float] = field(default_factory=list)
    troubled: list[float] = field(default_factory=list)
    _owed_at: dict[str, float] = field(default_factory=dict)
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def watch(self, seconds: float, into: list[float]) -> None:
        """Owe notices for so long, wait until all were told, and keep how long each took."""
        until, owed = time.monotonic() + seconds, []
        while time.monotonic() < until:
            owed.append(self._owe_one())
            time.sleep(self.every)
        for name, notice in owed:
            into.append(self._told_at(name, notice) - self._owed_at[notice])

    def _owe_one(self) -> tuple[str, str]:
        number = next(self._numbers)
        name = list(self.stubs)[number % len(self.stubs)]
        self.owe(name, 1, first=number)
        notice = f"{name}-{number:05}"
        self._owed_at[notice] = time.monotonic()
        return name, notice

    def _told_at(self, name: str, notice: str) -> float:
        until = time.monotonic() + 60
        while notice not in self.stubs[name].at:
            assert time.monotonic() < until, f"{notice} was never told"
            time.sleep(0.01)
        return self.stubs[name].at[notice]

    @property
    def times(self) -> float:
        """How many times as long they wait (p95) while there is trouble."""
        return round(p95(self.troubled) / p95(self.calm), 2)

    @property
    def figures(self) -> dict[str, str | int | float]:
        calm, troubled = p95(self.calm) * 1_000, p95(self.troubled) * 1_000
        return {"others' p95": f"{calm:.0f} ms in calm, {troubled:.0f} ms beside it ({self.times:.2f} times)"}
