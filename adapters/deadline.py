"""Every call by ``requests``: an end to every answer, and no connection but where the hub may connect.

``requests`` bounds each read alone, so that a system sending a byte now and then would hold a connection for hours.
"""

import http.client
import io
import socket
import time
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from adapters.outgoing import Outgoing, read

#: The whole answer may take so many times as long as one read of it.
TIMES = 2


class _InTime(io.RawIOBase):
    """Bytes of a socket until ``TIMES`` its timeout is over; then ``TimeoutError``."""

    def __init__(self, sock: socket.socket) -> None:
        self._raw = sock.makefile("rb", buffering=0)
        self._sock, self._seconds = sock, sock.gettimeout()
        self._until = None if self._seconds is None else time.monotonic() + TIMES * self._seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self._until is not None and self._seconds is not None:
            left = self._until - time.monotonic()
            if left <= 0:
                raise TimeoutError("the whole answer took too long")
            self._sock.settimeout(min(left, self._seconds))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *arguments: Any, **named: Any) -> None:
        super().__init__(sock, *arguments, **named)
        self.fp.close()
        self.fp = io.BufferedReader(_InTime(sock))


class _Plain(HTTPConnection):
    response_class = _Answer
    outgoing: Outgoing

    def _new_conn(self) -> socket.socket:
        return _connected(self, self.outgoing)


class _Secure(HTTPSConnection):
    response_class = _Answer
    outgoing: Outgoing

    def _new_conn(self) -> socket.socket:
        return _connected(self, self.outgoing)


def _connected(call: HTTPConnection, outgoing: Outgoing) -> socket.socket:
    """The same errors as urllib3's own, but for an address that is not allowed."""
    seconds = float(call.timeout) if isinstance(call.timeout, int | float) else None
    try:
        return outgoing.connect(call.host.strip("[]"), call.port, seconds, call.socket_options or ())
    except TimeoutError:
        raise ConnectTimeoutError(call, "the source cannot be reached") from None
    except OSError:
        raise NewConnectionError(call, "the source cannot be reached") from None


def _pools(outgoing: Outgoing) -> dict[str, Any]:
    plain = type("Plain", (_Plain,), {"outgoing": outgoing})
    secure = type("Secure", (_Secure,), {"outgoing": outgoing})
    return {
        "http": type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
    }


class InTime(HTTPAdapter):
    """Mounted on a session: where its calls may go, and an end to what they wait for, headers and body together."""

    def __init__(self, outgoing: Outgoing, *arguments: Any, **named: Any) -> None:
        self._outgoing = outgoing
        super().__init__(*arguments, **named)

    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        super().init_poolmanager(*arguments, **named)
        self.poolmanager.pool_classes_by_scheme = _pools(self._outgoing)


class _Direct(requests.Session):
    """A session that knows no redirects: requests would read a redirect's body whole even where it does not follow."""

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        read(str(request.url))  # as it was written: requests would read odd ones kindly
        return super().prepare_request(request)

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        return None


def session(outgoing: Outgoing) -> requests.Session:
    """A session that goes where ``outgoing`` lets it, deaf to proxies and .netrc of the environment; no redirects."""
    made = _Direct()
    for scheme in ("http://", "https://"):
        made.mount(scheme, InTime(outgoing))
    made.trust_env = False
    return made
