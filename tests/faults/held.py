"""How many connections are held to an address at one time, as the kernel says: whoever is told late counts too many."""

from collections import deque
from pathlib import Path
from urllib.parse import urlsplit

from tests.looking import Looking

_ESTABLISHED = "01"


class Held(Looking):
    """Looks fifty times a second while it is entered; ``most`` of this machine's connections to ``address`` that were
    open through ten looks on end: one that is being closed while the next is opened is not held."""

    def __init__(self, address: str) -> None:
        super().__init__(every=0.02)
        self.most = 0
        self._port, self._lately = urlsplit(address).port or 0, deque[int](maxlen=10)

    def look(self) -> None:
        self._lately.append(established(self._port))
        if len(self._lately) == self._lately.maxlen:
            self.most = max(self.most, min(self._lately))


def established(port: int) -> int:
    """Connections of this machine's processes to ``port`` of a loopback address."""
    lines = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    return sum(_to(line.split(), port) for line in lines)


def _to(columns: list[str], port: int) -> bool:
    return columns[3] == _ESTABLISHED and int(columns[2].rpartition(":")[2], 16) == port
