"""The wire: how one HTTP call is made when many owners are asked at once, in place of a blocking one.

Adapters are plain code that calls and waits. Whoever asks many of them at once (``hub.asking``) runs each with a wire
put here: ``RestClient`` and the SOAP transport then hand their calls to it, and while one waits the others go on.
Without a wire they block, as anywhere else. The same code reads both answers.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Protocol, TypeVar, cast

import requests
from requests.structures import CaseInsensitiveDict

T = TypeVar("T")


@dataclass(frozen=True)
class Sent:
    """One HTTP call, ready to be sent; nothing of it is followed elsewhere."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None
    most: int
    """Bytes that the answer may have, unpacked."""


@dataclass(frozen=True)
class Got:
    """Its answer, whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def response(self, method: str) -> requests.Response:
        """The same as what reads blocking answers expects."""
        made = requests.Response()
        made.status_code, made.headers = self.status, CaseInsensitiveDict(self.headers)
        made._content, made._content_consumed = self.body, True  # type: ignore[attr-defined]
        made.request = cast(Any, SimpleNamespace(method=method))
        return made


class Wire(Protocol):
    """Raises ``Unready`` or ``Refused`` as ``adapters.rest.guarded`` does, and at the deadline ``timed_out``."""

    def send(self, sent: Sent) -> Got: ...

    def together(self, calls: Sequence[Callable[[], T]]) -> list[T]:
        """The results of all, run side by side; the first error of the earliest is raised once all have ended."""
        ...

    def breathe(self) -> None:
        """Let the others go on: called now and then in long arithmetic."""


_current: ContextVar[Wire | None] = ContextVar("wire", default=None)


def current() -> Wire | None:
    """The wire of what is being done; None where calls block."""
    return _current.get()


@contextmanager
def over(wire: Wire) -> Iterator[None]:
    """Make the calls of this context over ``wire``."""
    token = _current.set(wire)
    try:
        yield
    finally:
        _current.reset(token)


def together(calls: Sequence[Callable[[], T]]) -> list[T]:
    """Side by side over the wire; one after another where there is none."""
    wire = current()
    return [call() for call in calls] if wire is None else wire.together(calls)


def breathe() -> None:
    """Let others go on, over a wire."""
    wire = current()
    if wire is not None:
        wire.breathe()
