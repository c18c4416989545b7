"""What the tests of the public feeds share: a day that goes on when told to, and a child that the public is shown."""

import datetime
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import registry
from contracts import ChildRecord, Participant, ParticipantKind, Permission
from contracts.codes import PublicationBasis, Status
from hub.appeals import Appeals
from hub.index import Store
from hub.settings import Settings

Make = Callable[..., ChildRecord]


class Day:
    """A day that goes on when told to."""

    def __init__(self) -> None:
        self.now = datetime.datetime(2026, 2, 1, 9, 0, 30, 5, tzinfo=datetime.UTC)

    def __call__(self) -> datetime.datetime:
        return self.now

    def later(self, **time: float) -> None:
        self.now += datetime.timedelta(**time)


@pytest.fixture
def day() -> Day:
    return Day()


@pytest.fixture
def appeals(store: Store, day: Day) -> Iterator[Appeals]:
    registry.seed(store.engine)
    directory = registry.Registry(store.engine)
    kind = ParticipantKind.STATE_POLICE
    directory.participants.put(
        Participant(id="police-br", name="Bihar Police", kind=kind, permissions=[Permission.SEARCH])
    )
    return Appeals(store, directory, Settings(public_domain="hub.example.in"), day)


@pytest.fixture
def shown(child: Make) -> Make:
    """A missing child that the public is shown, as its owner tells it."""

    def made(source_id: str = "A-1", name: str = "Asha Devi", **more: Any) -> ChildRecord:
        usual = {"status": Status.UNTRACED, "publication": PublicationBasis.POLICE_APPEAL}
        return child(source_id, name, **usual | more)

    return made
