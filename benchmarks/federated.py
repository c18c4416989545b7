"""How long a live search of 1,700 owners' systems takes beside the slowest healthy one, and what it holds meanwhile.

One server on the loopback plays all of them, each at its own path and its own address of 127.0.0.0/8, with latencies
drawn from a seeded generator: most answer, some are slow beyond every deadline, down, refuse, or answer badly. The
answer must be whole from every healthy one within the slowest healthy latency plus 250 ms, and read in the process
that asks: registry, lanes, audit, translation, ranking and all. Run: ``python -m benchmarks.federated``.
"""

import argparse
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from contracts import Officer, Participant, Purpose
from contracts.exchange import Search
from contracts.live import LiveReply, LiveSearch, SourceState
from contracts.participants import Endpoint, ParticipantKind
from hub.access import EVERYWHERE, Role, person
from hub.app import Hub
from hub.settings import Settings
from tests.hub.asking.owners import write_adapters
from tests.looking import Looking

OWNERS = Path(__file__).parents[1] / "tests" / "hub" / "asking" / "owners.py"
LIMIT_MS = 250
ASKER = person(Officer(id="cwc.bench", role="committee"), Role.COMMITTEE, EVERYWHERE)
#: Share of owners and how they behave; the rest are healthy.
BROKEN = (("half-open", 0.02), ("500", 0.02), ("reset", 0.01), ("garbage", 0.01), ("403", 0.01), ("drip", 0.005))


@dataclass(frozen=True)
class Drawn:
    """One owner: how it answers, after how many milliseconds, with how many children."""

    name: str
    how: str
    milliseconds: int
    rows: int


def drawn(many: int, slowest: int, seed: int, broken: bool) -> list[Drawn]:
    """Latencies as of systems near and far: a lognormal of median 250 ms, cut at the slowest, which one has."""
    chance = random.Random(seed)
    owners = []
    for number in range(many):
        how, draw = "well", chance.random()
        for kind, share in BROKEN if broken else ():
            draw -= share
            if draw < 0:
                how = kind
                break
        latency = min(slowest, int(chance.lognormvariate(5.5, 0.8)))
        owners.append(Drawn(f"owner-{number:04d}", how, latency, chance.choices((0, 1, 2), (50, 40, 10))[0]))
    owners[chance.randrange(many)] = Drawn("owner-slowest", "well", slowest, 1)
    return owners


