"""An answer that grows, as server-sent events: told as it comes, broken off when whoever asked goes away."""

import json
from collections.abc import Callable, Iterator
from typing import Protocol

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from contracts.live import LiveReply
from hub.doors.faults import shown
from hub.doors.guard import Receive, Scope, Send

MEDIA_TYPE = "text/event-stream"
#: As the word for an event -> its data, in one line.
Event = tuple[str, str]


class Growing(Protocol):
    """An answer under way."""

    def __next__(self) -> LiveReply: ...
    def close(self) -> None: ...


class EventStream(Response):
    """Sends what ``told`` makes of each part; ``partial`` events, then ``whole``, or ``error`` with the fault.

    The second asynchronous piece of the doors, since only the server hears that the other side hung up.
    """

    media_type = MEDIA_TYPE

    def __init__(self, growing: Growing, told: Callable[[LiveReply], Event], after: Callable[[], None]) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._growing, self._events, self._after = growing, _events(growing, told), after

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        hears = scope.get("receive", receive)  # the guard before the doors has replayed the body in its place
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            async with anyio.create_task_group() as group:
                group.start_soon(_until_gone, hears, group.cancel_scope.cancel)
                while (event := await run_in_threadpool(next, self._events, None)) is not None:
                    await send({"type": "http.response.body", "body": event, "more_body": True})
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                group.cancel_scope.cancel()
        finally:
            with anyio.CancelScope(shield=True):
                await run_in_threadpool(self._end)

    def _end(self) -> None:
        try:
            self._growing.close()
        finally:
            self._after()


async def _until_gone(hears: Receive, then: Callable[[], None]) -> None:
    while (await hears())["type"] != "http.disconnect":
        pass
    then()


def _events(growing: Growing, told: Callable[[LiveReply], Event]) -> Iterator[bytes]:
    try:
        while True:
            reply = next(growing)
            yield _event(*told(reply))
            if reply.complete:
                return
    except StopIteration:
        return
    except Exception as error:
        yield _event("error", json.dumps(shown(error).fault.model_dump(mode="json", exclude_none=True)))


def _event(name: str, data: str) -> bytes:
    lines = "".join(f"data: {line}\n" for line in data.splitlines())
    return f"event: {name}\n{lines}\n".encode()


def as_json(reply: LiveReply) -> Event:
    """A reply as the contract writes it."""
    return "whole" if reply.complete else "partial", reply.model_dump_json(exclude_none=True)
