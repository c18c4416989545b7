"""Connections of adapters under test, which may reach this machine as no others may."""

import tempfile
from pathlib import Path

from adapters.base import Connection
from adapters.outgoing import Outgoing

HERE = Outgoing.of(["127.0.0.0/8", "::1", "localhost"], Path(tempfile.gettempdir()))


def connection(participant: str, url: str, secret: str | None = None, seconds: float = 20.0) -> Connection:
    """A ``Connection`` that lets loopback addresses and files below the temporary folder be reached."""
    return Connection(participant, url, secret, seconds, HERE)
