"""Where a participant's key stands in a request."""

from contracts import Refused


def bearer(header: str | None) -> str:
    """The key of an ``Authorization: Bearer KEY`` header; empty if there is none."""
    kind, _, key = (header or "").partition(" ")
    return key.strip() if kind.lower() == "bearer" else ""


def checked(key: str) -> str:
    """The key; raises ``Refused`` with code ``missing_key`` if it is empty."""
    if not key:
        raise Refused("missing_key", "Send your key: Authorization: Bearer KEY, or the SOAP header Credentials.")
    return key
