"""What arrives at one moment from several sides is matched and taken in as if one had waited for the other."""

import threading
from collections.abc import Callable

from contracts import ChildRecord
from contracts.exchange import MatchState
from hub.flow import Flow
from hub.index import Store

Make = Callable[..., ChildRecord]


def _together(*tasks: Callable[[], object]) -> list[BaseException]:
    begin, failed = threading.Barrier(len(tasks)), []

    def run(task: Callable[[], object]) -> None:
        begin.wait()
        try:
            task()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed


def test_two_halves_of_a_pair_that_arrive_together_are_matched(
    flow: Flow, store: Store, child: Make, found: Make
) -> None:
    for n in range(15):
        name = f"Unique{n} Word{n}"
        failed = _together(
            lambda n=n, name=name: flow.receive("police-br", f"message-{n:04}", [child(f"M{n}", name)]),  # type: ignore[misc]
            lambda n=n, name=name: flow.receive("cci-dl", f"message-{n:04}", [found(f"F{n}", name)]),  # type: ignore[misc]
        )
        assert failed == []
    with store.read() as work:
        assert len(work.matches.best(MatchState.PROPOSED, 2, 100)) == 15


def test_the_same_message_delivered_together_has_one_effect(flow: Flow, store: Store, child: Make) -> None:
    replies: list[str] = []

    def tell() -> None:
        replies.append(flow.receive("police-br", "message-1", [child("M1"), child("M2")]).model_dump_json())

    assert _together(*[tell] * 4) == []
    assert len(set(replies)) == 1
    with store.read() as work:
        assert work.records.counts() == [("police-br", 2, 2)]


def test_two_words_on_one_record_that_arrive_together_leave_the_newer(flow: Flow, store: Store, child: Make) -> None:
    for n in range(10):
        tasks = [
            lambda n=n, v=v: flow.receive("police-br", f"message-{n}-{v}", [child(f"M{n}", version=v)])  # type: ignore[misc]
            for v in (1, 2, 3)
        ]
        assert _together(*tasks) == []
    with store.read() as work:
        known = work.records.known("police-br", [f"M{n}" for n in range(10)])
    assert {one.version for one in known.values()} == {"3"}
