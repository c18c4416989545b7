"""HTTP by libcurl's multi interface: thousands of calls under way in one thread, sockets and bytes bounded."""

import contextlib
import select
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import certifi
import pycurl

from adapters import outgoing
from adapters.outgoing import Outgoing
from adapters.wire import Got, Sent
from contracts import Refused, TrackChildError, Unready

_HEADER_BYTES = 65_536
_KEPT_HANDLES = 256
_TLS = frozenset(
    {pycurl.E_SSL_CONNECT_ERROR, pycurl.E_PEER_FAILED_VERIFICATION, pycurl.E_SSL_CERTPROBLEM, pycurl.E_SSL_CIPHER}
)
_AWAY = frozenset({pycurl.E_COULDNT_CONNECT, pycurl.E_COULDNT_RESOLVE_HOST})
_NO_HTTP = frozenset({pycurl.E_UNSUPPORTED_PROTOCOL, pycurl.E_FTP_WEIRD_SERVER_REPLY})
Ended = Callable[["Transfer", Got | None, TrackChildError | None], None]


class _Lent(socket.socket):
    """A socket of which libcurl has a copy as soon as it was handed over: ours closes when nobody holds it."""

    def __del__(self) -> None:
        self.close()


class Transfer:
    """One call under way."""

    def __init__(self, sent: Sent, ended: Ended) -> None:
        self.sent, self.ended = sent, ended
        self.handle: Any = None
        self._body, self._size, self._header_size = bytearray(), 0, 0
        self._headers: dict[str, str] = {}
        self.too_large = False
        self.not_allowed: TrackChildError | None = None

    def open(self, reach: Outgoing, host: str, address: Any) -> socket.socket | int:
        """A socket for the very address that libcurl looked up and is about to connect to, if it is allowed."""
        family, kind, protocol, place = address
        try:
            reach.check(host, place[0] if isinstance(place, tuple) else "")
        except Refused as error:
            self.not_allowed = error
            return int(pycurl.SOCKET_BAD)
        return _Lent(family, kind, protocol)

    def take_header(self, line: bytes) -> int:
        self._header_size += len(line)
        if self._header_size > _HEADER_BYTES:
            self.too_large = True
            return 0
        if line.startswith(b"HTTP/"):
            self._headers.clear()
        name, colon, value = line.decode("latin-1").partition(":")
        if colon:
            self._headers[name.strip().lower()] = value.strip()
        return len(line)

    def take_body(self, part: bytes) -> int:
        self._size += len(part)
        if self._size > self.sent.most:
            self.too_large = True
            return 0
        self._body += part
        return len(part)

    def got(self) -> Got:
        return Got(self.handle.getinfo(pycurl.RESPONSE_CODE), self._headers, bytes(self._body))

    def reached(self) -> bool | None:
        """Whether a connection came about; None where the call still waited for one of ours to come free."""
        if self.handle.getinfo(pycurl.PRETRANSFER_TIME) > 0:
            return True
        return False if self.handle.getinfo(pycurl.NUM_CONNECTS) else None


