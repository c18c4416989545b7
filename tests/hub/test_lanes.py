"""Lanes: at the rate, in the hours and by as many couriers as a participant bears; what is in doubt is never hidden."""

import datetime
import threading
from collections.abc import Callable
from typing import Any

import pytest

from adapters.base import Adapter, Capability, Connection, Receipt
from contracts import Notice, NoticeKind, Problem, Reference, Refused, Unready, tracing
from contracts.participants import Delivery
from hub.courier import Courier, Policy
from hub.index import Store
from hub.index.outbox import Outbox
from hub.lane import opens
from hub.letters import Filter, LetterState

LANE = "police-br"
POLICY = Policy(workers=4, attempts=6, first=10, longest=1_000)


class Watch:
    def __init__(self, start: datetime.datetime) -> None:
        self.time = start

    def __call__(self) -> datetime.datetime:
        return self.time

    def move(self, seconds: float) -> None:
        self.time += datetime.timedelta(seconds=seconds)


class System(Adapter):
    """A participant's system in memory: what it was told, when, and what it answers next."""

    capabilities = frozenset({Capability.PUSH})

    def __init__(self, watch: Watch, dedupes: bool = True, can_be_asked: bool = False) -> None:
        super().__init__(Connection(LANE, "http://127.0.0.1:9/", timeout_seconds=1))
        self.dedupes, self._can_be_asked, self._watch = dedupes, can_be_asked, watch
        self.told: list[str] = []
        self.at: list[datetime.datetime] = []
        self.traces: list[str | None] = []
        self.answers: list[Exception | None] = []
        self.takes_before_it_fails = False

    def push(self, notice: Notice) -> Receipt:
        answer = self.answers.pop(0) if self.answers else None
        if answer is None or self.takes_before_it_fails:
            self.told.append(notice.notice_id)
            self.at.append(self._watch())
            self.traces.append(tracing.trace_id())
        if answer is not None:
            raise answer
        return Receipt()

    def has(self, notice: Notice) -> bool | None:
        return notice.notice_id in self.told if self._can_be_asked else None


@pytest.fixture
def watch(start: datetime.datetime) -> Watch:
    return Watch(start)


Owe = Callable[[int], None]


@pytest.fixture
def owe(store: Store, watch: Watch) -> Owe:
    def _owe(many: int) -> None:
        with store.write() as work:
            work.outbox.add([_notice(n, watch()) for n in range(many)], watch())

    return _owe


def _notice(n: int, at: datetime.datetime) -> Notice:
    about = Reference(participant=LANE, source_id=f"M{n}")
    return Notice(
        notice_id=f"notice-{n:03}", kind=NoticeKind.MATCH_PROPOSED, to=LANE, about=about, created_at=at, text="Look."
    )


def _courier(store: Store, system: Adapter, watch: Watch, terms: Delivery | None = None) -> Courier:
    given = terms or Delivery()
    return Courier(store, lambda _: system, POLICY, watch, lambda _: given, watch.move)


def _states(store: Store) -> dict[str, int]:
    with store.read() as work:
        return {state: many for _, state, many in work.outbox.counts()}


# Rate, hours, couriers at one time


def test_a_lane_is_served_at_its_own_rate(store: Store, owe: Owe, watch: Watch) -> None:
    system = System(watch)
    owe(12)
    _courier(store, system, watch, Delivery(per_second=4)).deliver()
    assert len(system.told) == 12
    for moment in system.at:
        second = datetime.timedelta(seconds=1)
        assert sum(moment <= other < moment + second for other in system.at) <= 4


def test_the_rate_holds_over_several_couriers(store: Store, owe: Owe, watch: Watch) -> None:
    system = System(watch)
    owe(8)
    never = lambda _: None  # noqa: E731 - a courier that does not wait
    terms = Delivery(per_second=0.5)
    for _ in range(3):
        Courier(store, lambda _: system, POLICY, watch, lambda _: terms, never).deliver()
    assert len(system.told) == 1
    watch.move(2)
    Courier(store, lambda _: system, POLICY, watch, lambda _: terms, never).deliver()
    assert len(system.told) == 2


def test_a_lane_with_a_window_is_told_within_it_only(store: Store, owe: Owe, watch: Watch) -> None:
    system = System(watch)
    owe(2)
    watch.time = datetime.datetime(2026, 1, 10, 12, 0, tzinfo=datetime.UTC)  # 17:30 in India
    courier = _courier(store, system, watch, Delivery(window="22:00-06:00"))
    courier.deliver()
    assert system.told == []
    watch.time = datetime.datetime(2026, 1, 10, 16, 30, tzinfo=datetime.UTC)  # 22:00 in India
    courier.deliver()
    assert len(system.told) == 2


