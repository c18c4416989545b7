"""Letters are listed, counted before they are sent again, and never sent again by surprise."""

import datetime
import json

import pytest

from contracts import Notice, NoticeKind, Reference
from hub.app import Hub
from hub.index.outbox import Why
from portal.cli.opened import opened_hub
from tests.portal.cli.conftest import Typed

NOW = datetime.datetime(2026, 11, 20, 9, 0, tzinfo=datetime.UTC)


def _lay(hub: Hub, lane: str, number: int) -> None:
    about = Reference(participant=lane, source_id=f"M{number}")
    notice = Notice(
        notice_id=f"{lane}-notice-{number}",
        kind=NoticeKind.REUNITED,
        to=lane,
        about=about,
        created_at=NOW,
        text="Look.",
    )
    with hub.store.write() as work:
        work.outbox.add([notice], NOW)
        (owed,) = work.outbox.claim(lane, "me", NOW, NOW + datetime.timedelta(seconds=9), 1)
        work.outbox.dead(owed.seq, "me", Why("refused_by_source", "about", "unknown_record"), (NOW, NOW))


@pytest.fixture(autouse=True)
def laid(typed: Typed) -> None:
    with opened_hub() as hub:
        for lane, number in (("police-br", 1), ("police-br", 2), ("cci-dl", 3)):
            _lay(hub, lane, number)


def _listed(typed: Typed, *more: str) -> list[str]:
    return [letter["notice_id"] for letter in json.loads(typed("letters", "list", "--json", *more).out)]


def test_letters_are_listed_by_filter(typed: Typed) -> None:
    assert len(_listed(typed)) == 3
    assert _listed(typed, "--participant", "cci-dl") == ["cci-dl-notice-3"]
    assert _listed(typed, "--since", "2026-11-21") == []
    assert _listed(typed, "--state", "doubt") == []
    assert len(_listed(typed, "--kind", "reunited", "--code", "refused_by_source")) == 3


def test_one_is_shown_with_field_and_rule(typed: Typed) -> None:
    said = json.loads(typed("letters", "show", "cci-dl-notice-3", "--json").out)
    assert (said["field"], said["rule"], said["attempts"]) == ("about", "unknown_record", 1)
    assert typed("letters", "show", "nothing-here").code == 3


def test_a_dry_run_counts_and_changes_nothing(typed: Typed) -> None:
    done = typed("letters", "replay", "--participant", "police-br", "--dry-run", "--json")
    assert json.loads(done.out) == {"sent": {"police-br": 2}, "overtaken": {}}
    assert len(_listed(typed)) == 3


def test_nothing_is_sent_again_without_a_filter_or_a_yes(typed: Typed) -> None:
    assert typed("letters", "replay", "--yes").code == 3
    assert typed("letters", "replay", "--participant", "police-br").code == 3
    assert len(_listed(typed)) == 3


def test_what_the_filter_names_is_owed_again(typed: Typed) -> None:
    said = json.loads(typed("letters", "replay", "--participant", "police-br", "--yes", "--json").out)
    assert said["sent"] == {"police-br": 2}
    assert _listed(typed) == ["cci-dl-notice-3"]
    with opened_hub() as hub, hub.store.read() as work:
        assert work.outbox.count_owed() == 2


def test_one_that_the_owner_has_is_settled(typed: Typed) -> None:
    assert typed("letters", "taken", "cci-dl-notice-3").code == 0
    assert typed("letters", "taken", "cci-dl-notice-3").code == 3
    assert len(_listed(typed)) == 2
