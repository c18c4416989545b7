"""PostgreSQL killed under load: what was acknowledged is there; the hub goes on with the standby, or on its return."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select

from hub.index.schema import inbox, outbox, records
from hub.settings import Settings
from portal.web.server import listen
from tests.faults import answering, cycle
from tests.faults.cluster import Server, ended, url_of
from tests.faults.crew import Crew
from tests.faults.figures import LONG, Row, stated
from tests.faults.forked import ended as exit_of
from tests.faults.forked import started
from tests.faults.senders import Senders, Sent, message
from tests.faults.stubs import Stub, serving

_ROUNDS, _SECONDS = (5, 20.0) if LONG else (1, 2.0)
_PATIENCE = 60


class Pair:
    """A server and the standby that takes its place; the dead one is made anew as the next standby."""

    def __init__(self, folder: Path) -> None:
        self.now = Server.in_(folder / "one").made()
        self.next = Server.in_(folder / "two").copied_from(self.now)
        self.every = [self.now, self.next]
        self.url = url_of(*self.every)
        self._folder = folder

    def fail_over(self) -> None:
        self.now.kill()
        self.next.promote()
        self.now, self.next = self.next, self.now

    def mend(self) -> None:
        """Where there is another round: the dead one follows the living."""
        self.next.emptied().copied_from(self.now)


class Alone:
    """One server, started again after it was killed."""

    def __init__(self, folder: Path) -> None:
        self.now = Server.in_(folder / "one").made()
        self.every = [self.now]
        self.url = url_of(self.now)

    def fail_over(self) -> None:
        self.now.kill()
        self.now.start()

    def mend(self) -> None:
        pass


@pytest.mark.parametrize(("kind", "how"), [(Pair, "standby promoted"), (Alone, "started again")])
def test_a_killed_postgresql_loses_nothing_that_was_acknowledged(
    kind: type[Pair] | type[Alone], how: str, adapters: Path, outside: Path
) -> None:
    stubs = {"police": Stub(dedupes=True), "home": Stub(dedupes=False)}
    with stated("killed_database", how) as row, serving(stubs) as address:
        servers = kind(outside)
        with ended(*servers.every):
            settings = cycle.settled(servers.url, adapters, address).model_copy(update={"propose_bits": 10.0})
            sent, gaps = _under_load(servers, settings, adapters)
            _check(row, servers.now.url(), sent, gaps, stubs)


def _under_load(servers: Pair | Alone, settings: Settings, adapters: Path) -> tuple[Sent, list[float]]:
    keys, gaps = cycle.keys_of(settings, "police", "home"), []
    crew = Crew(settings.database, adapters, size=1)
    with listen("127.0.0.1", 0) as listening:
        process = started(answering.serve, settings, listening)
        try:
            crew.ready()
            with Senders(listening.getsockname()[1], keys).working() as sent:
                for number in range(_ROUNDS):
                    if number:
                        servers.mend()
                    time.sleep(_SECONDS)
                    gaps.append(_gap(servers, sent))
                time.sleep(_SECONDS)
            _until_told(servers.now.url())
        finally:
            crew.end()
            process.kill()
            exit_of(process)
    return sent, gaps


def _gap(servers: Pair | Alone, sent: Sent) -> float:
    """Seconds from the kill to the next acknowledgement."""
    assert sent.acknowledged
    killed = time.monotonic()
    servers.fail_over()
    while (gap := sent.first_after(killed + 0.2)) is None:
        assert time.monotonic() < killed + _PATIENCE, "the hub did not come back"
        time.sleep(0.05)
    return gap + 0.2


def _until_told(database: str) -> None:
    """The couriers tell what is still owed, however much that is: they are given up when it becomes no less."""
    engine, least, until = create_engine(database), -1, time.monotonic() + _PATIENCE
    owed = select(func.count()).select_from(outbox).where(outbox.c.state != "done")
    try:
        while least:
            with engine.connect() as connection:
                left = connection.execute(owed).scalar_one()
            if least < 0 or left < least:
                least, until = left, time.monotonic() + _PATIENCE
            assert time.monotonic() < until, f"{left} notices stay owed"
            time.sleep(0.2)
    finally:
        engine.dispose()


def _check(row: Row, database: str, sent: Sent, gaps: list[float], stubs: dict[str, Stub]) -> None:
    engine = create_engine(database)
    with engine.connect() as connection:
        taken_in = set(connection.execute(select(inbox.c.message_id)).scalars())
        there = set(connection.execute(select(records.c.source_id)).scalars())
        notices = set(connection.execute(select(outbox.c.notice_id)).scalars())
    engine.dispose()
    asked = {message(number)[1].message_id: message(number)[1] for number in sent.acknowledged}
    row.cases = len(gaps)
    row.figures = {
        "acknowledged": len(asked),
        "acknowledged and not there": len(set(asked) - taken_in),
        "back after s": max(round(gap, 1) for gap in gaps),
        "notices": len(notices),
        "told": sum(len(stub.effects) for stub in stubs.values()),
        "effects twice": sum(many - 1 for stub in stubs.values() for many in stub.effects.values()),
        "told again under the same id": sum(stub.told - len(stub.effects) for stub in stubs.values()),
    }
    assert set(asked) <= taken_in
    assert {one.records[0].ref.source_id for one in asked.values()} <= there
    assert sent.refused == []
    assert max(gaps) <= (10 if LONG else _PATIENCE)
    assert {one for stub in stubs.values() for one in stub.effects} == notices
    assert row.figures["effects twice"] == 0
    # Only to a system that knows it again, and at most those that were claimed at once; the other kind is asked first.
    assert stubs["home"].told == len(stubs["home"].effects)
    assert stubs["police"].told - len(stubs["police"].effects) <= 10 * len(gaps)


@pytest.fixture
def outside() -> Iterator[Path]:
    """A folder that PostgreSQL's own user may enter."""
    folder = Path(tempfile.mkdtemp(prefix="trackchild-killed-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)