@contextmanager
def played() -> Iterator[int]:
    """The owners' server as a process of its own; its port."""
    process = subprocess.Popen([sys.executable, str(OWNERS)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()


def register(hub: Hub, owners: list[Drawn], port: int) -> None:
    """Each as a participant with a host of its own."""
    for number, one in enumerate(owners):
        host = f"127.{1 + number // 60_000}.{number // 250 % 250}.{1 + number % 250}"
        how = one.how if one.how != "well" else "quiet"
        url = f"http://{host}:{port}/{one.name}/{how}/{one.milliseconds}/{one.rows}"
        hub.registry.participants.put(
            Participant(
                id=one.name,
                name=one.name,
                kind=ParticipantKind.OTHER,
                endpoint=Endpoint(adapter="owner", url=url, timeout_seconds=20),
            )
        )


class Watch(Looking):
    """The most sockets that were open while it looked."""

    def __init__(self) -> None:
        super().__init__(every=0.05)
        self.sockets = 0

    def look(self) -> None:
        self.sockets = max(self.sockets, len(list(Path("/proc/self/fd").iterdir())))


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def asked(hub: Hub, source_seconds: float) -> tuple[LiveReply, float, float]:
    """One whole answer, its milliseconds, and those until the first word."""
    wanted = LiveSearch(
        query=Search(name="Ravi Kumar", limit=20),
        purpose=Purpose.INQUIRY,
        case="FIR 1/2026",
        seconds=source_seconds + 5,
        source_seconds=source_seconds,
    )
    begun = time.monotonic()
    answers = hub.search_live(ASKER, wanted)
    next(answers)
    first = time.monotonic() - begun
    reply = answers.whole()
    return reply, (time.monotonic() - begun) * 1000, first * 1000


def healthy_there(reply: LiveReply, owners: list[Drawn]) -> tuple[int, int]:
    """How many of the healthy answered, of how many."""
    answered = {one.participant for one in reply.sources if one.state is SourceState.ANSWERED}
    healthy = {one.name for one in owners if one.how == "well"}
    return len(answered & healthy), len(healthy)


def measure(hub: Hub, owners: list[Drawn], slowest: int, source_seconds: float, times: int) -> bool:
    """Print each round; true if every healthy owner was in each answer within the limit."""
    print(" round  whole ms  over ms  first ms      healthy  CPU ms  files  states")
    overs, held = [], True
    for number in range(times):
        with Watch() as watch:
            cpu = time.process_time()
            reply, whole, first = asked(hub, source_seconds)
            cpu = (time.process_time() - cpu) * 1000
        hub.asking.finish()
        there, healthy = healthy_there(reply, owners)
        overs.append(whole - waited_for(reply, owners, slowest, source_seconds))
        held &= there == healthy and overs[-1] <= LIMIT_MS
        print(
            f"{number:>6} {whole:>9.0f} {overs[-1]:>8.0f} {first:>9.0f} {there:>6}/{healthy:<5} {cpu:>7.0f}"
            f" {watch.sockets:>6}  {told(reply)}"
        )
    print(f"over the slowest: median {statistics.median(overs):.0f} ms, worst {max(overs):.0f} ms; limit {LIMIT_MS} ms")
    return held


def told(reply: LiveReply) -> str:
    states = Counter(one.code or one.state.value for one in reply.sources)
    return ", ".join(f"{state} {many}" for state, many in states.most_common())


def waited_for(reply: LiveReply, owners: list[Drawn], slowest: int, source_seconds: float) -> float:
    """Milliseconds: the slowest healthy one; or the deadline, if one that was asked never answers."""
    slow = {one.participant for one in reply.sources if one.state is SourceState.SLOW}
    never = any(one.name in slow and one.how != "well" for one in owners)
    return source_seconds * 1000 if never else slowest


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--owners", type=int, default=1_700)
    options.add_argument("--slowest", type=int, default=2_000, help="latency of the slowest healthy owner, in ms")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seed", type=int, default=7)
    given = options.parse_args()
    held = True
    with tempfile.TemporaryDirectory() as place, played() as port:
        for title, broken in (("all healthy", False), ("7.5 % broken", True)):
            folder = Path(place) / title.split()[0].replace(".", "")
            write_adapters(folder)
            settings = Settings(
                database=f"sqlite:///{folder}/hub.sqlite",
                adapters=[folder],
                log_level="error",
                live_seconds=30,
                allow_networks=["127.0.0.0/8"],
            )
            hub = Hub.open(settings)
            owners = drawn(given.owners, given.slowest, given.seed, broken)
            register(hub, owners, port)
            begun = time.monotonic()
            hub.asking.searching.prepare()  # as `trackchild serve` does when it begins
            print(f"\n{len(owners)} owners, {title}; slowest healthy {given.slowest} ms; made ready in"
                  f" {(time.monotonic() - begun) * 1000:.0f} ms; the first round finds no open connection")  # fmt: skip
            held &= measure(hub, owners, given.slowest, given.slowest / 1000 + 0.5, given.rounds)
            hub.close()
            if not broken:
                print("\na process that begins later; its first round finds no open connection either")
                hub = Hub.open(settings)
                hub.asking.searching.prepare()
                held &= measure(hub, owners, given.slowest, given.slowest / 1000 + 0.5, 1)
                hub.close()
            print(f"memory peak {megabytes():.0f} MB; threads left {threading.active_count() - 1}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
