"""The steps below every call to a system: its name, its port, its certificate, its clock; each says what to do."""

import datetime
import email.utils
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import certifi
import requests
from cryptography import x509

from adapters import deadline
from adapters.base import Connection, now
from adapters.outgoing import Where, read
from adapters.rest import guarded
from contracts import Refused, Unready

#: A clock so far off refuses signed messages (WS-Security's usual five minutes) and misses changes of a pull.
CLOCK_SECONDS = 300
#: Days before a certificate's end from which on it is said that it must be renewed.
RENEW_DAYS = 30
#: What OpenSSL found wrong with a chain (``man openssl-verification-options``), and what to do about it.
_CHAIN = {
    10: ("expired", "have the certificate renewed at the system"),
    9: ("not valid yet", "check the system's clock and the day from which its certificate holds"),
    18: ("self-signed", "have a certificate of a public authority installed at the system"),
    19: ("signed by an authority that is not trusted", "have a certificate of a public authority installed"),
    20: ("its chain is not whole", "have the intermediate certificates installed at the system"),
    21: ("its chain is not whole", "have the intermediate certificates installed at the system"),
    62: ("for another host name", "enter the name that the certificate is for, or have it issued for this one"),
    64: ("for another address", "enter the name that the certificate is for, or have it issued for this one"),
}


class Outcome(StrEnum):
    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Tried:
    """One named step: what came of it, what was seen, and what to do where it failed."""

    name: str
    outcome: Outcome
    detail: str = ""
    to_do: str = ""


def ok(name: str, detail: str = "", to_do: str = "") -> Tried:
    return Tried(name, Outcome.OK, detail, to_do)


def failed(name: str, detail: str, to_do: str) -> Tried:
    return Tried(name, Outcome.FAILED, detail, to_do)


def skipped(name: str, why: str) -> Tried:
    return Tried(name, Outcome.SKIPPED, why)


_NAMES = ("DNS", "TCP", "TLS", "clock")


def reach(connection: Connection, trust: ssl.SSLContext | None = None) -> list[Tried]:
    """DNS, TCP, TLS and clock of a system that is called by HTTP; what follows a failed step is skipped.

    Every connection goes where ``connection.outgoing`` lets it. ``trust`` stands for the public authorities in trials.
    """
    if connection.url.startswith("file:"):
        return [skipped(name, "saved files are read; nothing is called") for name in _NAMES]
    try:
        where = read(connection.url)
    except Refused as refused:
        return [failed("address", refused.code, refused.message), *_after("address")]
    steps: list[Tried] = []
    tries: tuple[Callable[[], Tried], ...] = (
        lambda: _dns(connection, where),
        lambda: _tcp(connection, where),
        lambda: _tls(connection, where, trust or ssl.create_default_context(cafile=certifi.where())),
        lambda: _clock(connection),
    )
    for name, attempt in zip(_NAMES, tries, strict=True):
        steps.append(attempt())
        if steps[-1].outcome is Outcome.FAILED:
            return steps + _after(name)
    return steps


def _after(name: str) -> list[Tried]:
    """What cannot be tried once ``name`` failed; the clock of a system whose TLS fails is of no use either."""
    rest = _NAMES[_NAMES.index(name) + 1 :] if name in _NAMES else _NAMES
    return [skipped(one, f"{name} failed") for one in rest]


def _dns(connection: Connection, where: Where) -> Tried:
    try:
        address = connection.outgoing.address(where.host, where.port)
    except Refused as refused:
        return failed("DNS", refused.code, refused.message)
    except (OSError, UnicodeError):
        return failed("DNS", f"no address for {where.host}", "check how the host is spelt; ask the owner for its name")
    return ok("DNS", f"{where.host} is {address}")


def _tcp(connection: Connection, where: Where) -> Tried:
    try:
        connection.outgoing.connect(where.host, where.port, connection.timeout_seconds).close()
    except TimeoutError:
        return failed("TCP", f"port {where.port}: no answer", "have the firewalls opened from this hub to that port")
    except OSError:
        return failed("TCP", f"port {where.port} is closed", "check the port; ask the owner whether the system runs")
    return ok("TCP", f"port {where.port} answers")


def _tls(connection: Connection, where: Where, trust: ssl.SSLContext) -> Tried:
    if where.scheme == "http":
        return skipped("TLS", "http:// is not encrypted; ask the owner for an https:// address")
    try:
        _, end = _handshake(connection, where, trust)
    except ssl.SSLCertVerificationError as error:
        what, to_do = _CHAIN.get(error.verify_code, ("not acceptable", "have another certificate installed there"))
        return failed("TLS", f"the certificate is {what}{_end_of_any(connection, where)}", to_do)
    except (ssl.SSLError, OSError):
        return failed("TLS", "no TLS at this port", "check port and https://; the system must speak TLS 1.2 or later")
    days = (end - now()).days
    said = f"chain trusted, valid until {end:%Y-%m-%d}, {days} {'day' if days == 1 else 'days'} left"
    return ok("TLS", said, "have it renewed now" if days < RENEW_DAYS else "")


def _handshake(connection: Connection, where: Where, context: ssl.SSLContext) -> tuple[str, datetime.datetime]:
    """The protocol spoken and the end of the certificate."""
    with (
        connection.outgoing.connect(where.host, where.port, connection.timeout_seconds) as raw,
        context.wrap_socket(raw, server_hostname=where.host) as secure,
    ):
        given = secure.getpeercert(binary_form=True)
        assert given is not None  # a server always shows one
        return str(secure.version()), x509.load_der_x509_certificate(given).not_valid_after_utc


def _end_of_any(connection: Connection, where: Where) -> str:
    """The end of a certificate that is not acceptable: read once more without trust, nothing is sent over it."""
    anybody = ssl.create_default_context()
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    try:
        return f" (its end: {_handshake(connection, where, anybody)[1]:%Y-%m-%d})"
    except (OSError, ValueError):
        return ""


def _clock(connection: Connection) -> Tried:
    begun = now()
    try:
        with guarded(), deadline.session(connection.outgoing) as session:
            said = _date(session, connection)
    except (Refused, Unready) as error:
        return skipped("clock", f"no answer to read the Date of: {error.code}")
    if said is None:
        return skipped("clock", "the answer has no Date header")
    ahead = (said - (begun + (now() - begun) / 2)).total_seconds()
    if abs(ahead) <= CLOCK_SECONDS:
        return ok("clock", in_words(ahead))
    return failed("clock", in_words(ahead), "have the system's clock set by NTP; if it is right, set the hub's")


def _date(session: requests.Session, connection: Connection) -> datetime.datetime | None:
    """The Date of any answer, a refusal too: no secret is sent."""
    with session.get(connection.url, timeout=connection.timeout_seconds, allow_redirects=False, stream=True) as answer:
        header = answer.headers.get("Date", "")
    try:
        found = email.utils.parsedate_to_datetime(header)
    except (ValueError, TypeError):
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=datetime.UTC)


def in_words(ahead: float) -> str:
    """How far a clock is off, e.g. ``its clock is 1 hour 2 minutes behind ours``; two seconds are no difference."""
    seconds = round(abs(ahead))
    if seconds <= 2:  # a Date has whole seconds
        return "its clock agrees with ours"
    parts, left = [], seconds
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {unit}{'' if count == 1 else 's'}")
    return f"its clock is {' '.join(parts[:2])} {'ahead of' if ahead > 0 else 'behind'} ours"


__all__ = ["CLOCK_SECONDS", "Outcome", "Tried", "failed", "in_words", "ok", "reach", "skipped"]
