"""Live questions and the courier share each lane: breaker, hours and rate are respected, and what is met is told."""

import datetime
import time
from collections.abc import Sequence
from typing import Any

import pytest

from contracts.live import SourceState as S
from hub.app import Hub
from hub.asking.loop import Loop, Task
from tests.hub.asking.conftest import COMMITTEE, Enrol, by_name, question
from tests.hub.asking.owners import Owners


def lane(hub: Hub, name: str) -> Any:
    hub.asking.finish()
    with hub.store.read() as work:
        return next((one for one in work.lanes.all() if one.lane == name), None)


def ask(hub: Hub, name: str = "one", **more: Any) -> Any:
    told = by_name(hub.search_live_whole(COMMITTEE, question(**more)))
    hub.asking.finish()
    return told[name]


def test_a_breaker_opens_after_three_failures_keeps_questions_out_and_closes_with_an_answer(
    hub: Hub, owners: Owners, enrol: Enrol
) -> None:
    enrol("one", "500")
    for failures in (1, 2, 3):
        assert ask(hub).state is S.DOWN
        assert lane(hub, "one").failures == failures
    assert lane(hub, "one").opened_at is not None
    asked = len(owners.asked)
    left = ask(hub)
    assert (left.state, left.code) == (S.NOT_ASKED, "left_alone")
    assert len(owners.asked) == asked
    owners.how["one"] = "well"
    while lane(hub, "one").resume_at > datetime.datetime.now(datetime.UTC):
        time.sleep(0.05)
    assert ask(hub).state is S.ANSWERED
    now = lane(hub, "one")
    assert (now.opened_at, now.failures) == (None, 0)
    assert ask(hub).state is S.ANSWERED


def test_one_question_alone_tries_a_system_that_was_left_alone(hub: Hub, owners: Owners, enrol: Enrol) -> None:
    enrol("one", "500")
    for _ in range(3):
        ask(hub)
    while lane(hub, "one").resume_at > datetime.datetime.now(datetime.UTC):
        time.sleep(0.05)
    owners.how["one"] = "half-open"
    first = hub.search_live(COMMITTEE, question(source_seconds=1))
    second = ask(hub)
    assert (second.state, second.code) == (S.NOT_ASKED, "left_alone")
    first.close()


def test_a_refusal_says_nothing_against_the_lane(hub: Hub, enrol: Enrol) -> None:
    enrol("one", "403")
    for _ in range(4):
        assert ask(hub).state is S.REFUSED
    assert lane(hub, "one") is None


def test_who_says_when_to_come_back_is_left_alone_at_once(hub: Hub, owners: Owners, enrol: Enrol) -> None:
    enrol("one", "busy")
    assert ask(hub).state is S.DOWN
    until = lane(hub, "one").resume_at - datetime.datetime.now(datetime.UTC)
    assert datetime.timedelta(minutes=1) < until <= datetime.timedelta(seconds=120)


def test_a_rate_is_waited_for_and_what_is_beyond_it_not_asked(hub: Hub, owners: Owners, enrol: Enrol) -> None:
    enrol("one", delivery={"per_second": 2.0})
    first, second = ask(hub), ask(hub)
    assert (first.state, second.state) == (S.ANSWERED, S.ANSWERED)
    enrol("two", delivery={"per_second": 0.01})
    assert ask(hub, "two").state is S.ANSWERED
    beyond = ask(hub, "two")
    assert (beyond.state, beyond.code) == (S.NOT_ASKED, "at_its_rate")


def test_a_question_that_was_broken_off_counts_against_nobody(hub: Hub, enrol: Enrol) -> None:
    enrol("one", "half-open")
    answers = hub.search_live(COMMITTEE, question())
    answers.close()
    assert lane(hub, "one") is None


def test_a_process_that_has_asked_nobody_yet_begins_with_the_systems_that_were_slowest_for_those_before_it(
    hub: Hub, enrol: Enrol, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, milliseconds in (("brisk", 0), ("slow", 400), ("swift", 0)):
        enrol(name, milliseconds=milliseconds)
    hub.search_live_whole(COMMITTEE, question())
    assert lane(hub, "slow").seconds >= 0.4 > lane(hub, "brisk").seconds
    begun: list[str] = []
    start = Loop.start

    def noted(loop: Loop, tasks: Sequence[Task]) -> None:
        begun.extend(task.name for task in tasks)
        start(loop, tasks)

    monkeypatch.setattr(Loop, "start", noted)
    later = Hub.open(hub.settings)
    try:
        later.search_live_whole(COMMITTEE, question())
    finally:
        later.close()
    assert begun[0] == "slow"
    assert sorted(begun) == ["brisk", "slow", "swift"]
