"""The courier: what is owed is delivered under one id, in order for each child, and nobody waits for the dead."""

import datetime
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests

from adapters.base import Adapter, Capability, Connection, Receipt
from contracts import Notice, NoticeKind, Reference, Refused, Unready
from hub.courier import Courier, Policy
from hub.index import Store


@dataclass
class Owner:
    """A participant's system over HTTP: what it was told, and the status it answers with next."""

    url: str = ""
    told: list[str] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    server: ThreadingHTTPServer | None = None


@pytest.fixture
def owner() -> Iterator[Owner]:
    made = Owner()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status = made.answers.pop(0) if made.answers else 200
            if status == 200:
                made.told.append(body["notice_id"])
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made.url = f"http://127.0.0.1:{server.server_port}/"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield made
        server.shutdown()
        thread.join()


class Plain(Adapter):
    """Posts a notice as JSON."""

    capabilities = frozenset({Capability.PUSH})

    def push(self, notice: Notice) -> Receipt:
        try:
            reply = requests.post(self.connection.url, json=notice.model_dump(mode="json"), timeout=5)
        except requests.ConnectionError:
            raise Unready("unreachable", "Nobody answers there.") from None
        if reply.status_code == 422:
            raise Refused("not_wanted", "The owner refused the notice.")
        if reply.status_code != 200:
            raise Unready("busy", "Try later.", int(reply.headers.get("Retry-After", 0)) or None)
        return Receipt(foreign_id="their-1")


class Watch:
    def __init__(self, start: datetime.datetime) -> None:
        self.time = start

    def __call__(self) -> datetime.datetime:
        return self.time

    def move(self, seconds: float) -> None:
        self.time += datetime.timedelta(seconds=seconds)


@pytest.fixture
def watch(start: datetime.datetime) -> Watch:
    return Watch(start)


Owe = Callable[..., None]


@pytest.fixture
def owe(store: Store, watch: Watch) -> Owe:
    def _owe(lane: str, *notices: tuple[str, str]) -> None:
        """Owe (notice id, source id) pairs to a participant."""
        with store.write() as work:
            work.outbox.add([_notice(lane, *one, watch()) for one in notices], watch())

    return _owe


def _notice(lane: str, notice_id: str, source_id: str, at: datetime.datetime) -> Notice:
    about = Reference(participant=lane, source_id=source_id)
    return Notice(
        notice_id=notice_id, kind=NoticeKind.MATCH_PROPOSED, to=lane, about=about, created_at=at, text="Please review."
    )


@pytest.fixture
def courier(store: Store, owner: Owner, watch: Watch) -> Courier:
    systems: dict[str, Adapter | None] = {
        "police-br": Plain(Connection("police-br", owner.url)),
        "down": Plain(Connection("down", "http://127.0.0.1:9/")),
        "fetches": None,
    }
    return Courier(store, systems.__getitem__, Policy(workers=2, attempts=4, first=10, longest=100), watch)


def _state(store: Store, lane: str) -> dict[str, int]:
    with store.read() as work:
        return {state: many for name, state, many in work.outbox.counts() if name == lane}


def test_what_is_due_is_delivered_once_and_the_owners_id_is_kept(
    courier: Courier, owner: Owner, owe: Owe, store: Store
) -> None:
    owe("police-br", ("notice-01", "M1"), ("notice-02", "M2"))
    report = courier.deliver()
    assert (report.delivered, report.waiting) == (2, 0)
    assert courier.deliver().delivered == 0
    assert sorted(owner.told) == ["notice-01", "notice-02"]
    with store.engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT DISTINCT foreign_id, how FROM outbox").all() == [
            ("their-1", "pushed")
        ]


def test_the_order_of_one_child_is_kept_even_when_an_attempt_fails(
    courier: Courier, owner: Owner, owe: Owe, watch: Watch
) -> None:
    owner.answers = [503]
    owe("police-br", ("notice-01", "M1"), ("notice-02", "M1"), ("notice-03", "M2"))
    courier.deliver()
    assert owner.told == ["notice-03"]
    watch.move(60)
    courier.deliver()
    assert owner.told == ["notice-03", "notice-01", "notice-02"]


def test_a_refused_notice_is_dead_at_once_and_the_next_go_on(
    courier: Courier, owner: Owner, owe: Owe, store: Store
) -> None:
    owner.answers = [422]
    owe("police-br", ("notice-01", "M1"), ("notice-02", "M1"))
    report = courier.deliver()
    assert (report.dead, report.delivered) == (1, 1)
    assert _state(store, "police-br") == {"dead": 1, "done": 1}


