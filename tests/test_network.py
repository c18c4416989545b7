"""The suite touches no network: whatever reaches beyond this machine fails, and says for what."""

import socket

import pytest
import requests

from portal.web.server import listen

BEYOND = "192.0.2.1"  # RFC 5737: an address for documents, which leads nowhere


@pytest.mark.parametrize("reach", ["connect", "connect_ex"])
def test_a_connection_beyond_this_machine_fails(reach: str) -> None:
    with socket.socket() as opened, pytest.raises(Exception, match=f"reached for {BEYOND}"):
        getattr(opened, reach)((BEYOND, 80))


def test_a_datagram_beyond_this_machine_fails() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as opened, pytest.raises(Exception, match=f"reached for {BEYOND}"):
        opened.sendto(b"x", (BEYOND, 53))


def test_a_name_is_not_looked_up() -> None:
    with pytest.raises(Exception, match=r"looked up example\.org"):
        socket.getaddrinfo("example.org", 80)


def test_a_library_that_calls_home_is_caught() -> None:
    with requests.Session() as session, pytest.raises(Exception, match="tests stay on this machine"):
        session.trust_env = False
        session.get("http://example.org/", timeout=1)


def test_the_loopback_is_open() -> None:
    with listen("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname(), timeout=5):
        pass
