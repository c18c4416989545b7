"""Whatever a system answers, each notice becomes what the catalogue says, and memory stays bounded."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts import Participant
from contracts.participants import Endpoint
from hub.app import Hub
from hub.letters import Filter
from hub.settings import Settings
from tests.faults.conftest import Owe
from tests.faults.figures import stated
from tests.faults.memory import watched
from tests.faults.replying import Reply, catalogue, replying

#: What one answer may cost: the bound of an answer (20 MB), the same again as text and tree, and what threads need.
MOST = 120_000_000
_MANIFEST = """
[adapter]
kind = "receipted"
title = "A system that gives a receipt"

[connection]
transport = "rest"

[push]
path = "/inbox"
receipt = "serial"
known = "known"

[push.fields]
id = { from = "notice_id" }
"""


@pytest.fixture
def adapters(tmp_path: Path) -> Path:
    (tmp_path / "adapters/receipted").mkdir(parents=True)
    (tmp_path / "adapters/receipted/manifest.toml").write_text(_MANIFEST, encoding="utf-8")
    return tmp_path / "adapters"


@pytest.fixture
def hub(postgres_url: str, adapters: Path) -> Iterator[Hub]:
    """It tries each once."""
    once = {"retry_first_seconds": 3_600, "retry_longest_seconds": 3_600}
    opened = Hub.open(Settings(database=postgres_url, adapters=[adapters], **once))
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUB_PASSWORD", "hub:not-a-secret")


@pytest.mark.parametrize(
    ("transport", "adapter", "kind"),
    [("rest", "receipted", "application/json"), ("soap", "state_police", "text/xml")],
)
def test_each_reply_becomes_what_the_catalogue_says_within_bounded_memory(
    hub: Hub, owe: Owe, transport: str, adapter: str, kind: str
) -> None:
    replies = catalogue(transport)
    became, most = {}, 0
    with stated("bad_replies", transport.upper()) as row:
        for number, reply in enumerate(replies):
            with watched() as grown:
                became[reply.name] = _become(hub, owe, f"{transport}-{number}", adapter, reply, kind)
            most = max(most, grown.most)
            assert grown.most < MOST, f"{reply.name}: {grown.most:,} bytes"
        row.cases = len(replies)
        row.figures = {
            "kinds": len(replies),
            "not as catalogued": sum(became[one.name] != one.becomes for one in replies),
            "most memory for one": f"{most / 1e6:.0f} MB",
        }
        differ = {one.name: became[one.name] for one in replies if became[one.name] != one.becomes}
        assert not differ


def _become(hub: Hub, owe: Owe, lane: str, adapter: str, reply: Reply, kind: str) -> str:
    with replying(reply, kind) as address:
        endpoint = Endpoint(adapter=adapter, url=address, secret="env:STUB_PASSWORD", timeout_seconds=0.5)
        hub.registry.participants.register(Participant(id=lane, name=lane, kind="other", endpoint=endpoint))
        owe(lane, 1)
        hub.deliver()
    return _state(hub, lane)


def _state(hub: Hub, lane: str) -> str:
    with hub.store.read() as work:
        (state,) = (state for one, state, _ in work.outbox.counts() if one == lane)
        code = next((one.last_code for one in work.lanes.all() if one.lane == lane), None)
    if state == "dead":
        return f"dead {next(letter.code for letter in hub.letters(Filter(participant=lane), 1))}"
    return state if state == "done" else f"{state} {code}"
