"""One process's share of the work: the courier, the matching that is owed, and the clock that says when to do the rest.

Any number of processes may work beside each other: lanes, leases and slots in the database keep them apart.
"""

import threading

import structlog

from hub.clock import Clock, Ticked
from hub.courier import Courier

log = structlog.get_logger()
_LOOK_SECONDS = 0.5


class Worker:
    """Works from ``start`` to ``stop``, each called once."""

    def __init__(self, hub: Ticked, courier: Courier) -> None:
        self._hub, self._courier, self._clock = hub, courier, Clock(hub)
        self._ending = threading.Event()
        every = float(hub.settings.deliver_every_seconds)
        # Daemons: what hangs in a foreign system must not keep the process from ending.
        self._delivering = threading.Thread(target=courier.run, args=(every,), name="courier", daemon=True)
        self._matching = threading.Thread(target=self._match, name="matching", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._clock.start()
        self._delivering.start()
        if self._hub.settings.match_later:
            self._matching.start()

    def stop(self, seconds: float) -> bool:
        """Begin nothing more and finish what is under way; false if that was not done in time.

        What is cut off loses nothing: claims and leases run out, and another process takes them up.
        """
        self._ending.set()
        self._courier.end()
        ending = threading.Thread(target=self._clock.stop, name="ending", daemon=True)
        ending.start()
        half = seconds / 2
        self._delivering.join(half)
        ending.join(half)
        drained = not (self._delivering.is_alive() or ending.is_alive())
        log.info("work_ended", status="drained" if drained else "cut_short")
        return drained

    def _match(self) -> None:
        """Pay what is owed of matching, part by part; what is cut off is still owed."""
        while not self._ending.is_set():
            try:
                done = self._hub.match_owed()
            except Exception as error:
                log.error("owed_not_matched", error=type(error).__name__)
                done = 0
            if not done:
                self._ending.wait(_LOOK_SECONDS)
