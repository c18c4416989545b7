"""What runs out is told 30, 7 and 1 days ahead, once each, with the flows that stop."""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contracts import Endpoint, Participant, Permission
from hub.app import Hub
from hub.expiring import Expiry
from hub.settings import Settings
from tests.signing import identity, pem

DAY = datetime.timedelta(days=1)
NOW = datetime.datetime.now(datetime.UTC)


class Days:
    """A clock that tests turn."""

    def __init__(self) -> None:
        self.gone = 0.0

    def __call__(self) -> datetime.datetime:
        return NOW + self.gone * DAY


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    key = tmp_path / "hub.pem"
    key.write_text(pem("hub", last=400))
    made = Hub.open(Settings(database=f"sqlite:///{tmp_path}/hub.db", signing_key=key))
    yield made
    made.close()


def register(hub: Hub, *certificates: str, **more: Any) -> None:
    told = {"id": "police-br", "name": "Police", "kind": "state_police"}
    entry = {**told, "permissions": [Permission.SUBMIT_RECORDS, Permission.NOTICES], "certificates": certificates}
    hub.registry.participants.put(Participant.model_validate(entry | more))


def warning(hub: Hub, days: Days) -> Expiry:
    return Expiry(hub.store, hub.registry, hub.systems, hub.signs(), days)


def lasting(hub: Hub) -> list[tuple[str, str | None, str | None]]:
    return [(one.participant, one.code, one.detail) for one in hub.incidents()]


def test_each_stage_is_told_once_and_ends_with_the_next_or_a_new_certificate(hub: Hub) -> None:
    days = Days()
    expiry = warning(hub, days)
    register(hub, identity("old", last=40).text)
    assert (expiry.warn(), lasting(hub)) == (0, [])
    told = []
    for days.gone in (10.5, 11, 33.5, 34, 39.5, 39.6):
        told.append(expiry.warn())
    assert told == [1, 0, 2, 0, 2, 0]
    assert lasting(hub) == [("police-br", "certificate_1_days", "signed_soap, submit, fetch_notices")]
    register(hub, identity("old", last=40).text, identity("new", last=200).text)
    assert (expiry.warn(), lasting(hub)) == (1, [])


def test_a_key_is_told_of_only_where_it_is_the_last_that_works(hub: Hub) -> None:
    expiry = warning(hub, Days())
    register(hub)
    hub.registry.keys.issue("police-br", valid_to=NOW + 5 * DAY)
    assert [(one.kind, one.flows) for one in expiry.soon()] == [("key", ("submit", "fetch_notices"))]
    forever = hub.registry.keys.issue("police-br")
    assert expiry.soon() == []
    hub.registry.keys.revoke(forever.key_id)
    assert len(expiry.soon()) == 1
    register(hub, identity("new", last=200).text)
    assert expiry.soon() == [], "its keys are refused already"


def test_the_certificate_the_hub_calls_with_names_what_it_asks_of_that_system(hub: Hub, tmp_path: Path) -> None:
    mine = tmp_path / "calls.pem"
    mine.write_text(pem("calls", last=6))
    endpoint = Endpoint(adapter="state_police", url="http://127.0.0.1:9/", secret=f"file:{mine}")
    register(hub, identity("new", last=200).text, endpoint=endpoint)
    warning(hub, Days()).warn()
    ((participant, code, detail),) = lasting(hub)
    assert (participant, code) == ("police-br", "call_certificate_7_days")
    assert {"pull", "push", "live_read"} & set((detail or "").split(", "))


def test_the_hubs_own_certificate_names_those_whom_it_answers(hub: Hub, tmp_path: Path) -> None:
    register(hub, identity("new", last=900).text)
    days = Days()
    days.gone = 399.5
    warning(hub, days).warn()
    assert lasting(hub) == [("hub", "certificate_1_days", "signed_answers, police-br")]
