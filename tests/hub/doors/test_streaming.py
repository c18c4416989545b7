"""An answer that grows comes as events at the REST door, and ends when whoever asked hangs up."""

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from contracts import Unready
from contracts.live import LiveReply, LiveSearch
from hub.access import Caller
from tests.hub.doors.conftest import serving
from tests.hub.doors.desk import KEY, READER_KEY, MemoryDesk

ASKED = {
    "query": {"name": "Sita"},
    "purpose": "inquiry",
    "case": "FIR 12/2026",
    "officer": {"id": "sho.gaya", "role": "SHO"},
}
PART = LiveReply(complete=False, hits=[], total=0, sources=[], milliseconds=1)


class Growing:
    """Grows for ever, fails, or waits to be closed."""

    def __init__(self, parts: int, error: Exception | None = None) -> None:
        self.parts, self.error, self.closed = parts, error, threading.Event()

    def __next__(self) -> LiveReply:
        if self.parts == 0 and self.error is not None:
            raise self.error
        self.parts -= 1
        self.closed.wait(0.01)
        return PART

    def close(self) -> None:
        self.closed.set()


class GrowingDesk(MemoryDesk):
    """Answers every live search by what ``growing`` is set to."""

    growing: Growing

    def search_live(self, caller: Caller, wanted: LiveSearch) -> Any:
        return self.growing


@pytest.fixture(scope="module")
def desk() -> Iterator[tuple[GrowingDesk, str]]:
    made = GrowingDesk()
    with serving(made) as address:
        yield made, address


def ask(address: str, key: str = KEY, **more: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {key}", "Accept": "text/event-stream"}
    return requests.post(f"{address}/api/v1/search/live", json=ASKED | more, headers=headers, stream=True, timeout=10)


def events(answer: requests.Response) -> list[tuple[str, Any]]:
    told = []
    for block in answer.content.decode().strip().split("\n\n"):
        name, data = block.split("\n")
        told.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return told


def test_parts_come_as_events_and_the_last_is_whole() -> None:
    with serving(MemoryDesk()) as address:
        answer = ask(address)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    assert [(name, said["complete"]) for name, said in events(answer)] == [("partial", False), ("whole", True)]


def test_whoever_hangs_up_ends_the_answer(desk: tuple[GrowingDesk, str]) -> None:
    made, address = desk
    made.growing = Growing(1_000_000)
    answer = ask(address)
    next(answer.iter_lines())
    assert not made.growing.closed.is_set()
    answer.close()
    assert made.growing.closed.wait(5)


def test_what_goes_wrong_midway_is_an_event_too(desk: tuple[GrowingDesk, str]) -> None:
    made, address = desk
    made.growing = Growing(1, Unready("database_busy", "The database does not answer."))
    told = events(ask(address))
    assert [name for name, _ in told] == ["partial", "error"]
    assert told[-1][1]["code"] == "database_busy"
    assert made.growing.closed.wait(5)


def test_what_is_refused_before_is_no_stream(desk: tuple[GrowingDesk, str]) -> None:
    _, address = desk
    for answer, code, status in (
        (ask(address, READER_KEY), "not_permitted", 403),
        (ask(address, seconds=900), "invalid_message", 422),
        (ask(address, "nobody"), "wrong_key", 401),
    ):
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.headers["content-type"] == "application/problem+json"


def test_an_answer_under_way_counts_against_the_calls_at_once(desk: tuple[GrowingDesk, str]) -> None:
    made, address = desk
    open_ones = []
    for _ in range(16):
        made.growing = Growing(1_000_000)
        open_ones.append((ask(address), made.growing))
    assert ask(address).json()["code"] == "too_many_calls"
    for answer, growing in open_ones:
        answer.close()
        assert growing.closed.wait(5)
