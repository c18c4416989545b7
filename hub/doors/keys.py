"""Who asks: where a participant's key stands in a request, and whom it belongs to."""

from contracts import Refused
from hub.access import Caller
from hub.doors.calls import Desk

_WRONG = "This key does not work here. Check it, or ask the hub for a new one."


def bearer(header: str | None) -> str:
    """The key of an ``Authorization: Bearer KEY`` header; empty if there is none."""
    kind, _, key = (header or "").partition(" ")
    return key.strip() if kind.lower() == "bearer" else ""


def caller_of(desk: Desk, key: str | Caller) -> Caller:
    """Whose key it is; raises ``Refused`` (``missing_key``, ``wrong_key``).

    A key that was revoked or has run out is told in the same words as one that never was.
    """
    if isinstance(key, Caller):
        return key  # known by a signature, at the door
    if not key:
        raise Refused("missing_key", "Send your key: Authorization: Bearer KEY, or the SOAP header Credentials.")
    try:
        return desk.participant_by_key(key)
    except Refused as error:
        raise Refused("wrong_key", _WRONG) if error.code == "wrong_key" else error from None


def same_caller(signed: Caller, presented: str | Caller) -> Caller:
    """Who signed, if the certificate presented under TLS is not somebody else's; raises ``Refused`` (``wrong_key``)."""
    if isinstance(presented, Caller) and presented.id != signed.id:
        raise Refused("wrong_key", "The message is signed by another participant than the connection. Send your own.")
    return signed