@pytest.mark.parametrize(
    ("window", "utc_hour", "open_then"),
    [(None, 3, True), ("22:00-06:00", 23, True), ("22:00-06:00", 1, False), ("09:00-17:00", 5, True)],
)
def test_windows_are_hours_of_the_indian_day(window: str | None, utc_hour: int, open_then: bool) -> None:
    assert opens(window, datetime.datetime(2026, 5, 1, utc_hour, 0, tzinfo=datetime.UTC)) is open_then


@pytest.mark.parametrize("bears", [1, 2])
def test_no_more_couriers_serve_a_lane_than_it_bears(store: Store, owe: Owe, watch: Watch, bears: int) -> None:
    inside, most, lock, meeting = 0, 0, threading.Lock(), threading.Event()

    class Slow(System):
        def push(self, notice: Notice) -> Receipt:
            nonlocal inside, most
            with lock:
                inside += 1
                most = max(most, inside)
                if most == bears:
                    meeting.set()
            meeting.wait(10)
            with lock:
                inside -= 1
            return super().push(notice)

    system = Slow(watch)
    owe(30)
    couriers = [_courier(store, system, watch, Delivery(workers=bears)) for _ in range(3)]
    threads = [threading.Thread(target=courier.deliver) for courier in couriers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    _courier(store, system, watch, Delivery(workers=bears)).deliver()
    assert sorted(system.told) == [f"notice-{n:03}" for n in range(30)]
    assert most == bears


# Breaker


def test_one_goes_first_to_a_system_that_did_not_answer(store: Store, owe: Owe, watch: Watch) -> None:
    system = System(watch)
    system.answers = [Unready("down", "Down.")] * 3
    owe(20)
    courier = _courier(store, system, watch)
    courier.deliver()
    assert len(system.answers) == 0
    system.answers = [Unready("down", "Down.")] * 9
    watch.move(500)
    courier.deliver()
    assert len(system.answers) == 8
    system.answers = []
    watch.move(900)
    courier.deliver()
    watch.move(900)
    courier.deliver()
    assert len(system.told) == 20


def test_the_breaker_is_seen_by_every_courier_and_survives_them(store: Store, owe: Owe, watch: Watch) -> None:
    system = System(watch)
    system.answers = [Unready("down", "Down.")] * 3
    owe(5)
    _courier(store, system, watch).deliver()
    assert _courier(store, system, watch).deliver().delivered == 0
    with store.read() as work:
        (lane,) = work.lanes.all()
    assert lane.failures == 3
    assert lane.opened_at == watch()


def test_an_incident_ends_with_the_first_answer(store: Store, owe: Owe, watch: Watch) -> None:
    system = System(watch)
    system.answers = [Unready("down", "Down.")] * 3
    owe(5)
    courier = _courier(store, system, watch)
    courier.deliver()
    watch.move(500)
    assert courier.deliver().delivered == 5
    with store.read() as work:
        (lane,) = work.lanes.all()
    assert (lane.failures, lane.opened_at, lane.last_code) == (0, None, "down")


def test_who_says_when_to_come_back_is_left_alone_until_then(store: Store, owe: Owe, watch: Watch) -> None:
    system = System(watch)
    system.answers = [Unready("busy", "Later.", 120)]
    owe(3)
    courier = _courier(store, system, watch)
    courier.deliver()
    watch.move(119)
    assert courier.deliver().delivered == 0
    watch.move(1)
    assert courier.deliver().delivered == 3


def test_what_failed_is_not_tried_again_in_an_hour_whose_failures_are_spent(
    store: Store, owe: Owe, watch: Watch
) -> None:
    system = System(watch)
    system.answers = [Unready("busy", "Busy."), None] * 20
    owe(40)
    courier = _courier(store, system, watch, Delivery(failures_per_hour=5))
    courier.deliver()
    assert len(system.told) == 20, "those that were never tried go on"
    for minute in range(1, 60):  # noqa: B007 - how far it came is used below
        watch.move(60)
        if courier.deliver().delivered:
            break
    assert len(system.told) == 24, "the four before it was spent"
    watch.move(60 * (60 - minute) + 1)
    courier.deliver()
    assert len(system.told) == 40


def test_notices_that_fail_again_and_again_do_not_close_the_lane_to_others(
    store: Store, owe: Owe, watch: Watch
) -> None:
    system = System(watch)
    system.answers = [Unready("busy", "Busy."), None] * 3
    owe(6)
    courier = _courier(store, system, watch)
    courier.deliver()
    assert _states(store) == {"owed": 3, "done": 3}
    system.answers = [Unready("busy", "Busy.")] * 3  # the same three, in a row
    watch.move(10)
    courier.deliver()
    assert not system.answers
    with store.read() as work:
        (lane,) = work.lanes.all()
    assert (lane.failures, lane.opened_at) == (0, None)


def test_what_is_due_longer_goes_first(store: Store, owe: Owe, watch: Watch) -> None:
    system = System(watch)
    system.answers = [Unready("busy", "Busy.")]
    owe(1)
    courier = _courier(store, system, watch)
    courier.deliver()
    watch.move(1)
    with store.write() as work:
        work.outbox.add([_notice(7, watch())], watch())
    watch.move(20)
    courier.deliver()
    assert system.told == ["notice-007", "notice-000"]


def test_a_wrong_password_kills_no_notice(store: Store, owe: Owe, watch: Watch) -> None:
    system = System(watch)
    system.answers = [Refused("wrong_credentials", "Check the secret.")]
    owe(3)
    courier = _courier(store, system, watch)
    courier.deliver()
    assert _states(store) == {"owed": 3}
    watch.move(500)
    assert courier.deliver().delivered == 3


# Systems that cannot tell a notice they know


def _broken_off(store: Store, watch: Watch, can_be_asked: bool, took_it: bool) -> System:
    system = System(watch, dedupes=False, can_be_asked=can_be_asked)
    system.takes_before_it_fails = took_it
    system.answers = [Unready("timed_out", "No answer came.")]
    _courier(store, system, watch).deliver()
    watch.move(60)
    return system


@pytest.mark.parametrize("took_it", [True, False])
def test_a_system_that_cannot_deduplicate_is_asked_before_it_is_told_again(
    store: Store, owe: Owe, watch: Watch, took_it: bool
) -> None:
    owe(1)
    system = _broken_off(store, watch, can_be_asked=True, took_it=took_it)
    assert _courier(store, system, watch).deliver().delivered == 1
    assert system.told == ["notice-000"]


def test_what_cannot_be_asked_for_is_parked_in_doubt_and_counted(store: Store, owe: Owe, watch: Watch) -> None:
    owe(2)
    system = _broken_off(store, watch, can_be_asked=False, took_it=True)
    report = _courier(store, system, watch).deliver()
    assert report.doubt == 1
    assert _states(store) == {"doubt": 1, "done": 1}
    with store.read() as work:
        (letter,) = work.letters.find(Filter(state=LetterState.DOUBT), 10)
    assert (letter.notice_id, letter.code) == ("notice-000", "in_doubt")


def test_what_surely_did_not_leave_is_sent_again_without_asking(store: Store, owe: Owe, watch: Watch) -> None:
    owe(1)
    system = System(watch, dedupes=False)
    system.answers = [Unready("unreachable", "Nobody there.")]
    _courier(store, system, watch).deliver()
    watch.move(60)
    assert _courier(store, system, watch).deliver().delivered == 1


def test_a_courier_that_dies_while_telling_leaves_a_mark(store: Store, owe: Owe, watch: Watch) -> None:
    class Dies(System):
        def push(self, notice: Notice) -> Receipt:
            super().push(notice)
            raise SystemExit

    owe(1)
    dying = Dies(watch, dedupes=False, can_be_asked=True)
    with pytest.raises(SystemExit):
        _courier(store, dying, watch).deliver()
    watch.move(120)
    after = System(watch, dedupes=False, can_be_asked=True)
    after.told = dying.told
    _courier(store, after, watch).deliver()
    assert after.told == ["notice-000"]
    assert _states(store) == {"done": 1}


# Dead letters


def test_a_dead_letter_names_field_and_rule(store: Store, owe: Owe, watch: Watch) -> None:
    system = System(watch)
    problem = Problem(field="about.source_id", rule="unknown_record", message="No such record.")
    system.answers = [Refused("refused_by_source", "Refused.", [problem])]
    owe(1)
    _courier(store, system, watch).deliver()
    with store.read() as work:
        (letter,) = work.letters.find(Filter(), 10)
    assert (letter.code, letter.field, letter.rule) == ("refused_by_source", "about.source_id", "unknown_record")


def test_dead_letters_are_owed_again_by_filter_and_only_when_said(store: Store, owe: Owe, watch: Watch) -> None:
    system = System(watch)
    system.answers = [Refused("refused_by_source", "Refused.")] * 3
    owe(4)
    courier = _courier(store, system, watch)
    courier.deliver()
    watch.move(90_000)
    assert courier.deliver().delivered == 0
    with store.write() as work:
        assert work.letters.count(Filter(since=watch())) == {}
        assert work.letters.owe_again(Filter(participant="another"), watch()) == {}
        assert work.letters.owe_again(Filter(participant=LANE, notice_id="notice-001"), watch()) == {LANE: 1}
    assert courier.deliver().delivered == 1
    assert _states(store) == {"dead": 2, "done": 2}


def _of_match(number: int, kind: NoticeKind, at: datetime.datetime) -> Notice:
    told = {"notice_id": f"notice-{number:03}", "kind": kind, "match_id": "match-0001"}
    return _notice(0, at).model_copy(update=told)


def test_a_letter_whose_owner_was_told_later_of_the_match_is_not_sent_after_it(store: Store, watch: Watch) -> None:
    system = System(watch)
    system.answers = [Refused("refused_by_source", "Refused.")]
    courier = _courier(store, system, watch)
    for number, kind in enumerate((NoticeKind.MATCH_PROPOSED, NoticeKind.MATCH_REJECTED)):
        with store.write() as work:
            work.outbox.add([_of_match(number, kind, watch())], watch())
        courier.deliver()
    assert (system.told, _states(store)) == (["notice-001"], {"dead": 1, "done": 1})
    with store.write() as work:
        assert (work.letters.count(Filter()), work.letters.count(Filter(), overtaken=True)) == ({}, {LANE: 1})
        assert work.letters.owe_again(Filter(), watch()) == {}
    courier.deliver()
    assert (system.told, _states(store)) == (["notice-001"], {"done": 2})


def test_a_letter_replayed_goes_before_what_is_still_owed_on_the_record(store: Store, watch: Watch) -> None:
    system = System(watch)
    system.answers = [Refused("refused_by_source", "Refused.")]
    courier = _courier(store, system, watch)
    with store.write() as work:
        work.outbox.add([_of_match(0, NoticeKind.MATCH_PROPOSED, watch())], watch())
    courier.deliver()
    with store.write() as work:
        work.outbox.add([_of_match(1, NoticeKind.MATCH_REJECTED, watch())], watch())
        assert work.letters.owe_again(Filter(), watch()) == {LANE: 1}
    while courier.deliver().delivered:
        pass
    assert system.told == ["notice-000", "notice-001"]


def test_a_letter_stays_while_something_later_of_its_match_is_being_told(store: Store, watch: Watch) -> None:
    system = System(watch)
    system.answers = [Refused("refused_by_source", "Refused.")]
    with store.write() as work:
        work.outbox.add([_of_match(0, NoticeKind.MATCH_PROPOSED, watch())], watch())
    _courier(store, system, watch).deliver()
    with store.write() as work:
        work.outbox.add([_of_match(1, NoticeKind.MATCH_REJECTED, watch())], watch())
        until = watch() + datetime.timedelta(seconds=60)
        assert len(work.outbox.claim(LANE, "another", watch(), until, 1)) == 1
        assert work.letters.owe_again(Filter(), watch()) == {}
    assert _states(store) == {"dead": 1, "owed": 1}


def test_a_letter_that_the_owner_has_is_settled_by_a_person(store: Store, owe: Owe, watch: Watch) -> None:
    owe(1)
    system = _broken_off(store, watch, can_be_asked=False, took_it=True)
    _courier(store, system, watch).deliver()
    with store.write() as work:
        assert work.letters.taken("notice-000", watch())
        assert not work.letters.taken("notice-000", watch())
    assert _states(store) == {"done": 1}


# Trace, and the courier that goes on


def test_a_push_goes_on_with_the_trace_of_what_caused_it(store: Store, owe: Owe, watch: Watch) -> None:
    system = System(watch)
    with tracing.traced("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"):
        owe(1)
    _courier(store, system, watch).deliver()
    assert system.traces == ["4bf92f3577b34da6a3ce929d0e0e4736"]


def test_a_running_courier_delivers_what_falls_due_until_it_is_ended(store: Store, owe: Owe, watch: Watch) -> None:
    told = threading.Event()

    class Tells(System):
        def push(self, notice: Notice) -> Receipt:
            receipt = super().push(notice)
            if len(self.told) == 25:
                told.set()
            return receipt

    system = Tells(watch)
    courier = _courier(store, system, watch)
    running = threading.Thread(target=courier.run, args=(0.02,))
    running.start()
    owe(25)
    assert told.wait(20)
    courier.end()
    running.join(20)
    assert not running.is_alive()
    assert sorted(set(system.told)) == sorted(system.told)


@pytest.mark.parametrize("away", [3, 10_000])
def test_what_the_owner_took_is_written_when_the_database_is_back_and_told_once(
    store: Store, owe: Owe, watch: Watch, monkeypatch: pytest.MonkeyPatch, away: int
) -> None:
    system, written, left = System(watch), Outbox.all_done, iter(range(away))

    def not_there(self: Outbox, *what: Any) -> set[int]:
        if next(left, None) is not None:
            raise Unready("database_busy", "The hub's database does not answer.")
        return written(self, *what)

    monkeypatch.setattr(Outbox, "all_done", not_there)
    owe(2)
    if away > 1_000:  # longer than the claims last: the turn ends, and they will be told again
        with pytest.raises(Unready):
            _courier(store, system, watch).deliver()
        assert _states(store) == {"owed": 2}
        return
    _courier(store, system, watch).deliver()
    assert len(system.told) == 2
    assert _states(store) == {"done": 2}
