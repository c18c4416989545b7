"""The trace of what is being done, as W3C Trace Context writes it: from a message taken in to the push it causes."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_current: ContextVar[str | None] = ContextVar("traceparent", default=None)
HEADER = "traceparent"


def current() -> str | None:
    """The ``traceparent`` of what is being done in this thread; None outside of any."""
    return _current.get()


def trace_id() -> str | None:
    """Its 32 hexadecimal digits, for logs."""
    said = _current.get()
    return said and said[3:35]


@contextmanager
def traced(parent: str | None = None) -> Iterator[str]:
    """Go on with the trace of ``parent`` under a span of our own; a new trace if it is absent or no ``traceparent``."""
    known = parent is not None and _TRACEPARENT.fullmatch(parent)
    trace, flags = (parent[3:35], parent[53:]) if parent and known else (secrets.token_hex(16), "01")
    token = _current.set(f"00-{trace}-{secrets.token_hex(8)}-{flags}")
    try:
        yield trace
    finally:
        _current.reset(token)
