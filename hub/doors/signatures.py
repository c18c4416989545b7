"""Signatures at the SOAP door: who signed a request, that it comes once, and the hub's own signature of the answer."""

import base64
import hashlib
from dataclasses import dataclass

from lxml import etree

from adapters.signing import SECURITY, Proof, is_signed, sign, verified
from contracts import Refused
from hub.access import Caller
from hub.doors.front import Front


@dataclass(frozen=True)
class Signed:
    """A request whose signature holds: whose it is, and what the answer is bound to."""

    caller: Caller
    proof: Proof


def signed_by(root: etree._Element, soap: str, front: Front) -> Signed | None:
    """Who signed the message; None if it claims no signature. Raises ``Refused`` as ``adapters.signing.verified``.

    The certificate in the message only names one: whose it is, and that it is taken, the registry says.
    """
    if not is_signed(root) and next(root.iter(SECURITY), None) is None:
        return None
    if front.desk.signs() is None:
        raise Refused(
            "signing_not_set_up", "This hub has no key to sign by yet; its operator sets TRACKCHILD_SIGNING_KEY."
        )
    found: dict[str, Caller] = {}

    def known(certificate: str) -> bool:
        found[certificate] = front.desk.participant_by_certificate(certificate)
        return True

    proof = verified(root, soap, known)
    front.desk.take_signature(found[proof.certificate], _once(proof.value))
    return Signed(found[proof.certificate], proof)


def _once(value: str) -> str:
    """Under what a signature is known as seen: of ECDSA the first half, since whoever saw it can write the other anew.

    (r, s) and (r, n - s) both verify; r is drawn for each message.
    """
    raw = base64.b64decode(value)
    return "soap " + hashlib.sha256(raw[:32] if len(raw) == 64 else raw).hexdigest()


def answered(document: etree._Element, signed: Signed, front: Front) -> None:
    """Sign an answer, bound to the request by the value of its signature."""
    identity = front.desk.signs()
    assert identity is not None
    sign(document, identity, signed.proof.value)
