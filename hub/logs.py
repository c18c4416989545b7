"""Logs by structlog in which only listed keys pass, so that nothing said of a child can slip into one."""

import io
import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO, cast

import structlog

from contracts import tracing

_KEYS = """
    adults attempts code dead delivered door error event failures gaps holder incident indexed job lane level logger
    match method notice operation participant proposed read request retried run scored searched seconds set_aside slot
    status timestamp trace unchanged waiting what where withdrawn
"""
#: Every key that may be logged. Values are codes, counts and ids of the exchange, never words about a person.
ALLOWED = frozenset(_KEYS.split())
_LONGEST = 200
#: Loggers of others whose messages say nothing of what passes through them.
_PLAIN = ("uvicorn.error", "alembic", "apscheduler", "portal.web")


class _Stderr(io.TextIOBase):
    """Standard error as it is at the moment of writing, so that whoever redirects it gets the logs."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def configure(log_format: str = "console", level: str = "info") -> None:
    """Log to standard error as ``json`` or ``console``; a root logger that has handlers already keeps them."""
    coloured = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    renderer: Any = structlog.processors.JSONRenderer() if log_format == "json" else coloured
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            with_trace,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_allowed,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _Stderr())),
    )
    _quieten(getattr(logging, level.upper()))


def with_trace(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Name the trace of what is being done, so that a message and the push it causes are found together."""
    trace = tracing.trace_id()
    if trace is not None:
        event.setdefault("trace", trace)
    return event


def only_allowed(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every key that is not listed; an exception becomes the name of its type."""
    if "exc_info" in event:
        kind = sys.exc_info()[0]
        event["error"] = kind.__name__ if kind is not None else "unknown"
    return {key: _short(value) for key, value in event.items() if key in ALLOWED}


def _short(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float) else str(value)[:_LONGEST]


def _quieten(level: int) -> None:
    """Libraries' own loggers: those known to be plain pass from warnings up, of the others only that they spoke."""
    handler = logging.StreamHandler(_Stderr())
    handler.addFilter(_without_words)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(handlers=[handler], level=max(level, logging.WARNING))


def _without_words(record: logging.LogRecord) -> bool:
    if not record.name.startswith(_PLAIN):
        record.msg, record.args = "(message withheld)", ()
    record.exc_info = record.exc_text = record.stack_info = None
    return True
