"""A lease held while work goes on: a heartbeat keeps it, a fence stops whoever lost it."""

import datetime
import os
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from contracts import TrackChildError, Unready
from hub.index import Store, Work


def process_name() -> str:
    """Who holds a lease: host, process and a random part."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"


@dataclass(frozen=True)
class Lease:
    name: str
    fence: int

    def confirm(self, work: Work) -> None:
        """Raise ``Unready`` (``lease_lost``) inside a transaction whose lease went to another process."""
        if not work.leases.still_held(self.name, self.fence):
            raise Unready("lease_lost", f"Another process took over {self.name}. Nothing was lost; it goes on there.")


@contextmanager
def leased(store: Store, name: str, seconds: float) -> Iterator[Lease]:
    """Hold ``name`` alone among all processes; ``Unready`` (``already_running``) while another does."""
    lease = _take(store, name, seconds)
    done = threading.Event()
    beat = threading.Thread(target=_beat, args=(store, lease, seconds, done), name=f"heartbeat {name}", daemon=True)
    beat.start()
    try:
        yield lease
    finally:
        done.set()
        beat.join()
        with store.write() as work:
            work.leases.give_back(lease.name, lease.fence, _now())


def _take(store: Store, name: str, seconds: float) -> Lease:
    with store.write() as work:
        fence = work.leases.take(name, process_name(), _now(), _now() + datetime.timedelta(seconds=seconds))
    if fence is None:
        raise Unready("already_running", f"{name} is already running in another process. Wait until it ends.")
    return Lease(name, fence)


def _beat(store: Store, lease: Lease, seconds: float, done: threading.Event) -> None:
    while not done.wait(seconds / 3):
        try:
            with store.write() as work:
                held = work.leases.renew(lease.name, lease.fence, _now() + datetime.timedelta(seconds=seconds))
        except TrackChildError:
            continue  # the database is busy: the next beat may come through, and the fence guards what is written
        if not held:
            return


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
