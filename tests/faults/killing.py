"""Kills its own process at a point of what it does: SQL, commits, calls of sockets and named functions, from outside.

The product holds no switch for it. Whatever it calls is wrapped before it is opened, in a process made for one trial.
"""

import os
import signal
import socket
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any

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
