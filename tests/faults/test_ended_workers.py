"""Workers that are told to end do so in time, whatever hangs in a foreign system, and lose nothing."""

import signal
import time
from pathlib import Path

import pytest

from hub.app import Hub
from tests.faults.conftest import Owe, Register, states
from tests.faults.crew import Crew
from tests.faults.figures import database_of, stated
from tests.faults.stubs import Stub, serving


@pytest.mark.parametrize(("seconds", "state"), [(1.0, "done"), (60.0, "owed")], ids=["slow", "hanging"])
def test_a_worker_told_to_end_finishes_what_it_can_within_ten_seconds(
    hub: Hub, database_url: str, adapters: Path, register: Register, owe: Owe, seconds: float, state: str
) -> None:
    stub = Stub(dedupes=True, seconds=seconds)
    with stated("ended_workers", database_of(database_url)) as row, serving({"slow": stub}) as address:
        register("slow", "stub", f"{address}/slow", timeout=90)
        owe("slow", 1)
        crew = Crew(database_url, adapters, size=1)
        try:
            crew.ready()
            while not stub.told:
                time.sleep(0.02)
            crew.working[0].send_signal(signal.SIGTERM)
            begun = time.monotonic()
            assert crew.working[0].wait(10) == 0
        finally:
            crew.end()
        row.cases = 1
        row.figures[f"while an answer takes {seconds:g} s"] = f"ended in {time.monotonic() - begun:.1f} s"
        assert states(hub) == {state: 1}
