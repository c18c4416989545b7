"""The service's SOAP with X.509 signatures: requests are verified as they are processed, answers are signed."""

import datetime
import threading
from typing import Any

import contracts.spyne_compat  # noqa: F401

# isort: split
from spyne import Fault
from spyne.protocol.soap import Soap11

from adapters.signing import certificates_of, identity_of, sign, verified
from contracts import Refused

_ASKED = "gumshuda.asked"
_KEPT = datetime.timedelta(minutes=11)


class Signatures:
    """Of one running service. ``bundle``: its private key and certificate, then those of its callers, as PEM.

    Signatures seen are kept in memory for as long as a message may be old: one process serves a node.
    """

    def __init__(self, bundle: str) -> None:
        self._identity = identity_of(bundle)
        self._callers = frozenset(certificates_of(bundle)) - {self._identity.text}
        self._seen: dict[str, datetime.datetime] = {}
        self._lock = threading.Lock()

    def check(self, document: Any) -> str:
        """The value of the request's signature; a fault for what is not signed, or came before."""
        try:
            proof = verified(document, Soap11.ns_soap_env, self._callers.__contains__)
            self._once(proof.value)
        except Refused as error:
            raise Fault("Client.FailedCheck", f"Hastakshar nahi mana: {error.message}") from None
        return proof.value

    def answer(self, document: Any, asked: str) -> None:
        """Sign an answer, bound to its request."""
        sign(document, self._identity, asked)

    def _once(self, value: str) -> None:
        now = datetime.datetime.now(datetime.UTC)
        with self._lock:
            self._seen = {one: at for one, at in self._seen.items() if now - at < _KEPT}
            if value in self._seen:
                raise Refused("replayed", "this very message came before")
            self._seen[value] = now


class SignedSoap(Soap11):  # type: ignore[misc]
    """spyne's protocol, which else would follow ``href`` and read what is not signed."""

    def __init__(self, signatures: Signatures | None, **named: Any) -> None:
        super().__init__(**named)
        self._signatures = signatures

    def create_in_document(self, ctx: Any, charset: str | None = None) -> None:
        """Read, then verify the very tree that is processed; its ids are not handed on."""
        super().create_in_document(ctx, charset)
        if self._signatures is not None:
            root = ctx.in_document[0] if isinstance(ctx.in_document, tuple) else ctx.in_document
            ctx.transport.req_env[_ASKED] = self._signatures.check(root)
            ctx.in_document = (root, None) if isinstance(ctx.in_document, tuple) else root

    def serialize(self, ctx: Any, message: Any) -> None:
        """Write the answer, or the fault, and sign it."""
        super().serialize(ctx, message)
        asked = ctx.transport.req_env.get(_ASKED)
        if self._signatures is not None and asked is not None:
            self._signatures.answer(ctx.out_document, asked)
