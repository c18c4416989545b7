"""Fixtures of asking: owners' systems on the loopback, a hub that has them as participants, and who asks."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from contracts import Officer, Participant, Purpose
from contracts.exchange import Search
from contracts.live import LiveReply, LiveSearch, SourceAnswer
from contracts.participants import Delivery, Endpoint, ParticipantKind
from hub.access import EVERYWHERE, Role, person
from hub.app import Hub
from hub.index import Work
from hub.settings import Settings
from tests.hub.asking.owners import Owners, serving, write_adapters

COMMITTEE = person(Officer(id="cwc.demo", role="committee", institution="dl:cwc:1"), Role.COMMITTEE, EVERYWHERE)
Enrol = Callable[..., str]


@pytest.fixture
def owners() -> Iterator[Owners]:
    with serving() as made:
        yield made


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    adapters = write_adapters(tmp_path / "adapters")
    settings = Settings(
        database=f"sqlite:///{tmp_path / 'hub.sqlite'}",
        adapters=[adapters],
        live_seconds=10,
        live_source_seconds=5,
        retry_first_seconds=0.3,
    )
    opened = Hub.open(settings)
    yield opened
    opened.close()


@pytest.fixture
def enrol(hub: Hub, owners: Owners) -> Enrol:
    """``enrol("a", "reset")``: a participant whose system answers so; gives its id."""

    def enrolled(name: str, how: str = "well", *, rows: int = 1, milliseconds: int = 0, **said: Any) -> str:
        url = said.pop("url", owners.url(name, how, milliseconds, rows))
        delivery = Delivery(**said.pop("delivery", {}))
        active = said.pop("active", True)
        endpoint = Endpoint(adapter="owner", url=url, delivery=delivery, **said)
        one = Participant(id=name, name=name, kind=ParticipantKind.OTHER, endpoint=endpoint, active=active)
        hub.registry.participants.put(one)
        return name

    return enrolled


@pytest.fixture
def store_work(hub: Hub) -> Iterator[Work]:
    """A transaction that reads the hub's empty index."""
    with hub.store.read() as work:
        yield work


def question(name: str | None = "Ravi Kumar", **more: Any) -> LiveSearch:
    query = Search(name=name, **more.pop("query", {}))
    return LiveSearch(query=query, purpose=Purpose.INQUIRY, case="FIR 12/2026", **more)


def by_name(reply: LiveReply) -> dict[str, SourceAnswer]:
    return {one.participant: one for one in reply.sources}