class Curl:
    """All transfers of one thread. ``sockets`` and ``per_host`` bound connections; more wait until one comes free."""

    def __init__(self, sockets: int, per_host: int, idle: int, reach: Outgoing) -> None:
        self._reach = reach
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_MAX_TOTAL_CONNECTIONS, sockets)
        self._multi.setopt(pycurl.M_MAX_HOST_CONNECTIONS, per_host)
        self._multi.setopt(pycurl.M_MAXCONNECTS, idle)
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._watch)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._set_timer)
        self._epoll = select.epoll()
        self._watched: set[int] = set()
        self._timer: float | None = None
        self._under_way: dict[Any, Transfer] = {}
        self._spare: list[Any] = []

    def __len__(self) -> int:
        return len(self._under_way)

    def watch(self, fd: int) -> None:
        """``turn`` also returns when something can be read from ``fd``."""
        self._epoll.register(fd, select.EPOLLIN)

    def begin(self, transfer: Transfer) -> None:
        """Raises ``Refused`` (``bad_url``) for an address that is none."""
        host = outgoing.read(transfer.sent.url).host
        handle = self._spare.pop() if self._spare else pycurl.Curl()
        transfer.handle = handle
        try:
            _prepare(handle, transfer)
            handle.setopt(pycurl.OPENSOCKETFUNCTION, lambda _, address: transfer.open(self._reach, host, address))
            self._multi.add_handle(handle)
        except (pycurl.error, ValueError, UnicodeError):
            raise Refused("bad_url", "the endpoint's url is not usable; correct it in the registry") from None
        self._under_way[handle] = transfer

    def stop(self, transfer: Transfer) -> None:
        """Break it off; its connection is closed, since an answer may still come over it."""
        if self._under_way.pop(transfer.handle, None) is not None:
            self._multi.remove_handle(transfer.handle)
            transfer.handle.close()

    def turn(self, longest: float, tell: bool = True) -> None:
        """Wait for what happens next, at most so many seconds; tell transfers that ended, now or at a later turn."""
        wait = longest if self._timer is None else min(longest, max(0.0, self._timer - time.monotonic()))
        for fd, events in self._epoll.poll(wait):
            if fd in self._watched:
                readable = pycurl.CSELECT_IN if events & (select.EPOLLIN | select.EPOLLHUP) else 0
                writable = pycurl.CSELECT_OUT if events & select.EPOLLOUT else 0
                broken = pycurl.CSELECT_ERR if events & select.EPOLLERR else 0
                self._multi.socket_action(fd, readable | writable | broken)
        if self._timer is not None and self._timer <= time.monotonic():
            self._timer = None
            self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
        if tell:
            for transfer, error in list(self._ended()):
                self._tell(transfer, error)

    def close(self) -> None:
        for transfer in list(self._under_way.values()):
            self.stop(transfer)
        for handle in self._spare:
            handle.close()
        self._multi.close()
        self._epoll.close()

    def _ended(self) -> Iterator[tuple[Transfer, int | None]]:
        left = 1
        while left:
            left, well, failed = self._multi.info_read()
            for handle in well:
                yield self._under_way.pop(handle), None
            for handle, code, _ in failed:
                yield self._under_way.pop(handle), code

    def _tell(self, transfer: Transfer, code: int | None) -> None:
        handle = transfer.handle
        self._multi.remove_handle(handle)
        got = transfer.got() if code is None else None
        if code is None and len(self._spare) < _KEPT_HANDLES:
            handle.reset()
            self._spare.append(handle)
        else:
            handle.close()
        error = None if code is None else transfer.not_allowed or _error(code, transfer.too_large)
        transfer.ended(transfer, got, error)

    def _watch(self, what: int, fd: int, _multi: Any, _data: Any) -> None:
        if what == pycurl.POLL_REMOVE:
            self._watched.discard(fd)
            with contextlib.suppress(OSError, ValueError):  # libcurl may have closed it first
                self._epoll.unregister(fd)
            return
        mask = (select.EPOLLIN if what & pycurl.POLL_IN else 0) | (select.EPOLLOUT if what & pycurl.POLL_OUT else 0)
        if fd in self._watched:
            self._epoll.modify(fd, mask)
        else:
            self._watched.add(fd)
            self._epoll.register(fd, mask)

    def _set_timer(self, milliseconds: int) -> None:
        self._timer = None if milliseconds < 0 else time.monotonic() + milliseconds / 1000


def _prepare(handle: Any, transfer: Transfer) -> None:
    sent = transfer.sent
    handle.setopt(pycurl.URL, sent.url)
    handle.setopt(pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS)
    handle.setopt(pycurl.FOLLOWLOCATION, 0)
    handle.setopt(pycurl.PROXY, "")  # whatever the environment says
    handle.setopt(pycurl.NOSIGNAL, 1)
    handle.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
    handle.setopt(pycurl.CAINFO, certifi.where())
    handle.setopt(pycurl.ACCEPT_ENCODING, "gzip, deflate")
    handle.setopt(pycurl.DNS_CACHE_TIMEOUT, 300)
    handle.setopt(pycurl.HTTPHEADER, [*(f"{name}: {value}" for name, value in sent.headers.items()), "Expect:"])
    handle.setopt(pycurl.HEADERFUNCTION, transfer.take_header)
    handle.setopt(pycurl.WRITEFUNCTION, transfer.take_body)
    if sent.method == "GET":
        handle.setopt(pycurl.HTTPGET, 1)
        return
    handle.setopt(pycurl.POSTFIELDS, sent.body or b"")
    if sent.method != "POST":
        handle.setopt(pycurl.CUSTOMREQUEST, sent.method)


def _error(code: int, too_large: bool) -> TrackChildError:
    """What went wrong, in the words of ``adapters.rest.guarded``."""
    if too_large:
        return Refused("answer_too_large", "the answer is larger than the manifest lets it be; ask for less")
    if code in _TLS:
        return Refused("tls_failed", "the source's certificate or TLS is not acceptable; mend it there")
    if code == pycurl.E_URL_MALFORMAT:
        return Refused("bad_url", "the endpoint's url is not usable; correct it in the registry")
    if code in _AWAY:
        return Unready("unreachable", "the source cannot be reached; try later")
    if code in _NO_HTTP:
        return Unready("unexpected_answer", "the source answered something that is not HTTP; try later")
    return Unready("broken_off_by_source", "the source broke off before its answer was whole; try later")
