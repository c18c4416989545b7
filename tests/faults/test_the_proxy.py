"""The fault proxy does to each direction what it is told, and no more."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.faults.proxy import SOUND, Fault, Proxy


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    """Before a system that says back whatever it hears."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_echo, args=(listening,), daemon=True).start()
        with Proxy(listening.getsockname()) as made:
            yield made
        listening.shutdown(socket.SHUT_RDWR)


def _echo(listening: socket.socket) -> None:
    while True:
        try:
            heard, _ = listening.accept()
        except OSError:
            return
        threading.Thread(target=_repeat, args=(heard,), daemon=True).start()


def _repeat(heard: socket.socket) -> None:
    with heard, suppress(OSError):  # the proxy may reset this side too
        while said := heard.recv(65_536):
            heard.sendall(said)


def _said(proxy: Proxy, what: bytes, seconds: float = 5.0) -> bytes:
    """What comes back until the end; a silence of ``seconds`` raises ``TimeoutError``."""
    host, port = proxy.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=seconds) as mine:
        mine.sendall(what)
        back = b""
        while len(back) < len(what) and (more := mine.recv(65_536)):
            back += more
        return back


def test_a_sound_proxy_passes_everything(proxy: Proxy) -> None:
    assert _said(proxy, b"x" * 200_000) == b"x" * 200_000


@pytest.mark.parametrize("direction", ["towards", "back"])
def test_either_direction_is_cut_reset_or_silenced_after_so_many_bytes(proxy: Proxy, direction: str) -> None:
    setattr(proxy, direction, Fault(cut_after=3))
    assert _said(proxy, b"abcdef") in (b"abc", b"")
    setattr(proxy, direction, Fault(reset_after=0))
    with pytest.raises(ConnectionResetError):
        _said(proxy, b"abcdef")
    setattr(proxy, direction, Fault(silent_after=3))
    with pytest.raises(TimeoutError):
        _said(proxy, b"abcdef", seconds=0.3)
    setattr(proxy, direction, SOUND)
    assert _said(proxy, b"abcdef") == b"abcdef"


def test_a_slow_direction_takes_its_time_and_heals_while_it_is_slow(proxy: Proxy) -> None:
    proxy.back = Fault(latency=0.2)
    begun = time.monotonic()
    assert _said(proxy, b"abc") == b"abc"
    assert time.monotonic() - begun >= 0.2
    proxy.back = Fault(bytes_per_second=10)
    begun = time.monotonic()
    threading.Timer(0.5, lambda: setattr(proxy, "back", SOUND)).start()
    assert _said(proxy, b"x" * 1_000) == b"x" * 1_000, "100 s of dripping, healed after half of one"
    assert time.monotonic() - begun >= 0.5


def test_connections_are_counted_and_all_of_them_can_be_broken(proxy: Proxy) -> None:
    host, port = proxy.address.removeprefix("http://").split(":")
    held = [socket.create_connection((host, int(port)), timeout=5) for _ in range(3)]
    for one in held:
        one.sendall(b"a")
        assert one.recv(1) == b"a"
    assert (proxy.held, proxy.most_held) == (3, 3)
    proxy.break_all()
    for one in held:
        with one, pytest.raises(ConnectionResetError):
            one.recv(1)
    while proxy.held:
        time.sleep(0.01)
    assert proxy.most_held == 3
