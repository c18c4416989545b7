"""A system that answers slowly, or byte by byte, delays nobody else and holds no more connections than its workers."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from contracts import Participant
from contracts.participants import Delivery, Endpoint
from hub.app import Hub
from tests.faults.conftest import Owe, Register, states
from tests.faults.crew import Crew
from tests.faults.figures import LONG, stated
from tests.faults.held import Held
from tests.faults.others import EVERY, MOST_TIMES, Others
from tests.faults.proxy import SOUND, Fault, Proxy
from tests.faults.stubs import Stub, serving

#: Seconds until it answers, its timeout, and how long each round is watched.
ANSWERS_IN, TIMEOUT, WATCHED = (30, 20, 60) if LONG else (3, 2, 4)
ROUNDS = 3 if LONG else 2
#: The short form looks again before it says that neighbours waited: the machine may do other things beside it.
ATTEMPTS = 1 if LONG else 3
DRIP = Fault(bytes_per_second=1)


@pytest.fixture
def database_url(postgres_url: str) -> str:
    """Several processes work beside each other: PostgreSQL."""
    return postgres_url


@pytest.mark.parametrize("how", ["replies after a time", "1 byte/s"])
def test_a_slow_participant_delays_nobody_else_and_holds_four_connections_at_most(
    hub: Hub, database_url: str, adapters: Path, register: Register, owe: Owe, how: str
) -> None:
    slow = Stub(dedupes=True)
    others = Others({f"other-{n}": Stub(dedupes=True) for n in range(5)}, owe)
    with stated("slow_participant", how) as row, serving({"slow": slow, **others.stubs}) as address:
        where = urlsplit(address)
        with Proxy((str(where.hostname), where.port or 0)) as proxy, Held(proxy.address) as held:
            _register_slow(hub, proxy.address)
            for name in others.stubs:
                register(name, "stub", f"{address}/{name}", timeout=5)
            crew = Crew(database_url, adapters, size=2, settings=EVERY | {"TRACKCHILD_LEASE_SECONDS": "10"})
            try:
                crew.ready()
                others.watch(1, [])
                for _ in range(ATTEMPTS):
                    others.calm.clear()
                    others.troubled.clear()
                    for _ in range(ROUNDS):
                        _heal(slow, proxy)
                        others.watch(WATCHED, others.calm)
                        _trouble(slow, proxy, how, owe)
                        others.watch(WATCHED, others.troubled)
                    if others.times <= MOST_TIMES:
                        break  # what another program did for a moment is not seen again; a lane in the way is
                _heal(slow, proxy)
            finally:
                crew.end()
            row.cases = len(others.troubled)
            row.figures = others.figures | {"connections held": held.most}
            assert slow.told > 2, "it was not tried"
            assert held.most <= 4
            assert others.times <= MOST_TIMES
            assert set(states(hub)) <= {"done", "owed"}


def _register_slow(hub: Hub, address: str) -> None:
    endpoint = Endpoint(adapter="stub", url=f"{address}/slow", timeout_seconds=TIMEOUT, delivery=Delivery(workers=4))
    hub.registry.participants.register(Participant(id="slow", name="slow", kind="other", endpoint=endpoint))


def _trouble(slow: Stub, proxy: Proxy, how: str, owe: Owe) -> None:
    owe("slow", 100, first=100 * slow.told)
    if how == "1 byte/s":
        proxy.back = DRIP
    else:
        slow.hurry.clear()
        slow.seconds = ANSWERS_IN


def _heal(slow: Stub, proxy: Proxy) -> None:
    proxy.back = SOUND
    slow.seconds = 0
    slow.hurry.set()
