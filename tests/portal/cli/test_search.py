"""``trackchild search``: the index, and with --live every owner, each named for how it took the question."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts import Participant
from contracts.participants import Endpoint
from hub.app import Hub
from hub.settings import Settings
from tests.hub.asking.owners import Owners, serving, write_adapters
from tests.portal.cli.conftest import Typed


@pytest.fixture
def owners(typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Owners]:
    """A hub with two owners, one of them away."""
    folder = write_adapters(tmp_path / "adapters")
    monkeypatch.setenv("TRACKCHILD_ADAPTERS", json.dumps([str(folder)]))
    with serving() as made, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        hub = Hub.open(Settings(adapters=[folder]))
        for name, url in (("near", made.url("near", rows=2)), ("away", f"http://127.0.0.1:{free.getsockname()[1]}")):
            one = Participant(id=name, name=name, kind="other", endpoint=Endpoint(adapter="owner", url=url))
            hub.registry.participants.put(one)
        hub.close()
        yield made


def test_every_owner_is_asked_and_named(typed: Typed, owners: Owners) -> None:
    done = typed("search", "Ravi Kumar", "--live", "--case", "FIR 1/2026")
    assert done.code == 0, done.err
    assert "2 found" in done.out and "near-0" in done.out and "live" in done.out
    assert "1 answered" in done.out and "1 down" in done.out
    assert "away: down (unreachable)" in done.err
    assert owners.asked[0][2] == {"name": "Ravi Kumar", "who": "console", "why": "inquiry", "case": "FIR 1/2026"}


def test_programs_get_the_whole_answer(typed: Typed, owners: Owners) -> None:
    said = json.loads(typed("search", "Ravi", "--live", "--case", "x", "--ask", "near", "--json").out)
    assert said["complete"] and [one["participant"] for one in said["sources"]] == ["near"]
    assert {hit["ref"]["source_id"] for hit in said["hits"]} == {"near-0", "near-1"}


def test_without_live_only_the_index_is_searched(typed: Typed, owners: Owners) -> None:
    done = typed("search", "Ravi")
    assert done.code == 0 and "Nobody found" in done.out
    assert owners.asked == []


@pytest.mark.parametrize(
    ("more", "code"),
    [((), "no_case_stated"), (("--case", "x", "--ask", "nobody"), "unknown_participant"),
     (("--case", "x", "--ask", "Not An Id"), "invalid_message")],
)  # fmt: skip
def test_what_is_wrong_is_one_line(typed: Typed, owners: Owners, more: tuple[str, ...], code: str) -> None:
    done = typed("search", "Ravi", "--live", *more)
    assert done.code == 3
    assert f"trackchild: {code}: " in done.err
    assert owners.asked == []
