"""Who watches the hub sees whether it is ready and how each participant stands, and nothing about a person."""

import asyncio
import datetime
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from sqlalchemy import event

from contracts import Notice, NoticeKind, Participant, Reference
from hub.app import Hub
from hub.doors import watch
from hub.index.outbox import Why
from hub.settings import Settings

ME = ("127.0.0.1", 5000)


@pytest.fixture
def hub(database_url: str) -> Iterator[Hub]:
    opened = Hub.open(Settings(database=database_url))
    opened.registry.participants.put(Participant(id="police-br", name="Bihar", kind="state_police"))
    yield opened
    opened.close()


class Client:
    """Asks the addresses in process, as if from an address."""

    def __init__(self, hub: Hub, client: tuple[str, int]) -> None:
        app = FastAPI()
        watch(app, hub)
        self._transport = httpx.ASGITransport(app, client=client)

    def get(self, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        async def ask() -> httpx.Response:
            async with httpx.AsyncClient(transport=self._transport, base_url="http://hub") as client:
                return await client.get(path, headers=headers)

        return asyncio.run(ask())


def _client(hub: Hub, client: tuple[str, int] = ME) -> Client:
    return Client(hub, client)


def _owe(hub: Hub, many: int, since: datetime.datetime) -> None:
    notices = [
        Notice(
            notice_id=f"notice-{n:02}",
            kind=NoticeKind.MATCH_PROPOSED,
            to="police-br",
            about=Reference(participant="police-br", source_id=f"M{n}"),
            created_at=since,
            text="Asha may be found.",
        )
        for n in range(many)
    ]
    with hub.store.write() as work:
        work.outbox.add(notices, since)


def _figures(text: str) -> dict[tuple[str, str], float]:
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            rest = "/".join(value for key, value in sorted(sample.labels.items()) if key != "participant")
            found[(sample.name + (f" {rest}" if rest else ""), sample.labels["participant"])] = sample.value
    return found


def test_a_hub_whose_database_takes_writes_is_ready(hub: Hub) -> None:
    client = _client(hub)
    assert client.get("/health/live").status_code == 200
    assert client.get("/health/ready").status_code == 200
    assert client.get("/health/ready").status_code == 200


def test_a_hub_whose_database_refuses_is_live_and_not_ready(hub: Hub) -> None:
    client = _client(hub)

    @event.listens_for(hub.store.engine, "before_cursor_execute")
    def full(*_: object) -> None:
        raise OSError("No space left on device")

    try:
        assert client.get("/health/live").status_code == 200
        assert client.get("/health/ready").status_code == 503
    finally:
        event.remove(hub.store.engine, "before_cursor_execute", full)
    assert client.get("/health/ready").status_code == 200


def test_queues_attempts_outcomes_and_incidents_are_told_by_participant(hub: Hub) -> None:
    now = datetime.datetime.now(datetime.UTC)
    _owe(hub, 3, now - datetime.timedelta(seconds=100))
    with hub.store.write() as work:
        one, two, _ = work.outbox.claim("police-br", "me", now, now + datetime.timedelta(60), 10)
        work.outbox.done(one.seq, "me", "pushed", None, (now, now))
        work.outbox.dead(two.seq, "me", Why("refused_by_source"), (now, now))
        work.lanes.failed("police-br", "down", now)
        work.lanes.leave_alone("police-br", now, now)
    told = _client(hub).get("/metrics")
    assert told.headers["content-type"].startswith("text/plain; version=0.0.4")
    figures = _figures(told.text)
    assert figures[("trackchild_queue_depth", "police-br")] == 1
    assert figures[("trackchild_queue_age_seconds", "police-br")] >= 100
    assert figures[("trackchild_attempts_total", "police-br")] == 2
    for state in ("owed", "done", "dead"):
        assert figures[(f"trackchild_notices {state}", "police-br")] == 1
    assert figures[("trackchild_incident", "police-br")] == 1
    assert figures[("trackchild_exchange_timestamp_seconds failed", "police-br")] == pytest.approx(now.timestamp())
    assert "Asha" not in told.text


def test_a_participant_that_is_owed_nothing_is_told_as_zero(hub: Hub) -> None:
    assert _figures(_client(hub).get("/metrics").text)[("trackchild_queue_depth", "police-br")] == 0


def test_metrics_are_shown_on_the_same_machine_only(hub: Hub) -> None:
    assert _client(hub, ("10.1.2.3", 5000)).get("/metrics").status_code == 403
    assert _client(hub).get("/metrics", headers={"X-Forwarded-For": "10.1.2.3"}).status_code == 403


def test_metrics_are_shown_from_anywhere_to_the_key_if_there_is_one(tmp_path: Path) -> None:
    hub = Hub.open(Settings(database=f"sqlite:///{tmp_path / 'hub.sqlite'}", metrics_key=SecretStr("watcher")))
    client = _client(hub, ("10.1.2.3", 5000))
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer watcher"}).status_code == 200
    hub.close()
