"""zeep's way to sign what it sends and to verify what it is answered, each answer bound to its request."""

from collections.abc import Collection
from contextvars import ContextVar
from typing import Any

from lxml import etree

from adapters.signing.identity import Identity
from adapters.signing.soap import is_signed, sign
from adapters.signing.verifying import verified
from contracts import Refused

#: Of the call under way: many run side by side over one client (``adapters.wire``).
_asked: ContextVar[str] = ContextVar("asked")


class Signing:
    """A ``wsse`` plug-in. ``peers`` are the certificates (base64 DER) by which the other side may sign."""

    def __init__(self, identity: Identity, peers: Collection[str]) -> None:
        self._identity, self._peers = identity, frozenset(peers)

    def apply(self, envelope: etree._Element, headers: Any) -> tuple[etree._Element, Any]:
        """Sign the very envelope that is sent."""
        _asked.set(sign(envelope, self._identity))
        return envelope, headers

    def verify(self, envelope: etree._Element) -> None:
        """Raises ``Refused`` (``answer_not_signed`` or as ``verified``): zeep goes on to read this very tree."""
        if not is_signed(envelope):
            raise Refused("answer_not_signed", "The answer bears no signature; its owner is to sign what it answers.")
        verified(envelope, etree.QName(envelope).namespace or "", self._peers.__contains__, _asked.get())
