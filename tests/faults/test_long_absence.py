"""A participant that is away for three days gets all it is owed, in order and at its usual rate; nobody else waits."""

import datetime
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from hub.app import Hub
from hub.courier import Courier, Policy
from tests.faults.conftest import Owe, Register, states
from tests.faults.figures import LONG, stated
from tests.faults.others import EVERY, MOST_TIMES, Others
from tests.faults.proxy import SOUND, Fault, Proxy
from tests.faults.stubs import Stub, serving

HOURS, AN_HOUR = 72, 1_389 if LONG else 5
WAITING = HOURS * AN_HOUR
NORMAL = 5_000 if LONG else 250
RECORDS = 100
_SECONDS_AN_HOUR = 1.0 if LONG else 0.15
_PATIENCE = 3_600 if LONG else 120


class Watch:
    """A clock that can be moved forward."""

    def __init__(self) -> None:
        self._ahead = datetime.timedelta()

    def __call__(self) -> datetime.datetime:
        return datetime.datetime.now(datetime.UTC) + self._ahead

    def move_an_hour(self) -> None:
        self._ahead += datetime.timedelta(hours=1)


@pytest.fixture
def database_url(postgres_url: str) -> str:
    return postgres_url


@contextmanager
def working(hub: Hub, watch: Watch) -> Iterator[None]:
    """A courier with the usual policy that goes by ``watch``."""
    courier = Courier(hub.store, hub._takes_notices, Policy(), watch, hub.systems.terms)
    every = float(EVERY["TRACKCHILD_DELIVER_EVERY_SECONDS"])
    thread = threading.Thread(target=courier.run, args=(every,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        courier.end()
        thread.join(30)


@contextmanager
def beside(others: Others, into: list[float]) -> Iterator[None]:
    """Others are told of things all the while, in rounds of a second."""
    ending = threading.Event()

    def tell() -> None:
        while not ending.is_set():
            others.watch(1, into)

    thread = threading.Thread(target=tell)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()


def test_three_days_of_absence_lose_nothing_and_delay_nobody_else(
    hub: Hub, adapters: Path, register: Register, owe: Owe
) -> None:
    away = Stub(dedupes=True)
    others = Others({f"other-{n}": Stub(dedupes=True) for n in range(5)}, owe)
    watch = Watch()
    with stated("long_absence") as row, serving({"away": away, **others.stubs}) as address:
        where = urlsplit(address)
        with Proxy((str(where.hostname), where.port or 0)) as proxy, working(hub, watch):
            register("away", "stub", f"{proxy.address}/away", timeout=5)
            for name in others.stubs:
                register(name, "stub", f"{address}/{name}", timeout=5)
            with beside(others, others.calm):
                owe("away", NORMAL, records=RECORDS)
                normal = _rate(away, NORMAL)
            proxy.towards = Fault(reset_after=0)
            with beside(others, others.troubled):
                _three_days(watch, owe)
                told = away.told
                proxy.towards = SOUND
                watch.move_an_hour()
                drained = _rate(away, NORMAL + WAITING)
        row.cases = WAITING
        out_of_order = sum(numbers != sorted(numbers) for numbers in away.order.values())
        row.figures = {
            "lost": NORMAL + WAITING - len(away.effects),
            "out of order": out_of_order,
            "drained at": f"{drained:.0f}/s ({drained / normal:.0%} of the normal {normal:.0f}/s)",
        } | others.figures
        assert told == NORMAL, "it was away"
        assert (states(hub).get("dead"), len(away.effects), out_of_order) == (None, NORMAL + WAITING, 0)
        assert drained >= 0.8 * normal
        assert others.times <= MOST_TIMES


def _three_days(watch: Watch, owe: Owe) -> None:
    for hour in range(HOURS):
        owe("away", AN_HOUR, first=NORMAL + hour * AN_HOUR, records=RECORDS)
        watch.move_an_hour()
        time.sleep(_SECONDS_AN_HOUR)


def _rate(stub: Stub, wanted: int) -> float:
    """Notices per second from the first that comes now to the last of ``wanted``."""
    before, until = stub.told, time.monotonic() + _PATIENCE
    _wait(lambda: stub.told > before, until)
    first = time.monotonic()
    _wait(lambda: stub.told >= wanted, until)
    return (wanted - before) / (time.monotonic() - first)


def _wait(there: Callable[[], bool], until: float) -> None:
    while not there():
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.002)
