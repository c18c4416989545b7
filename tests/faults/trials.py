"""Short trials of single promises, each of which says what went wrong: nothing, while the product is sound."""

import datetime
import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path

import time_machine

from adapters.base import Adapter, Capability, Connection, Receipt
from contracts import Notice, NoticeKind, Reference, Refused, Unready
from contracts.exchange import SubmitRecords, SubmitReply
from hub.access import Caller, machine
from hub.app import Hub
from hub.courier import Courier, Policy
from hub.leasing import leased
from hub.letters import Filter
from hub.settings import Settings
from tests.faults.cycle import one_of_a_pair

_DAY = datetime.timedelta(days=1)
_fork = multiprocessing.get_context("fork")


class System(Adapter):
    """A system in memory that answers what it was told to answer, then takes everything."""

    capabilities = frozenset({Capability.PUSH})

    def __init__(self, *answers: Exception, dedupes: bool = True, takes_first: bool = False) -> None:
        super().__init__(Connection("police", "http://127.0.0.1:9/", timeout_seconds=1))
        self.dedupes, self._answers, self._takes_first = dedupes, list(answers), takes_first
        self.told: list[str] = []
        self.tried = 0

    def push(self, notice: Notice) -> Receipt:
        self.tried += 1
        answer = self._answers.pop(0) if self._answers else None
        if answer is None or self._takes_first:
            self.told.append(notice.notice_id)
        if answer is not None:
            raise answer
        return Receipt()

    def has(self, notice: Notice) -> bool | None:
        return notice.notice_id in self.told


def _now(ahead: datetime.timedelta) -> Callable[[], datetime.datetime]:
    return lambda: datetime.datetime.now(datetime.UTC) + ahead


def _courier(hub: Hub, system: Adapter, ahead: datetime.timedelta = datetime.timedelta()) -> Courier:
    return Courier(hub.store, lambda _: system, Policy(), _now(ahead))


def _owe(hub: Hub, many: int, children: int = 1) -> None:
    now = datetime.datetime.now(datetime.UTC)
    notices = [
        Notice(notice_id=f"notice-{n:02}", kind=NoticeKind.MATCH_PROPOSED, to="police",
               about=Reference(participant="police", source_id=f"M{n % children}"), created_at=now, text="Look.")
        for n in range(many)
    ]  # fmt: skip
    with hub.store.write() as work:
        work.outbox.add(notices, now)


def _submitted(hub: Hub, sender: str, message_id: str, searched: bool) -> SubmitReply:
    caller = _caller(hub, sender)
    record = one_of_a_pair(sender, 1, searched)
    return hub.submit_records(caller, SubmitRecords(message_id=message_id, records=[record]))


def _caller(hub: Hub, name: str) -> Caller:
    return machine(next(one for one in hub.participants() if one.id == name))


def _killed(what: Callable[[], None]) -> None:
    """Do it in a copy of this process, which is killed at once when it is done."""

    def once() -> None:
        what()
        os.kill(os.getpid(), signal.SIGKILL)

    process = _fork.Process(target=once)
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL, "it failed before it was killed"


# The trials: each takes the settings of a hub with the participants `police` and `home`, and tells what went wrong.


def killed_after_a_match(settings: Settings) -> list[str]:
    """Two records that match, then the process dies: both owners must still be owed a notice."""

    def match() -> None:
        hub = Hub.open(settings)
        _submitted(hub, "police", "message-1", searched=True)
        _submitted(hub, "home", "message-2", searched=False)

    _killed(match)
    hub = Hub.open(settings)
    with hub.store.read() as work:
        owed = work.outbox.count_owed()
    hub.close()
    return [] if owed == 2 else [f"{2 - owed} notices lost"]


def killed_while_telling(settings: Settings) -> list[str]:
    """The process dies between the claim and the answer: another must tell it."""

    def tell() -> None:
        hub = Hub.open(settings)
        _owe(hub, 1)
        dying = System()
        dying.push = lambda _: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign,assignment,return-value]
        _courier(hub, dying).deliver()

    _killed(tell)
    hub, system = Hub.open(settings), System()
    _courier(hub, system, _DAY).deliver()
    hub.close()
    return [] if system.told == ["notice-00"] else ["never told"]


