"""TLS of the server itself: its certificate, which may be exchanged while it serves, and those that clients present."""

import contextlib
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from contracts import Refused
from hub.doors.presented import EXTENSION


@dataclass(frozen=True)
class Tls:
    """``certificate``: PEM with key and chain. ``clients``: the authority whose client certificates are taken.

    Clients without one are let in to what needs none (people at the portal), unless ``required``.
    """

    certificate: Path
    clients: Path | None = None
    required: bool = False


class Protocol(H11Protocol):
    """Tells the application which certificate the TLS layer verified of this connection."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        secured = transport.get_extra_info("ssl_object")
        certificate = None if secured is None else secured.getpeercert(binary_form=True)
        if certificate:
            self.app: Any = _telling(self.app, certificate)


def _telling(app: Any, certificate: bytes) -> Any:
    async def telling(scope: Any, receive: Any, send: Any) -> None:
        extensions = {**scope.get("extensions", {}), EXTENSION: certificate}
        await app({**scope, "extensions": extensions}, receive, send)

    return telling


def secured(config: uvicorn.Config, tls: Tls) -> None:
    """Have a server serve over TLS 1.2 or newer. Each new connection takes the certificate that the file holds then.

    ``Refused`` (``bad_tls_file``) where a file cannot be used.
    """
    config.http_protocol_class = Protocol
    config.load()
    config.http_protocol_class = Protocol
    config.ssl = context(tls)


def context(tls: Tls) -> ssl.SSLContext:
    """The server's side; see ``secured``."""
    made = _context(tls)
    current, seen = made, _stamp(tls)

    def renew(held: ssl.SSLObject, name: str | None, original: ssl.SSLContext) -> None:
        nonlocal current, seen
        if _stamp(tls) != seen:
            with contextlib.suppress(Refused):  # half written: the old one goes on until the file is whole
                current, seen = _context(tls), _stamp(tls)
        if current is not original:
            held.context = current

    made.sni_callback = renew
    return made


def _context(tls: Tls) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        made.load_cert_chain(tls.certificate)
        if tls.clients is not None:
            made.load_verify_locations(tls.clients)
    except (OSError, ssl.SSLError):
        raise Refused("bad_tls_file", "A file named for TLS cannot be used. It must hold PEM.") from None
    if tls.clients is not None:
        made.verify_mode = ssl.CERT_REQUIRED if tls.required else ssl.CERT_OPTIONAL
    return made


def _stamp(tls: Tls) -> list[tuple[int, int]]:
    found = [one.stat() for one in (tls.certificate, tls.clients) if one is not None and one.exists()]
    return [(one.st_mtime_ns, one.st_ino) for one in found]
