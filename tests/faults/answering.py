"""The hub behind its doors, killed between the commit of a message and the end of its reply."""

import os
import signal
import socket
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect

from hub.app import Hub
from hub.settings import Settings
from portal.web import app as web
from portal.web.server import run
from tests.faults.killing import let_trace

#: Where a process ends: when its message is committed; when the reply is kept under the key as well; when the reply is
#: about to leave; when half of it has left.
PLACES = ("message committed", "reply kept", "reply made", "half of the reply sent")
_Message = MutableMapping[str, Any]
_Send = Callable[[_Message], Awaitable[None]]


@dataclass
class Trial:
    """The request whose header ``X-Trial`` says ``number`` is the last one of its process."""

    number: str
    place: str
    armed: bool = False
    written: int = 0

    def watch(self) -> None:
        """Look at every statement and commit from outside the hub."""
        commit = DefaultDialect.do_commit

        def committed(dialect: Any, connection: Any) -> None:
            commit(dialect, connection)
            if self.armed and self.written and self.place == PLACES[self.written - 1]:
                _end()

        def executed(_: Any, __: Any, statement: str, *___: Any) -> None:
            self.written += self.armed and statement.startswith("INSERT INTO inbox")

        event.listen(Engine, "after_cursor_execute", executed)
        DefaultDialect.do_commit = committed  # type: ignore[method-assign]

    def before(self, app: Any) -> Any:
        """ASGI: ``app``, whose answer to the trial does not get far."""

        async def answered(scope: Any, receive: Any, send: _Send) -> None:
            self.armed = (b"x-trial", self.number.encode()) in scope.get("headers", ())
            await app(scope, receive, self._cut(send) if self.armed else send)

        return answered

    def _cut(self, send: _Send) -> _Send:
        async def cut(message: _Message) -> None:
            if self.place == "reply made":
                _end()
            if self.place == "half of the reply sent" and message["type"] == "http.response.body":
                await send(message | {"body": message["body"][: len(message["body"]) // 2], "more_body": True})
                _end()
            await send(message)

        return cut


def serve(settings: Settings, listening: socket.socket, number: str = "", place: str = "") -> None:
    """Answer on ``listening`` until killed: by the trial, or from outside."""
    let_trace()
    trial = Trial(number, place)
    trial.watch()
    hub = Hub.open(settings)
    run(trial.before(web(hub)), listening, lambda _: None)


def _end() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
