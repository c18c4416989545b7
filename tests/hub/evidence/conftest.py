"""An audit with lines in it, a key that signs its heads, and a witness beside."""

import datetime
from collections.abc import Callable, Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub.evidence.growing import Growing
from hub.evidence.offline.checkpoint import LOG, WITNESS, Signer
from hub.index import Store
from hub.index.audit import Line

NOW = datetime.datetime(2026, 1, 10, 9, 0, tzinfo=datetime.UTC)
HUB = Signer("hub.test/audit", Ed25519PrivateKey.from_private_bytes(b"h" * 32), LOG)
WATCH = Signer("police-br", Ed25519PrivateKey.from_private_bytes(b"w" * 32), WITNESS)
Write = Callable[[int], None]


@pytest.fixture
def write(store: Store) -> Write:
    """Write so many further lines, a second apart."""
    written = iter(range(1_000_000))

    def more(many: int) -> None:
        with store.write() as work:
            for n in (next(written) for _ in range(many)):
                line = Line(
                    "officer:a", "committee", "read_section", "asked", matter=f"case {n}", hub_id=f"child {n % 7}"
                )
                work.audit.add(line, NOW + datetime.timedelta(seconds=n))

    return more


@pytest.fixture
def growing(store: Store) -> Iterator[Growing]:
    yield Growing(store, HUB, now=lambda: NOW)
