"""The parts of asking joined: one loop for a process, over it the live search and the live reading."""

import datetime
import threading
from collections.abc import Callable

import structlog

from hub.asking.loop import Bounds, Loop
from hub.asking.noting import Noting
from hub.asking.reading import LiveReading
from hub.asking.searching import LiveSearching, Parts, Patience
from hub.courier import Policy
from hub.finding import Finding
from hub.index import Store
from hub.settings import Settings
from hub.systems import Systems
from registry import Registry

log = structlog.get_logger()


class Asking:
    """``searching`` and ``reading``; ``close`` ends what is under way and writes down what ended."""

    def __init__(
        self,
        store: Store,
        registry: Registry,
        systems: Systems,
        finding: Finding,
        settings: Settings,
        policy: Policy,
        require_proof: Callable[[], None] = lambda: None,
    ) -> None:
        def now() -> datetime.datetime:
            return datetime.datetime.now(datetime.UTC)

        sockets, per_host = settings.live_sockets, settings.live_sockets_per_host
        self.loop = Loop(Bounds(sockets, per_host, outgoing=systems.outgoing))
        self._noting = Noting(store, policy, now)
        parts = Parts(store, registry, systems, finding, self.loop, self._noting)
        patience = Patience(settings.live_seconds, settings.live_source_seconds, settings.live_at_once)
        self.searching = LiveSearching(parts, patience, now, require_proof)
        self.reading = LiveReading(
            store, registry, systems, self.loop, self._noting, now, settings.live_seconds, require_proof
        )

    def prepare_later(self) -> None:
        """Do in a thread of its own what the first live search would else wait for; what fails, that search meets."""
        threading.Thread(target=self._prepare, name="preparing", daemon=True).start()

    def _prepare(self) -> None:
        try:
            log.info("live_search_prepared", sources=self.searching.prepare())
        except Exception as error:
            log.warning("live_search_not_prepared", error=type(error).__name__)

    def finish(self) -> None:
        """Wait until what ended is written down."""
        self._noting.finish()

    def close(self) -> None:
        self.loop.close()
        self._noting.finish()
