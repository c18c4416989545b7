"""The processes of the demonstration: started together, seen to be ready, ended together whatever happens."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO

from contracts import Unready

READY_WITHIN_SECONDS = 30.0
END_WITHIN_SECONDS = 5.0
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


class Processes:
    """A context in which ``trackchild`` processes run; leaving it ends every one of them. For the main thread.

    Both are undisturbed: else a process made at the very moment of Ctrl-C would be known to nobody, and stay.
    """

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._running: dict[str, subprocess.Popen[str]] = {}
        logs.mkdir(parents=True, exist_ok=True)

    def start(self, name: str, *arguments: str, secret: str | None = None) -> None:
        """Start ``trackchild ARGUMENTS``; what it says on stderr goes to ``logs/NAME.log``.

        A node's ``secret`` goes through the environment: a command line is there for everybody to read.
        """
        environment = os.environ if secret is None else {**os.environ, "TRACKCHILD_NODE_KEY": secret}
        with undisturbed(), (self._logs / f"{name}.log").open("w", encoding="utf-8") as log:
            self._running[name] = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-m", "portal.cli", *arguments],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                stdin=subprocess.DEVNULL,
                env=environment,
            )

    def address(self, name: str) -> str:
        """The address a started process printed as ``ready ADDRESS``. Raises ``Unready`` if it does not in time."""
        process = self._running[name]
        assert process.stdout is not None
        line = _line(process.stdout, time.monotonic() + READY_WITHIN_SECONDS)
        if not line.startswith("ready "):
            raise Unready("process_not_ready", f"{name} did not start; its log is {self._logs / (name + '.log')}")
        return line.removeprefix("ready ").strip()

    def ended(self) -> list[str]:
        """Names of the processes that have ended by themselves."""
        return [name for name, process in self._running.items() if process.poll() is not None]

    def __enter__(self) -> "Processes":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with undisturbed():
            self._end()

    def _end(self) -> None:
        for process in self._running.values():
            process.terminate()
        deadline = time.monotonic() + END_WITHIN_SECONDS
        for process in self._running.values():
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdout is not None:
                process.stdout.close()


def _line(stream: IO[str], deadline: float) -> str:
    readable, _, _ = select.select([stream], [], [], max(0.0, deadline - time.monotonic()))
    return stream.readline() if readable else ""
