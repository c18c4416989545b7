"""The loop itself: bounded sockets, deadlines, calls side by side, code that blocks, and nothing left behind."""

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from adapters import wire
from contracts import Refused, Unready
from hub.asking.loop import Bounds, Loop, Task
from hub.asking.rounds import Round
from tests.hub.asking.owners import Owners
from tests.loopback import HERE


@pytest.fixture
def loop() -> Iterator[Loop]:
    made = Loop(Bounds(sockets=20, per_host=6, idle=20, threads=2, outgoing=HERE))
    yield made
    made.close()


def sent(owners: Owners, how: str = "well", milliseconds: int = 0, name: str = "one") -> wire.Sent:
    return wire.Sent("POST", owners.url(name, how, milliseconds) + "/search", {}, b"{}", 100_000)


def send(call: wire.Sent) -> int:
    over = wire.current()
    assert over is not None
    return over.send(call).status


def task(call: Callable[[], Any], seconds: float = 5.0, **more: Any) -> Task:
    return Task("one", call, time.monotonic() + seconds, lambda _: None, **more)


def done(loop: Loop, *tasks: Task) -> list[Any]:
    asked = Round(loop, tasks)
    asked.all()
    return [one.error.code if isinstance(one.error, Refused | Unready) else one.error or one.result for one in tasks]


def asking_threads() -> list[str]:
    return [one.name for one in threading.enumerate() if one.name.startswith("asking")]


def test_many_are_under_way_over_few_sockets(loop: Loop, owners: Owners) -> None:
    tasks = [task(partial(send, sent(owners, milliseconds=20, name=f"n{number}"))) for number in range(60)]
    assert done(loop, *tasks) == [200] * 60
    assert owners.open_most <= 6


def test_what_waits_for_a_socket_until_its_deadline_says_so(loop: Loop, owners: Owners) -> None:
    stuck = [task(partial(send, sent(owners, "half-open")), 3) for _ in range(6)]
    asked = Round(loop, stuck)
    while owners.open_now < 6:
        time.sleep(0.01)
    assert done(loop, task(partial(send, sent(owners)), 0.2)) == ["no_free_socket"]
    asked.close()
    assert done(loop, task(partial(send, sent(owners)))) == [200]


def test_a_deadline_breaks_off_and_closes_the_connection(loop: Loop, owners: Owners) -> None:
    assert done(loop, task(partial(send, sent(owners, "half-open")), 0.2)) == ["timed_out"]
    while owners.open_now:
        time.sleep(0.01)


def test_an_asker_that_goes_away_leaves_no_connection(loop: Loop, owners: Owners) -> None:
    asked = Round(loop, [task(partial(send, sent(owners, "half-open")), 60) for _ in range(5)])
    while owners.open_now < 5:
        time.sleep(0.01)
    asked.close()
    while owners.open_now:
        time.sleep(0.01)


def test_calls_side_by_side_come_back_in_order(loop: Loop, owners: Owners) -> None:
    def together() -> list[int]:
        slow_first = [sent(owners, milliseconds=80), sent(owners, "404"), sent(owners, milliseconds=5)]
        return wire.together([partial(send, one) for one in slow_first])

    assert done(loop, task(together)) == [[200, 404, 200]]


def test_the_first_error_of_calls_side_by_side_is_raised(loop: Loop, owners: Owners) -> None:
    def fail(words: str) -> None:
        raise KeyError(words)

    def together() -> str:
        try:
            wire.together([partial(send, sent(owners)), partial(fail, "a"), partial(fail, "b")])
        except KeyError as error:
            return str(error)
        return "none"

    assert done(loop, task(together)) == ["'a'"]


def test_code_that_catches_everything_still_ends_at_its_deadline(loop: Loop, owners: Owners) -> None:
    def stubborn() -> str:
        while True:
            try:
                send(sent(owners, "half-open"))
            except Exception:
                continue

    assert done(loop, task(stubborn, 0.3)) == ["timed_out"]


def test_a_block_is_left_as_it_should_be_when_it_is_broken_off(loop: Loop, owners: Owners) -> None:
    left = threading.Event()

    def careful() -> None:
        try:
            send(sent(owners, "half-open"))
        finally:
            left.set()

    assert done(loop, task(careful, 0.2)) == ["timed_out"]
    assert left.wait(5)


def test_code_that_blocks_has_a_thread_and_the_same_deadline(loop: Loop) -> None:
    release = threading.Event()
    blocked = task(lambda: release.wait(20), 0.2, over_wire=False)
    quick = task(lambda: threading.current_thread().name, over_wire=False)
    told = done(loop, blocked, quick)
    release.set()
    assert told[0] == "timed_out" and told[1].startswith("asking_")


def test_long_arithmetic_lets_others_go_on(loop: Loop, owners: Owners) -> None:
    turns: list[str] = []

    def counting(name: str) -> None:
        for _ in range(3):
            turns.append(name)
            wire.breathe()

    done(loop, task(partial(counting, "a")), task(partial(counting, "b")))
    assert turns[:4] == ["a", "b", "a", "b"]


def test_nothing_is_left_behind(owners: Owners) -> None:
    loop = Loop(Bounds(threads=2, outgoing=HERE))
    assert done(loop, task(partial(send, sent(owners)))) == [200]
    under_way = task(partial(send, sent(owners, "half-open")), 60)
    asked = Round(loop, [under_way])
    loop.close()
    asked.all()
    assert isinstance(under_way.error, Unready) and under_way.error.code == "hub_ending"
    assert asking_threads() == []
    while owners.open_now:
        time.sleep(0.01)
    with pytest.raises(Unready) as ended:
        loop.start([task(partial(send, sent(owners)))])
    assert ended.value.code == "hub_ending"


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/x", "http://", "gopher://127.0.0.1:70/x", "file:///etc/passwd"])
def test_only_http_is_spoken(loop: Loop, url: str) -> None:
    (code,) = done(loop, task(partial(send, wire.Sent("GET", url, {}, None, 100))))
    assert code in ("bad_url", "unexpected_answer", "unreachable")
