"""A proxy that stands between the hub and a system and spoils what passes, each direction by itself, while running.

with Proxy(system) as proxy:                # proxy.address is told to the hub in place of the system's
    proxy.back = Fault(bytes_per_second=1)  # the answers drip
    proxy.back = SOUND                      # and heal
"""

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Self

_CHUNK = 65_536
#: SO_LINGER with no time: closing sends RST instead of FIN.
_AT_ONCE = struct.pack("ii", 1, 0)


@dataclass(frozen=True)
class Fault:
    """What happens to one direction. Limits count the bytes of one connection in that direction."""

    latency: float = 0.0
    """Seconds by which each chunk is late."""
    bytes_per_second: float | None = None
    """It drips, in a tenth of a second's worth at a time, one byte at least."""
    silent_after: int | None = None
    """Half-open: what comes after so many bytes is swallowed, and nobody is told."""
    cut_after: int | None = None
    """Truncated: closed in good order after so many bytes."""
    reset_after: int | None = None
    """Broken: reset after so many bytes."""

    @property
    def ends_after(self) -> int | None:
        """How many bytes pass at most."""
        return min((n for n in (self.silent_after, self.cut_after, self.reset_after) if n is not None), default=None)


SOUND = Fault()


class Proxy:
    """On a free port of its own, in a thread of its own; ``held`` connections now, ``most_held`` at one time."""

    def __init__(self, system: tuple[str, int]) -> None:
        self._system = system
        self.towards = SOUND
        self.back = SOUND
        self.held = self.most_held = self.made = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="fault proxy", daemon=True)
        self._ready = threading.Event()
        self._ending = asyncio.Event()
        self._port = 0
        self._pairs: set[asyncio.Task[None]] = set()

    @property
    def address(self) -> str:
        """``http://HOST:PORT`` to be called in place of the system's."""
        return f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._ending.set)
        self._thread.join(10)

    def break_all(self) -> None:
        """Reset every connection that stands now."""
        self._loop.call_soon_threadsafe(lambda: [pair.cancel() for pair in self._pairs])

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._joined, "127.0.0.1", 0)
        self._port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._ending.wait()
        server.close()
        for pair in self._pairs:
            pair.cancel()
        await asyncio.gather(*self._pairs, return_exceptions=True)

    async def _joined(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._pairs.add(task)
        self._count(+1)
        try:
            await self._pass_on(reader, writer)
        except asyncio.CancelledError:
            _reset(writer)
        except OSError:  # either side went: both go
            pass
        finally:
            self._count(-1)
            self._pairs.discard(task)
            writer.close()

    def _count(self, one: int) -> None:
        self.held += one
        self.made += one > 0
        self.most_held = max(self.most_held, self.held)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(*self._system)
        ways = [
            asyncio.create_task(_flow(reader, far_writer, writer, lambda: self.towards)),
            asyncio.create_task(_flow(far_reader, writer, writer, lambda: self.back)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            far_writer.close()


async def _flow(
    source: asyncio.StreamReader,
    sink: asyncio.StreamWriter,
    near: asyncio.StreamWriter,
    fault_now: Callable[[], Fault],
) -> None:
    """One direction of one connection, until its end or the fault's; a reset meets the hub's side, ``near``."""
    passed = 0
    while chunk := await source.read(_CHUNK):
        async for piece in _slowly(chunk, fault_now):
            fault = fault_now()
            room = None if fault.ends_after is None else max(0, fault.ends_after - passed)
            sink.write(piece[:room])
            await sink.drain()
            passed += len(piece)
            if room is not None and len(piece) >= room:
                await _end(source, near, fault, room)
                return


async def _slowly(chunk: bytes, fault_now: Callable[[], Fault]) -> AsyncIterator[bytes]:
    await asyncio.sleep(fault_now().latency)
    while chunk:
        rate = fault_now().bytes_per_second
        size = len(chunk) if rate is None else max(1, int(rate / 10))
        piece, chunk = chunk[:size], chunk[size:]
        yield piece
        if rate is not None:
            await asyncio.sleep(size / rate)


async def _end(source: asyncio.StreamReader, near: asyncio.StreamWriter, fault: Fault, room: int) -> None:
    if fault.silent_after is not None:
        while await source.read(_CHUNK):  # swallowed; the connection stands until the other side goes
            pass
    elif fault.reset_after is not None:
        _reset(near)


def _reset(writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError, AttributeError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    writer.transport.abort()
