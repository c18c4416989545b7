"""``python -m portal.cli.waiting ADDRESS SECONDS``: waits until a hub says it is ready; for service managers."""

import sys
import time
import urllib.request


def ready(address: str, seconds: float) -> bool:
    """Whether the address answered 200 within so many seconds."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 (given by the unit)
                return bool(answer.status == 200)
        except OSError:
            time.sleep(0.2)
    return False


if __name__ == "__main__":
    sys.exit(0 if ready(sys.argv[1], float(sys.argv[2])) else 1)