def test_a_dead_participant_costs_the_others_nothing(courier: Courier, owner: Owner, owe: Owe, store: Store) -> None:
    owe("down", *[(f"notice-d{n:02}", f"D{n}") for n in range(20)])
    owe("police-br", *[(f"notice-p{n:02}", f"P{n}") for n in range(20)])
    report = courier.deliver()
    assert (report.delivered, report.retried, report.waiting) == (20, 3, 20)
    assert courier.deliver().retried == 0  # left alone for now


def test_a_participant_that_comes_back_gets_everything(courier: Courier, owner: Owner, owe: Owe, watch: Watch) -> None:
    owner.answers = [500] * 3
    owe("police-br", *[(f"notice-{n:02}", f"M{n}") for n in range(8)])
    courier.deliver()
    for _ in range(5):
        watch.move(120)
        courier.deliver()
    assert sorted(owner.told) == [f"notice-{n:02}" for n in range(8)]


def test_what_never_works_is_laid_aside_for_a_person(
    courier: Courier, owner: Owner, owe: Owe, watch: Watch, store: Store
) -> None:
    owner.answers = [500] * 4
    owe("police-br", ("notice-01", "M1"))
    for _ in range(4):
        courier.deliver()
        watch.move(500)
    assert _state(store, "police-br") == {"dead": 1}


def test_a_system_that_is_away_kills_no_notice_however_often_it_is_tried(
    courier: Courier, owe: Owe, watch: Watch, store: Store
) -> None:
    owe("down", ("notice-01", "D1"))
    for _ in range(20):
        courier.deliver()
        watch.move(500)
    assert _state(store, "down") == {"owed": 1}


def test_notices_of_a_participant_that_fetches_wait_for_it(
    courier: Courier, owe: Owe, store: Store, watch: Watch
) -> None:
    owe("fetches", ("notice-01", "F1"), ("notice-02", "F2"))
    assert courier.deliver().waiting == 2
    with store.write() as work:
        assert [one.notice_id for one in work.outbox.waiting("fetches", None, 10)] == ["notice-01", "notice-02"]
        assert [one.notice_id for one in work.outbox.waiting("fetches", "notice-01", 10)] == ["notice-02"]
        at, notice = work.outbox.acknowledge("fetches", "notice-01", watch())
        assert notice is not None and notice.notice_id == "notice-01"
    watch.move(5)
    with store.write() as work:
        assert work.outbox.acknowledge("fetches", "notice-01", watch()) == (at, None)
        assert work.outbox.acknowledge("down", "notice-02", watch()) == (None, None)
    assert _state(store, "fetches") == {"done": 1, "owed": 1}


def test_an_acknowledged_notice_is_not_pushed_any_more(
    courier: Courier, owner: Owner, owe: Owe, store: Store, watch: Watch
) -> None:
    owe("police-br", ("notice-01", "M1"))
    with store.write() as work:
        work.outbox.acknowledge("police-br", "notice-01", watch())
    assert courier.deliver().delivered == 0
    assert owner.told == []


def test_a_claim_is_held_by_one_courier_until_it_runs_out(owe: Owe, store: Store, watch: Watch) -> None:
    owe("police-br", ("notice-01", "M1"))
    until = watch() + datetime.timedelta(seconds=60)
    with store.write() as work:
        (owed,) = work.outbox.claim("police-br", "first", watch(), until, 10)
    with store.write() as work:
        assert work.outbox.claim("police-br", "second", watch(), until, 10) == []
    watch.move(61)
    with store.write() as work:
        assert len(work.outbox.claim("police-br", "second", watch(), until + datetime.timedelta(61), 10)) == 1
        assert not work.outbox.done(owed.seq, "first", "pushed", None, (watch(), watch()))
        assert work.outbox.done(owed.seq, "second", "pushed", None, (watch(), watch()))


def test_a_defect_of_an_adapter_is_retried_like_an_outage(store: Store, owe: Owe, watch: Watch) -> None:
    class Defective(Adapter):
        capabilities = frozenset({Capability.PUSH})

        def push(self, notice: Notice) -> Receipt:
            raise KeyError("a child's words")

    owe("police-br", ("notice-01", "M1"))
    broken = Courier(store, lambda _: Defective(Connection("police-br", "http://127.0.0.1:9/")), Policy(), watch)
    assert broken.deliver().retried == 1
    with store.engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT last_error FROM outbox").scalar() == "defect: KeyError"
