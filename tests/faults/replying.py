"""A system that answers each notice with one reply of the catalogue ``bad_replies.toml``, byte by byte as it says."""

import gzip
import io
import re
import socket
import socketserver
import struct
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tests.faults.figures import LONG

_CATALOGUE = Path(__file__).with_name("bad_replies.toml")
_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_SEVA = "http://scrb.bihar.example/gumshuda-seva/2019"
_MEGABYTE = bytes(1_000_000)


@dataclass(frozen=True)
class Reply:
    """One entry of the catalogue; what its fields mean stands at the top of it."""

    name: str
    becomes: str
    status: str = "200 OK"
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    encoding: str = "utf-8"
    raw: str | None = None
    before: str = ""
    repeat: bool = False
    packed: int = 0
    zeros: int = 0
    promise: int | None = None
    chunked: bool = False
    then: str = "close"

    def parts(self, kind: str) -> Iterator[bytes]:
        """What goes over the wire, a megabyte at most at a time."""
        if self.raw is not None:
            yield from self._raw_parts()
            return
        body, zeros = _written(self.body).encode(self.encoding), self.zeros
        for _ in range(self.packed):
            body, zeros = _packed(body, zeros), 0
        yield self._head(kind, len(body) + zeros)
        yield from self._framed(body, zeros)

    def _raw_parts(self) -> Iterator[bytes]:
        said = _written(self.raw or "").replace("\n", "\r\n").encode()
        yield self.before.replace("\n", "\r\n").encode()
        yield said
        while self.repeat:
            yield said * (65_536 // len(said))

    def _head(self, kind: str, length: int) -> bytes:
        headers = {"Content-Type": kind}
        headers |= {"Content-Encoding": ", ".join(["gzip"] * self.packed)} if self.packed else {}
        if self.chunked:
            headers["Transfer-Encoding"] = "chunked"
        elif not self.status.startswith("204"):
            headers["Content-Length"] = str(self.promise or length)
        headers |= self.headers
        lines = [f"{name}: {value}" for name, value in headers.items() if value]
        return "\r\n".join([f"HTTP/1.1 {self.status}", *lines, "", ""]).encode()

    def _framed(self, body: bytes, zeros: int) -> Iterator[bytes]:
        pieces = [body] * bool(body)
        if not self.chunked:
            yield from pieces
            yield from (_MEGABYTE for _ in range(zeros // len(_MEGABYTE)))
            return
        for piece in pieces:
            yield b"%x\r\n%s\r\n" % (self.promise or len(piece), piece)
        for _ in range(zeros // len(_MEGABYTE)):
            yield b"%x\r\n%s\r\n" % (len(_MEGABYTE), _MEGABYTE)


@cache
def _packed(body: bytes, zeros: int) -> bytes:
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=1, mtime=0) as packing:
        packing.write(body)
        for _ in range(zeros // len(_MEGABYTE)):
            packing.write(_MEGABYTE)
    return out.getvalue()


def _written(text: str) -> str:
    """The catalogue's short hands: ``@N`` letters, ``@9N`` digits, ``@[N`` and ``@(N`` nested N deep; SOAP bodies."""
    text = re.sub(r"\{pavati(?::(.*?))?\}", lambda found: _pavati("P-7" if found[1] is None else found[1]), text)
    text = re.sub(r"\{fault:(.*?)\}", lambda found: _fault(found[1]), text)
    text = re.sub(r"@\[(\d+)", lambda found: "[" * int(found[1]), text)
    text = re.sub(r"@\((\d+)", lambda found: "<a>" * int(found[1]) + "</a>" * int(found[1]), text)
    text = re.sub(r"@9(\d+)", lambda found: "9" * int(found[1]), text)
    return re.sub(r"@(\d+)", lambda found: "x" * int(found[1]), text)


def _pavati(receipt: str) -> str:
    said = f"<PavatiSankhya>{receipt}</PavatiSankhya><PehleSePrapt>false</PehleSePrapt>"
    return _envelope(f'<noticeResponse xmlns="{_SEVA}">{said}</noticeResponse>')


def _fault(code: str) -> str:
    qualified = code if ":" in code else f"s:{code}"
    return _envelope(f"<s:Fault><faultcode>{qualified}</faultcode><faultstring>Of a child.</faultstring></s:Fault>")


def _envelope(body: str) -> str:
    return f'<s:Envelope xmlns:s="{_SOAP}" xmlns:wsse="urn:wsse"><s:Body>{body}</s:Body></s:Envelope>'


def catalogue(transport: str) -> list[Reply]:
    """The replies of ``rest`` or ``soap``; in the short form what is 1 GB has a tenth of it, above every bound."""
    told: dict[str, list[dict[str, Any]]] = tomllib.loads(_CATALOGUE.read_text(encoding="utf-8"))
    return [Reply(**one | {"zeros": one.get("zeros", 0) // (1 if LONG else 10)}) for one in told[transport]]


@contextmanager
def replying(reply: Reply, kind: str) -> Iterator[str]:
    """A system that answers everything with ``reply``, whose usual media type is ``kind``; yields its address."""
    ending = threading.Event()
    if reply.packed:
        next(reply.parts(kind))  # packing takes its time: before anybody waits for it

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            try:
                _read_request(self.request)
                for part in reply.parts(kind):
                    self.request.sendall(part)
                    if ending.is_set():
                        return
                if reply.then == "hang":
                    ending.wait(30)
                elif reply.then == "reset":
                    self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            except OSError:  # the hub has heard enough
                pass

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            ending.set()
            server.shutdown()
            thread.join()


def _read_request(heard: socket.socket) -> None:
    """Read one request whole, so that closing does not reset what was answered."""
    said = b""
    while b"\r\n\r\n" not in said:
        said += heard.recv(65_536)
    head, _, body = said.partition(b"\r\n\r\n")
    found = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
    left = int(found[1]) - len(body) if found else 0
    while left > 0:
        left -= len(heard.recv(65_536))
