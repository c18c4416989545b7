"""A hub whose participants are stubs, with notices owed to them."""

import datetime
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from contracts import Notice, NoticeKind, Participant, Reference
from contracts.participants import Delivery, Endpoint
from hub.app import Hub
from hub.settings import Settings
from tests.faults.stubs import write_adapters

Register = Callable[..., None]
Owe = Callable[..., None]


def states(hub: Hub) -> dict[str, int]:
    """How many notices are owed, done, dead, in doubt."""
    with hub.store.read() as work:
        counts = work.outbox.counts()
    return {state: sum(many for _, one, many in counts if one == state) for state in {one for _, one, _ in counts}}


@pytest.fixture
def adapters(tmp_path: Path) -> Path:
    return write_adapters(tmp_path / "adapters")


@pytest.fixture
def hub(database_url: str, adapters: Path) -> Iterator[Hub]:
    opened = Hub.open(Settings(database=database_url, adapters=[adapters]))
    yield opened
    opened.close()


@pytest.fixture
def register(hub: Hub) -> Register:
    def _register(name: str, kind: str, url: str, timeout: float = 0.5, failures_per_hour: int = 200) -> None:
        delivery = Delivery(failures_per_hour=failures_per_hour)
        endpoint = Endpoint(adapter=kind, url=url, timeout_seconds=timeout, delivery=delivery)
        hub.registry.participants.register(Participant(id=name, name=name, kind="other", endpoint=endpoint))

    return _register


@pytest.fixture
def owe(hub: Hub) -> Owe:
    def _owe(lane: str, many: int, first: int = 0, records: int | None = None) -> None:
        """Owe notices to a participant, numbered from ``first`` on, about so many records in turn or two about each."""
        now = datetime.datetime.now(datetime.UTC)
        with hub.store.write() as work:
            work.outbox.add(
                [_notice(lane, n, n % records if records else n // 2, now) for n in range(first, first + many)], now
            )

    return _owe


def _notice(lane: str, n: int, record: int, now: datetime.datetime) -> Notice:
    return Notice(
        notice_id=f"{lane}-{n:05}",
        kind=NoticeKind.MATCH_PROPOSED,
        to=lane,
        about=Reference(participant=lane, source_id=f"R{record}"),
        created_at=now,
        text="Please review.",
    )