def acknowledged_then_killed(settings: Settings) -> list[str]:
    """The process dies right after its reply: what was acknowledged must be there."""

    def submit() -> None:
        _submitted(Hub.open(settings), "police", "message-1", searched=True)

    _killed(submit)
    hub = Hub.open(settings)
    with hub.store.read() as work:
        known = work.records.known("police", {"M1"})
    hub.close()
    return [] if known else ["acknowledged and not there"]


def told_again_after_a_day(settings: Settings) -> list[str]:
    """The same message a day later gets the same reply."""
    hub = Hub.open(settings)
    first = _submitted(hub, "police", "message-1", searched=True)
    with time_machine.travel(datetime.datetime.now(datetime.UTC) + _DAY, tick=True):
        again = _submitted(hub, "police", "message-1", searched=True)
    hub.close()
    return [] if first.model_dump_json() == again.model_dump_json() else ["another reply"]


def refused(settings: Settings) -> list[str]:
    """A refused notice is a letter, and never sent again by itself."""
    hub, system = Hub.open(settings), System(Refused("refused_by_source", "No."))
    _owe(hub, 1)
    _courier(hub, system).deliver()
    _courier(hub, system, _DAY).deliver()
    letters = len(hub.letters(Filter()))
    hub.close()
    return [] if (system.tried, letters) == (1, 1) else [f"sent {system.tried} times, {letters} letters"]


def down_for_everybody(settings: Settings) -> list[str]:
    """A system found down by one process is left alone by the next."""
    hub, system = Hub.open(settings), System(*[Unready("unreachable", "Down.")] * 99)
    _owe(hub, 30, children=30)
    for _ in range(3):
        _courier(hub, system).deliver()
    hub.close()
    return [] if system.tried == 3 else [f"tried {system.tried} times"]


def one_child(settings: Settings) -> list[str]:
    """Two notices of one child: the second waits for the first."""
    hub, system = Hub.open(settings), System(Unready("busy", "Later."))
    _owe(hub, 2)
    _courier(hub, system).deliver()
    _courier(hub, system, _DAY).deliver()
    hub.close()
    return [] if system.told == sorted(system.told) and len(system.told) == 2 else [f"told {system.told}"]


def no_answer(settings: Settings) -> list[str]:
    """A system that cannot tell a notice it knows took it and did not answer: it must not get it twice."""
    hub = Hub.open(settings)
    system = System(Unready("timed_out", "No answer."), dedupes=False, takes_first=True)
    _owe(hub, 1)
    _courier(hub, system).deliver()
    _courier(hub, system, _DAY).deliver()
    hub.close()
    return [] if system.told == ["notice-00"] else ["told twice"]


def overtaken(settings: Settings) -> list[str]:
    """Whoever lost a lease to another process may write no more."""
    hub, harm = Hub.open(settings), []
    with leased(hub.store, "intake:police", 60) as mine:
        with hub.store.write() as work:
            later = datetime.datetime.now(datetime.UTC) + _DAY
            assert work.leases.take("intake:police", "another", later, later + _DAY)
        try:
            with hub.store.write() as work:
                mine.confirm(work)
            harm = ["wrote after it was overtaken"]
        except Unready:
            pass
    hub.close()
    return harm


def died_with_a_lease(settings: Settings) -> list[str]:
    """A lease of a dead process runs out."""

    def hold() -> None:
        with leased(Hub.open(settings).store, "intake:police", 60):
            os.kill(os.getpid(), signal.SIGKILL)

    _killed(hold)
    hub, harm = Hub.open(settings), []
    try:
        with time_machine.travel(datetime.datetime.now(datetime.UTC) + _DAY), leased(hub.store, "intake:police", 60):
            pass
    except Unready:
        harm = ["nobody can go on"]
    hub.close()
    return harm


def fresh(folder: Path) -> Settings:
    """A hub with the participants ``police`` and ``home`` on a database of its own."""
    return Settings(database=f"sqlite:///{folder / 'hub.sqlite'}", pool=2, propose_bits=0, log_level="error")
