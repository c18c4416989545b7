"""``Store``: one database; ``Work``: one transaction in it, with a subject for each kind of thing kept."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from contracts import Unready
from hub.index import dialect
from hub.index.accounts import Accounts
from hub.index.alerts import Alerts
from hub.index.appeals import Appeals
from hub.index.aside import Aside
from hub.index.audit import Audit
from hub.index.beside import Beside
from hub.index.cases import Cases
from hub.index.changes import Changes
from hub.index.citizens import Citizens
from hub.index.closing import Closing
from hub.index.counting import Counting
from hub.index.doubles import Doubles
from hub.index.erasing import Erasing
from hub.index.events import Events
from hub.index.evidence import Evidence
from hub.index.glass import Glass
from hub.index.inbox import Inbox
from hub.index.keys import Keys
from hub.index.lanes import Lanes
from hub.index.leases import Leases
from hub.index.letters import Letters
from hub.index.matches import Matches
from hub.index.orders import Orders
from hub.index.outbox import Outbox
from hub.index.payload import Seal, Unsealed
from hub.index.reaching import reached
from hub.index.reconciliations import Reconciliations
from hub.index.records import Records
from hub.index.replies import Replies
from hub.index.runs import Runs
from hub.index.safe import Safe
from hub.index.searching import Searching
from hub.index.sittings import Sittings
from registry.answering import answering, busy

#: As long as SQLite itself waits for its lock (hub.index.dialect).
_PATIENCE_SECONDS = 30
_LATELY_SECONDS = 3.0


class Work:
    """One open transaction. All of it is kept, or nothing."""

    def __init__(self, connection: Connection, seal: Seal) -> None:
        self.connection, self.seal = connection, seal
        self.records = Records(connection, seal)
        self.changes = Changes(connection, seal)
        self.searching = Searching(connection, seal)
        self.matches = Matches(connection)
        self.events = Events(connection, seal)
        self.cases = Cases(connection)
        self.doubles = Doubles(connection, seal)
        self.sittings = Sittings(connection)
        self.inbox = Inbox(connection, seal)
        self.replies = Replies(connection, seal)
        self.outbox = Outbox(connection, seal)
        self.aside = Aside(connection, seal)
        self.beside = Beside(connection)
        self.lanes = Lanes(connection)
        self.letters = Letters(connection)
        self.runs = Runs(connection)
        self.reconciliations = Reconciliations(connection)
        self.alerts = Alerts(connection)
        self.appeals = Appeals(connection, seal)
        self.leases = Leases(connection)
        self.audit = Audit(connection)
        self.evidence = Evidence(connection)
        self.accounts = Accounts(connection)
        self.counting = Counting(connection)
        self.citizens = Citizens(connection, seal)
        self.glass = Glass(connection)
        self.keys = Keys(connection)
        self.closing = Closing(connection, seal)
        self.orders = Orders(connection)
        self.erasing = Erasing(connection, seal)


class Store:
    """The hub's database. Safe to share between threads."""

    def __init__(self, engine: Engine, safe: Safe | None = None) -> None:
        self.engine = engine
        self.backend = dialect.backend(engine)
        self._reader = engine.execution_options(reading=True)
        self.safe: Safe | Unsealed = safe or Unsealed()
        """What closes and opens the words of children; ``hub.sealing.opening`` puts the hub's own here."""
        self._writing = threading.Lock()
        self._failed_at = -_LATELY_SECONDS

    @classmethod
    def at(cls, url: str, pool_size: int = 10, safe: Safe | None = None) -> "Store":
        """The store at a database URL that answers; ``hub.index.migrations.upgrade`` makes its tables."""
        return cls(reached(url, pool_size), safe)

    @contextmanager
    def write(self) -> Iterator[Work]:
        """A transaction that may change things; ``Unready`` (``database_busy``) if the database does not answer."""
        try:
            with answering(), self._turn(), self.engine.begin() as connection:
                yield Work(connection, self.safe.at(connection))
        except Unready as unready:
            if unready.code == "database_busy":
                self._failed_at = time.monotonic()
            raise

    @property
    def failed_lately(self) -> bool:
        """Whether the database did not take a write of this process in the last seconds: on a full disk some go on."""
        return time.monotonic() < self._failed_at + _LATELY_SECONDS

    @contextmanager
    def read(self) -> Iterator[Work]:
        """A transaction that only reads, beside any writer."""
        with answering(), self._reader.begin() as connection:
            yield Work(connection, self.safe.at(connection))

    def vacuum(self) -> None:
        """Rebuild SQLite's file, so that nothing of what was written over stands in its free parts."""
        if self.backend == "sqlite":
            with answering(), self._turn(), self.engine.connect() as connection:
                dialect.rebuild(connection)
        self.scour()

    def scour(self) -> None:
        """Write SQLite's log back into its file and empty it: what was overwritten there stands in the log no more."""
        if self.backend == "sqlite":
            with answering(), self._turn(), self.engine.connect() as connection:
                dialect.empty_log(connection)

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """SQLite's writers of one process follow one another here.

        Waiting for its own lock is sleeping and looking again, during which nobody writes: half of the rate is lost.
        """
        if self.backend != "sqlite":
            yield
            return
        if not self._writing.acquire(timeout=_PATIENCE_SECONDS):
            raise busy()
        try:
            yield
        finally:
            self._writing.release()
