"""A hub whose participants are stubs, with notices owed to them; how long a fault goes on."""

import datetime
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from contracts import Notice, NoticeKind, Participant, Reference
from contracts.participants import Endpoint
from hub.app import Hub
from hub.settings import Settings
from tests.faults.stubs import write_adapters

#: ``make faults`` sets it: the whole figures of issue 4 instead of the short form.
LONG = os.environ.get("TRACKCHILD_FAULTS") == "long"


@pytest.fixture
def adapters(tmp_path: Path) -> Path:
    return write_adapters(tmp_path / "adapters")


@pytest.fixture
def hub(database_url: str, adapters: Path) -> Iterator[Hub]:
    opened = Hub.open(Settings(database=database_url, adapters=[adapters]))
    yield opened
    opened.close()


@pytest.fixture
def register(hub: Hub) -> Callable[..., None]:
    def _register(name: str, kind: str, url: str, timeout: float = 0.5) -> None:
        endpoint = Endpoint(adapter=kind, url=url, timeout_seconds=timeout)
        hub.registry.participants.register(Participant(id=name, name=name, kind="other", endpoint=endpoint))

    return _register


@pytest.fixture
def owe(hub: Hub) -> Callable[[str, int], None]:
    def _owe(lane: str, many: int) -> None:
        """Owe notices to a participant, two about each of its records."""
        now = datetime.datetime.now(datetime.UTC)
        with hub.store.write() as work:
            work.outbox.add([_notice(lane, n, now) for n in range(many)], now)

    return _owe


def _notice(lane: str, n: int, now: datetime.datetime) -> Notice:
    return Notice(
        notice_id=f"{lane}-{n:05}",
        kind=NoticeKind.MATCH_PROPOSED,
        to=lane,
        about=Reference(participant=lane, source_id=f"R{n // 2}"),
        created_at=now,
        text="Please review.",
    )
