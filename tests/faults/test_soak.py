"""Under a steady load the hub's processes need no more memory, and hold no more open, than when they were warm."""

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from hub.settings import Settings
from portal.web.server import listen
from tests.faults import answering, cycle
from tests.faults.crew import Crew
from tests.faults.figures import LONG, database_of, stated
from tests.faults.forked import ended as exit_of
from tests.faults.forked import started
from tests.faults.senders import Senders
from tests.faults.stubs import Stub, serving

#: Seconds: at full speed, to find it; until all is warm; of the soak. In so few as the short form has, a process is not
#: warm yet: its statement is a looser one, that nothing runs away.
_FIND, _WARM, _SOAK = (60, 300, 900) if LONG else (3, 6, 10)
# Half a minute is mostly warming up: the short form sees a gross leak only, and says so in its row.
_GROWTH, _DESCRIPTORS = (0.05, 2) if LONG else (0.5, 8)
_SHARE = 0.7


@dataclass
class Watched:
    """One process, looked at every half second: bytes that are its own, descriptors it holds open."""

    process: psutil.Process
    memory: list[int] = field(default_factory=list)
    descriptors: list[int] = field(default_factory=list)

    def look(self) -> None:
        self.memory.append(self.process.memory_full_info().uss)
        self.descriptors.append(self.process.num_fds())

    @property
    def growth(self) -> float:
        """Share by which the last tenth of the soak needed more than the first."""
        first, last = _ends(self.memory)
        return last / first - 1

    @property
    def more_open(self) -> float:
        first, last = _ends(self.descriptors)
        return last - first


def _ends(seen: list[int]) -> tuple[float, float]:
    tenth = max(3, len(seen) // 10)
    return statistics.median(seen[:tenth]), statistics.median(seen[-tenth:])


def test_a_soak_at_seven_tenths_of_the_load_needs_no_more_memory(database_url: str, adapters: Path) -> None:
    if not LONG and database_url.startswith("postgresql"):
        pytest.skip("the short form of the soak runs on SQLite only")
    stubs = {"police": Stub(dedupes=True), "home": Stub(dedupes=False)}
    with stated("soak", database_of(database_url)) as row, serving(stubs) as address:
        settings = cycle.settled(database_url, adapters, address).model_copy(
            update={"propose_bits": 10.0, "door_calls_per_second": 1e6}
        )
        keys = cycle.keys_of(settings, "police", "home")
        with _hub(settings, adapters) as (port, web, worker):
            rate = _full_speed(port, keys)
            with Senders(port, keys, per_second=_SHARE * rate, first=1_000_000).working() as sent:
                time.sleep(_WARM)
                for _ in range(2 * _SOAK):
                    web.look()
                    worker.look()
                    time.sleep(0.5)
        row.cases = len(web.memory)
        row.figures = {"messages/s": round(_SHARE * rate, 1), "acknowledged": len(sent.acknowledged)}
        for name, one in (("serve", web), ("work", worker)):
            row.figures[f"{name}: memory"] = f"{one.memory[-1] / 1e6:.0f} MB, {one.growth:+.1%}"
            row.figures[f"{name}: descriptors"] = f"{one.descriptors[-1]}, {one.more_open:+g}"
        assert sent.refused == []
        assert max(web.growth, worker.growth) <= _GROWTH
        assert max(web.more_open, worker.more_open) <= _DESCRIPTORS


@contextmanager
def _hub(settings: Settings, adapters: Path) -> Iterator[tuple[int, Watched, Watched]]:
    """A web process and a worker."""
    crew = Crew(settings.database, adapters, size=1)
    with listen("127.0.0.1", 0) as listening:
        process = started(answering.serve, settings, listening)
        try:
            crew.ready()
            worker = psutil.Process(crew.working[0].pid)
            yield listening.getsockname()[1], Watched(psutil.Process(process.pid)), Watched(worker)
        finally:
            crew.end()
            process.kill()
            exit_of(process)


def _full_speed(port: int, keys: dict[str, str]) -> float:
    """Messages acknowledged in a second when all is sent that the hub takes."""
    with Senders(port, keys).working() as sent:
        time.sleep(_FIND)
    return len(sent.acknowledged) / _FIND
