"""Kills its own process at a point of what it does: SQL, commits, calls of sockets and named functions, from outside.

The product holds no switch for it. Whatever it calls is wrapped before it is opened, in a process made for one trial.
"""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect


class Points:
    """Everything that is reached is counted; at number ``at`` (from 1) the process is killed."""

    def __init__(self, at: int | None = None) -> None:
        self.names: list[str] = []
        self._at = at

    def reach(self, name: str) -> None:
        self.names.append(name)
        if len(self.names) == self._at:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, owner: Any, name: str, label: str = "") -> None:
        """Points before and after a method; where it yields, before each thing that it yields."""
        inner: Callable[..., Any] = getattr(owner, name)
        label = label or f"{getattr(owner, '__name__', owner)}.{name}"

        @wraps(inner)
        def wrapped(*arguments: Any, **named: Any) -> Any:
            self.reach(f"before {label}")
            found = inner(*arguments, **named)
            if isinstance(found, Iterator):
                return self._each(found, label)
            self.reach(f"after {label}")
            return found

        setattr(owner, name, wrapped)

    def _each(self, items: Iterator[Any], label: str) -> Iterator[Any]:
        for item in items:
            self.reach(f"item of {label}")
            yield item

    def sql(self) -> None:
        """Points before and after each statement and each commit."""
        for when in ("before", "after"):
            event.listen(Engine, f"{when}_cursor_execute", self._statement(when))
        self.around(DefaultDialect, "do_commit", "commit")

    def _statement(self, when: str) -> Callable[..., None]:
        def reached(_: Any, __: Any, statement: str, *___: Any) -> None:
            self.reach(f"{when} {' '.join(statement.split()[:3])}")

        return reached

    def sockets(self) -> None:
        """Points around what is sent and received by Python's own sockets (the adapters' and the doors')."""
        for name in ("connect", "sendall", "recv_into"):
            self.around(socket.socket, name, f"socket {name}")

    def keep(self, where: Path) -> None:
        """Write down what was reached, in order."""
        where.write_text("\n".join(self.names), encoding="utf-8")


_STRACE = shutil.which("strace")
needs_strace = pytest.mark.skipif(_STRACE is None, reason="strace is not there")
_PR_SET_PTRACER, _ANY = 0x59616D61, -1


def let_trace() -> None:
    """This process may be traced by its siblings, where Linux (Yama) would let only a parent."""
    ctypes.CDLL(None).prctl(_PR_SET_PTRACER, ctypes.c_ulong(_ANY), 0, 0, 0)


@contextmanager
def under_strace(pid: int, calls: str, expression: str, where: Path = Path(os.devnull)) -> Iterator[None]:
    """While the block runs, strace sees those system calls of a process and does what ``expression`` says."""
    command = [str(_STRACE), "-f", "-e", f"trace={calls}", "-e", expression, "-o", str(where), "-p", str(pid)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as strace:
        assert strace.stderr is not None
        if "attached" not in strace.stderr.readline():
            pytest.skip("processes may not be traced here")
        try:
            yield
        finally:
            strace.terminate()
