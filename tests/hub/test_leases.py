"""Work that one process does at a time: leases with fences, and slots that are each run once."""

import datetime
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import pytest

from contracts import Unready
from hub.clock import Clock, forget_old_slots, run_slot
from hub.index import Store
from hub.leasing import leased
from hub.settings import Settings


def test_a_lease_is_held_by_one(store: Store) -> None:
    with leased(store, "pull", 60), pytest.raises(Unready) as busy, leased(store, "pull", 60):
        pass
    assert busy.value.code == "already_running"
    with leased(store, "pull", 60):
        pass


def test_a_lease_that_ran_out_is_taken_over_and_the_old_holder_is_fenced_off(store: Store) -> None:
    now = datetime.datetime.now(datetime.UTC)
    second = datetime.timedelta(seconds=1)
    with store.write() as work:
        assert work.leases.take("pull", "first", now, now + second) == 1
        assert work.leases.take("pull", "second", now, now + second) is None
    with store.write() as work:
        assert work.leases.take("pull", "second", now + second, now + 9 * second) == 2
        assert not work.leases.still_held("pull", 1)
        assert work.leases.still_held("pull", 2)
        assert not work.leases.renew("pull", 1, now + 99 * second)


def test_a_heartbeat_renews_a_lease_while_work_goes_on(store: Store) -> None:
    def until() -> int:
        with store.engine.begin() as connection:
            return int(connection.exec_driver_sql("SELECT until FROM leases").scalar_one())

    with leased(store, "pull", 1.5):
        first, patience = until(), 600
        while until() == first and patience:
            patience -= 1
            time.sleep(0.05)
        assert until() > first


def test_work_whose_lease_was_lost_is_refused(store: Store) -> None:
    with leased(store, "pull", 60) as lease:
        with store.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE leases SET fence = 7")
        with pytest.raises(Unready) as lost, store.write() as work:
            lease.confirm(work)
    assert lost.value.code == "lease_lost"


def test_each_slot_runs_once_among_many_threads(store: Store) -> None:
    ran: list[int] = []
    begin = threading.Barrier(4)

    def process() -> None:
        begin.wait()
        for slot in range(10):
            run_slot(store, "deliver", slot, 60, lambda slot=slot: ran.append(slot))  # type: ignore[misc]

    threads = [threading.Thread(target=process) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ran) == sorted(set(ran))
    assert set(range(10)) >= set(ran)


_PROCESS = """
import sys
from hub.clock import run_slot
from hub.index import Store
store = Store.at(sys.argv[1])
for slot in range(20):
    run_slot(store, sys.argv[2], slot, 60, lambda: print("ran", slot, flush=True))
store.close()
"""


def test_each_slot_runs_at_most_once_among_processes(store: Store, database_url: str) -> None:
    processes = [
        subprocess.Popen([sys.executable, "-c", _PROCESS, database_url, "pull"], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    lines = [line for process in processes for line in process.communicate()[0].splitlines()]
    ran = [int(line.removeprefix("ran ")) for line in lines if line.startswith("ran ")]
    assert [process.returncode for process in processes] == [0, 0]
    assert len(ran) == len(set(ran))
    with store.engine.begin() as connection:
        outcomes = connection.exec_driver_sql("SELECT outcome FROM slots WHERE job = 'pull'").scalars().all()
    assert len(outcomes) == 20
    assert len(ran) == outcomes.count("done")
    assert set(outcomes) <= {"done", "already_running"}


def test_a_job_never_overlaps_with_itself(store: Store) -> None:
    inside: list[bool] = []

    def outer() -> None:
        inside.append(run_slot(store, "pull", 2, 60, lambda: None))

    assert run_slot(store, "pull", 1, 60, outer)
    assert inside == [False]


def test_a_job_that_fails_is_written_down_and_the_next_slot_runs(store: Store) -> None:
    def fails() -> None:
        raise ZeroDivisionError

    assert run_slot(store, "pull", 1, 60, fails)
    assert run_slot(store, "pull", 2, 60, lambda: None)
    with store.engine.begin() as connection:
        outcomes = connection.exec_driver_sql("SELECT outcome FROM slots ORDER BY slot").scalars().all()
    assert outcomes == ["defect: ZeroDivisionError", "done"]


def test_old_slots_are_forgotten(store: Store) -> None:
    run_slot(store, "pull", 1, 60, lambda: None)
    forget_old_slots(store)
    with store.read() as work:
        assert work.leases.count_slots("pull") == 1
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE slots SET claimed_at = 0")
    forget_old_slots(store)
    with store.read() as work:
        assert work.leases.count_slots("pull") == 0


class Ticked:
    """A hub as far as the clock is concerned."""

    settings = Settings()

    def __init__(self, store: Store) -> None:
        self.store = store
        self.matched = threading.Event()
        self.pending = 5
        self.alerting = SimpleNamespace(tell=lambda: 0)
        self.casework = SimpleNamespace(sweep=lambda progress: None, look_for_doubles=lambda progress: 0)
        self.erasing = SimpleNamespace(apply=lambda: 0)
        self.expiry = SimpleNamespace(warn=lambda: 0)
        self.mailing = SimpleNamespace(send=lambda: 0)
        self.appeals = SimpleNamespace(issuing=SimpleNamespace(run=lambda: 0))
        self.reconciling = SimpleNamespace(expire=lambda: 0, able=list)

    def count_pending(self) -> int:
        return self.pending

    def match_all(self, progress: object) -> None:
        self.matched.set()

    def clean_up(self) -> None: ...

    def grow_audit(self) -> None: ...

    def look_through(self, progress: object) -> None: ...

    def pull(self, participant_id: str, progress: object) -> None: ...

    def pulled(self) -> list[object]:
        return []


def test_the_clock_has_what_was_ported_matched_once_no_more_comes(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.clock._MATCH_EVERY_SECONDS", 1)
    hub = Ticked(store)
    clock = Clock(hub)  # type: ignore[arg-type]
    clock.start()
    assert hub.matched.wait(20)
    clock.stop()
    assert not [thread for thread in threading.enumerate() if "APScheduler" in thread.name]


def test_work_under_way_stops_between_its_parts_when_the_process_ends(store: Store) -> None:
    clock = Clock(Ticked(store))  # type: ignore[arg-type]
    clock._goes_on(1, None)
    clock.stop()
    with pytest.raises(Unready) as ended:
        clock._goes_on(2, None)
    assert ended.value.code == "process_ends"
