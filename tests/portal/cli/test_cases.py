"""``trackchild cases``: one child's timeline in words and for programs."""

import datetime
import json

import pytest

from contracts import CaseEvent, ChildRecord, Event, Reference
from contracts.codes import Gender, RecordKind, Status
from contracts.events import CaseEventKind
from contracts.exchange import Search
from hub.app import Hub
from hub.settings import Settings
from portal.cli.opened import CONSOLE
from tests.portal.cli.conftest import Typed

AT = datetime.datetime(2026, 1, 5, 6, tzinfo=datetime.UTC)


@pytest.fixture
def hub_id(typed: Typed) -> str:
    """A synthetic found child that was placed in a home."""
    ref = Reference(participant="cci-dl", source_id="F1", version="1")
    child = ChildRecord(
        ref=ref,
        kind=RecordKind.FOUND,
        status=Status.IN_CARE,
        recorded_at=AT,
        gender=Gender.FEMALE,
        event=Event(on=AT.date()),
    )
    placed = CaseEvent(event_id="e1", ref=ref, kind=CaseEventKind.PLACED, at=AT, institution="dl:cci:asha")
    hub = Hub.open(Settings())
    try:
        hub.flow.receive("cci-dl", "message-1", [child])
        hub.flow.receive_events("cci-dl", "message-2", [placed])
        (hit,) = hub.search(CONSOLE, Search()).hits
    finally:
        hub.close()
    return hit.hub_id


def test_the_timeline_says_who_holds_the_child_and_what_happened(typed: Typed, hub_id: str) -> None:
    done = typed("cases", "timeline", hub_id, "--case", "FIR 117/2026")
    assert done.code == 0, done.err
    for words in ("Held since 2026-01-05: dl:cci:asha", "told by cci-dl", "placed"):
        assert words in done.out
    said = json.loads(typed("cases", "timeline", hub_id, "--case", "FIR 117/2026", "--json").out)
    assert [event["kind"] for event in said["events"]] == ["placed"]
    assert said["custody"]["institution"] == "dl:cci:asha"


def test_no_such_entry_is_said_in_one_line(typed: Typed) -> None:
    done = typed("cases", "timeline", "A" * 22, "--case", "x")
    assert done.code != 0 and "There is no such entry" in done.err


def test_what_is_due_and_what_is_wrong_are_listed_and_a_sweep_says_what_it_did(typed: Typed, hub_id: str) -> None:
    assert hub_id in json.loads(typed("cases", "findings", "--json").out)[0]["hub_id"]
    rules = [one["rule"] for one in json.loads(typed("cases", "findings", "--json").out)]
    assert sorted(rules) == ["by_unchecked", "illegal_step"]
    assert [one["code"] for one in json.loads(typed("cases", "due", "--json").out)] == ["ICP"]
    swept = json.loads(typed("cases", "sweep", "--json").out)
    assert (swept["looked"], swept["late"]) == (1, 1)
    assert json.loads(typed("cases", "sweep", "--json").out)["looked"] == 0
    assert json.loads(typed("cases", "stations", "--json").out) == []
    assert "1 entries were looked at" in typed("cases", "doubles").out
