"""How often one address may ask for public pages and try to sign in: who reads all out, or guesses, must wait."""

import ipaddress
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from contracts import Unready

_MOST_KEPT = 50_000


class Visits:
    """A bucket of a minute's calls for each address; those not seen for longest are forgotten first."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock, self._lock = float(per_minute), clock, threading.Lock()
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def admit(self, address: str) -> None:
        """Count one call; ``Unready`` (``too_many_visits``) says in how many seconds to try again."""
        whose, now = network_of(address), self._clock()
        with self._lock:
            left, at = self._left.pop(whose, (self._most, now))
            left = min(self._most, left + (now - at) * self._most / 60)
            self._left[whose] = (left - 1 if left >= 1 else left, now)
            if len(self._left) > _MOST_KEPT:
                self._left.popitem(last=False)
        if left < 1:
            wait = max(1, math.ceil((1 - left) * 60 / self._most))
            raise Unready("too_many_visits", "Your network asks for too much at once. Wait a minute, then go on.", wait)


def network_of(address: str) -> str:
    """The address itself; of IPv6 the /64, which one household or office has whole."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or found
    return str(found if found.version == 4 else ipaddress.ip_network((int(found), 64), strict=False))
