"""Where the hub may connect: an address is read strictly, looked up once, and that very address is connected to.

Whoever may enter an endpoint could else have the hub ask its own network (server-side request forgery, CWE-918). Only
global unicast addresses are reached; an own network is reached where the operator named it. Every call of the hub goes
through here: by ``requests`` (``adapters.deadline``), by libcurl (``hub.asking.curl``), and saved files by ``folder``.
"""

import ipaddress
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from contracts import Refused

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

#: One reading for everybody: no user info, no fragment, no backslash, nothing escaped in the authority.
_URL = re.compile(
    r"(https?)://(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?::([0-9]{1,5}))?([/?][^\x00-\x20\x7f\\#]*)?"
)
_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?", re.ASCII)
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*", re.ASCII)
_UNICAST = ipaddress.ip_network("2000::/3")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
#: Not global, though Python's tables of 3.11 do not say so: IETF assignments, relays, documentation, 6to4.
_MORE = [ipaddress.ip_network(one) for one in ("192.0.0.0/24", "192.88.99.0/24", "2002::/16", "3fff::/20")]
#: Where clouds keep a machine's credentials: reached only where that very address is allowed.
METADATA = frozenset(
    map(
        ipaddress.ip_address,
        ("169.254.169.254", "169.254.170.2", "169.254.170.23", "100.100.100.200", "168.63.129.16", "192.0.0.192",
         "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254"),
    )
)  # fmt: skip


class Where(NamedTuple):
    """The parts of a url that say where a call goes; ``host`` without brackets."""

    scheme: str
    host: str
    port: int


def read(url: str) -> Where:
    """Where a call to ``url`` would go. ``Refused`` (``bad_url``) for whatever two readers could read in two ways."""
    found = _URL.fullmatch(url)
    if found is None:
        raise _bad("must be http:// or https://, a host, perhaps a port and a path; no user name, no #")
    scheme, host, port = found[1], found[2].strip("[]"), int(found[3] or (443 if found[1] == "https" else 80))
    if not 1 <= port <= 65_535:
        raise _bad("has a port that there is not")
    _check_host(host, found[2].startswith("["))
    return Where(scheme, host.lower(), port)


def _check_host(host: str, bracketed: bool) -> None:
    labels = host.split(".")
    if bracketed or _NUMBER.fullmatch(labels[-1]):
        address = _literal(host)
        # 127.1, 0x7f000001, 0177.0.0.1 and 2130706433 are all one address to a resolver: only one spelling is taken.
        if address is None or (address.version == 4 and (bracketed or str(address) != host)):
            raise _bad("spells its address in an odd way; write it with four numbers, or as [IPv6]")
    elif not all(map(_LABEL.fullmatch, labels)):
        raise _bad("has a host that is no name; write it without a dot at its end, international names as xn--")


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _bad(why: str) -> Refused:
    return Refused("bad_url", f"the url {why}; correct it where it was entered")


def is_global(address: Address) -> bool:
    """Whether an address is one machine of the open Internet; for mapped and NAT64 ones, whether that within is."""
    address = plain(address)
    if address.is_multicast or any(address in one for one in _MORE) or address in METADATA:
        return False
    return address.is_global and (address.version == 4 or address in _UNICAST)


def plain(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for (mapped, NAT64), else itself."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


@dataclass(frozen=True)
class Outgoing:
    """What may be reached besides the open Internet: ``networks``, hosts by their ``names``, and files ``below``."""

    networks: tuple[Network, ...] = ()
    names: frozenset[str] = frozenset()
    below: Path | None = None

    @classmethod
    def of(cls, allowed: Iterable[str], below: Path | None = None) -> "Outgoing":
        """``allowed``: networks (``10.20.0.0/16``), addresses and names. ``ValueError`` for what is none of these."""
        networks, names = [], []
        for one in allowed:
            try:
                networks.append(ipaddress.ip_network(one))
            except ValueError:
                if "/" in one or not all(map(_LABEL.fullmatch, one.split("."))):
                    raise ValueError("neither a network, nor an address, nor a name") from None
                names.append(one.lower())
        return cls(tuple(networks), frozenset(names), below)

    def allows(self, host: str, address: Address) -> bool:
        """Whether ``address``, for which ``host`` stands, may be connected to."""
        address = plain(address)
        if address in METADATA:
            return any(one.num_addresses == 1 and address in one for one in self.networks)
        if is_global(address) or any(address in one for one in self.networks):
            return True
        named = host.lower() in self.names
        return named and not (address.is_multicast or address.is_link_local or address.is_unspecified)

    def check(self, host: str, address: str) -> None:
        """``Refused`` (``address_not_allowed``) where it must not be connected to; its number is not told."""
        found = _literal(address.partition("%")[0])
        if found is None or not self.allows(host, found):
            raise Refused(
                "address_not_allowed",
                "the address lies in a network that the hub may not reach; correct it, or name the network in"
                " TRACKCHILD_ALLOW_NETWORKS",
            )

    def connect(self, host: str, port: int, seconds: float | None, options: Iterable[Any] = ()) -> socket.socket:
        """A connection to the first address of ``host`` that answers, looked up once; all of them must be allowed.

        Raises ``Refused`` as ``check`` does, and ``OSError`` as ``socket.create_connection`` does.
        """
        found = self._looked_up(host, port)
        failed: OSError = OSError("the name has no address")
        for family, kind, protocol, _, address in found:
            try:
                return _opened(socket.socket(family, kind, protocol), address, seconds, options)
            except OSError as error:
                failed = error
        raise failed

    def address(self, host: str, port: int) -> str:
        """The first address of ``host``, for clients that connect by themselves. Raises as ``connect`` does."""
        return str(self._looked_up(host, port)[0][-1][0])

    def _looked_up(self, host: str, port: int) -> list[Any]:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        for *_, address in found:
            self.check(host, str(address[0]))
        return list(found)

    def folder(self, url: str) -> Path:
        """The path of a ``file://`` url. ``Refused``: ``bad_url``, ``folder_not_allowed``."""
        parts = urlsplit(url)
        if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
            raise Refused("bad_url", "transport files needs a url that begins with file:///")
        path = Path(unquote(parts.path)).resolve()
        if self.below is None or not path.is_relative_to(self.below.resolve()):
            raise Refused(
                "folder_not_allowed", "saved files are read below TRACKCHILD_FILES_BELOW only; name or move the folder"
            )
        return path


OPEN_INTERNET = Outgoing()
#: For whoever types an address or a path at the machine's own console: they reach it anyway.
ANYWHERE = Outgoing.of(["0.0.0.0/0", "::/0"], Path("/"))


def _opened(made: socket.socket, address: Any, seconds: float | None, options: Iterable[Any]) -> socket.socket:
    try:
        for option in options:
            made.setsockopt(*option)
        made.settimeout(seconds)
        made.connect(address)
    except BaseException:
        made.close()
        raise
    return made


__all__ = ["ANYWHERE", "METADATA", "OPEN_INTERNET", "Address", "Outgoing", "Where", "is_global", "plain", "read"]
