"""How many connections are held to an address at one time, as the kernel says: whoever is told late counts too many."""

import threading
from collections import deque
from pathlib import Path
from urllib.parse import urlsplit

_ESTABLISHED = "01"


class Held:
    """Looks fifty times a second while it is entered; ``most`` of this machine's connections to ``address`` that were
    open through ten looks on end: one that is being closed while the next is opened is not held."""

    def __init__(self, address: str) -> None:
        self.most = 0
        self._port, self._ending = urlsplit(address).port or 0, threading.Event()
        self._thread = threading.Thread(target=self._look, name="held", daemon=True)

    def __enter__(self) -> "Held":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join()

    def _look(self) -> None:
        lately: deque[int] = deque(maxlen=10)
        while not self._ending.wait(0.02):
            lately.append(established(self._port))
            if len(lately) == lately.maxlen:
                self.most = max(self.most, min(lately))


def established(port: int) -> int:
    """Connections of this machine's processes to ``port`` of a loopback address."""
    lines = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    return sum(_to(line.split(), port) for line in lines)


def _to(columns: list[str], port: int) -> bool:
    return columns[3] == _ESTABLISHED and int(columns[2].rpartition(":")[2], 16) == port
