"""Processes that are started and ended undisturbed: a signal that comes meanwhile waits until all are known."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from portal.demo.processes import Processes

_ENDING = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def undisturbed() -> Iterator[None]:
    """A signal to end that comes within the block is answered after it. Only in the main thread."""
    came: list[int] = []
    before = {number: signal.signal(number, lambda sent, _: came.append(sent)) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if came:
            signal.raise_signal(came[0])


class Undisturbed(Processes):
    """Without it, a process made at the very moment of Ctrl-C would be known to nobody, and stay."""

    def start(self, name: str, *arguments: str, secret: str | None = None) -> None:
        with undisturbed():
            super().start(name, *arguments, secret=secret)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with undisturbed():
            super().__exit__(kind, error, trace)
