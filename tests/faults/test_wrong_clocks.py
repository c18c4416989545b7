"""Clocks that are off: a sender a little ahead is believed, one far ahead is refused by name; nothing is lost."""

import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine

from contracts import Participant
from contracts.exchange import Answer, SubmitRecords
from contracts.participants import Permission
from hub.access import machine
from hub.app import Hub
from tests.faults.conftest import Owe, Register, states
from tests.faults.cycle import one_of_a_pair
from tests.faults.figures import database_of, stated
from tests.faults.stubs import Stub, serving

OFF = [datetime.timedelta(minutes=5), datetime.timedelta(hours=1), datetime.timedelta(days=1)]
SIGNS = (1, -1)
#: After what a clock that is five minutes ahead said, and within what is believed.
_LATER = datetime.timedelta(minutes=6)


@pytest.fixture
def sender(hub: Hub) -> Any:
    may = [Permission.SUBMIT_RECORDS]
    hub.registry.participants.register(Participant(id="police", name="police", kind="other", permissions=may))
    return machine(next(one for one in hub.participants() if one.id == "police"))


def _answer(hub: Hub, sender: Any, number: int, at: datetime.datetime, version: str) -> str:
    record = one_of_a_pair("police", number, searched=True)
    ref = record.ref.model_copy(update={"version": version})
    told = record.model_copy(update={"recorded_at": at, "ref": ref})
    reply = hub.submit_records(sender, SubmitRecords(message_id=f"message-{number}-{version}", records=[told]))
    (outcome,) = reply.outcomes
    return outcome.answer.value if outcome.answer is not Answer.REFUSED else outcome.problems[0].rule


def test_a_sender_whose_clock_is_off_is_believed_or_refused_by_name_and_loses_nothing(
    hub: Hub, database_url: str, sender: Any
) -> None:
    with stated("wrong_clocks", f"senders, {database_of(database_url)}") as row:
        said = {}
        for number, off in enumerate(sign * one for one in OFF for sign in SIGNS):
            now = datetime.datetime.now(datetime.UTC)
            said[f"{off / datetime.timedelta(hours=1):+g} h"] = _answer(hub, sender, number, now + off, "1")
            assert _answer(hub, sender, number, now + _LATER, "2") == "accepted", "a later word"
        row.cases = len(said)
        row.figures = dict(said)
        assert list(said.values()) == ["accepted", "accepted", "clock_ahead", "accepted", "clock_ahead", "accepted"]
        with hub.store.read() as work:
            assert len(work.records.known("police", {f"M{n}" for n in range(6)})) == 6
            assert work.aside.counts() == {}, "what was refused is settled by what came after"


@pytest.mark.parametrize("off", [sign * one for one in OFF for sign in SIGNS], ids=str)
def test_a_worker_whose_clock_is_off_loses_no_notice_and_tells_none_twice(
    hub: Hub, database_url: str, adapters: Path, register: Register, owe: Owe, off: datetime.timedelta
) -> None:
    stubs = {"knows": Stub(dedupes=True), "plain": Stub(dedupes=False)}
    with stated("wrong_clocks", f"workers, {database_of(database_url)}") as row, serving(stubs) as address:
        for name, stub in stubs.items():
            register(name, "stub" if stub.dedupes else "plain_stub", f"{address}/{name}", timeout=5)
            owe(name, 20)
        with time_machine.travel(datetime.datetime.now(datetime.UTC) + off, tick=True):
            hub.deliver()
        hub.deliver()
        row.cases = 1
        lost = 40 - sum(len(stub.effects) for stub in stubs.values())
        twice = sum(many - 1 for stub in stubs.values() for many in stub.effects.values())
        row.figures = {"lost": lost, "told twice": twice}
        assert (lost, twice, states(hub)) == (0, 0, {"done": 40})
