"""The server: where it listens, and what it says when it cannot."""

import socket

import pytest

from contracts import Refused
from portal.web.server import address_of, listen


def test_answers_do_not_wait_for_the_readers_acknowledgement() -> None:
    with listen("127.0.0.1", 0) as listening:
        asking = socket.create_connection(listening.getsockname())
        accepted, _ = listening.accept()
        with asking, accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_an_address_that_is_taken_is_refused_with_what_to_do() -> None:
    with listen("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]
        assert address_of(listening) == f"http://127.0.0.1:{port}"
        with pytest.raises(Refused, match=r"address_taken.*--port"):
            listen("127.0.0.1", port)
