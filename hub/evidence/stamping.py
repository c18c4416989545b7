"""RFC 3161 time-stamps of signed heads, from an authority that the hub does not control (extra ``timestamp``)."""

import hashlib
from pathlib import Path
from typing import Any

import requests

from adapters import deadline
from adapters.outgoing import OPEN_INTERNET, Outgoing
from contracts import Refused, Unready

_SECONDS = 10
_LIMIT = 65_536


def stamp(url: str, message: bytes, outgoing: Outgoing = OPEN_INTERNET) -> bytes:
    """The token over ``message``. ``Unready`` (``timestamp_failed``) where the authority is down or answers else."""
    library = _library()
    asked = library.TimestampRequestBuilder().data(message).build()
    headers = {"Content-Type": "application/timestamp-query"}
    try:
        with deadline.session(outgoing) as session:
            answer = session.post(
                url, asked.as_bytes(), headers=headers, timeout=_SECONDS, allow_redirects=False, stream=True
            )
            token: bytes = answer.raw.read(_LIMIT, decode_content=True)
        library.decode_timestamp_response(token)
    except (requests.RequestException, ValueError, Refused) as error:
        raise Unready("timestamp_failed", f"The time-stamp authority gave none ({type(error).__name__}).") from None
    return token


def fits(token: bytes, message: bytes, authority: Path | None) -> bool:
    """Whether the token is over ``message``; with the authority's root certificate (PEM) also that it signed it."""
    from cryptography.x509 import load_pem_x509_certificates

    library = _library()
    try:
        answer = library.decode_timestamp_response(token)
        if authority is None:
            return bool(answer.tst_info.message_imprint.message == hashlib.sha512(message).digest())
        builder = library.VerifierBuilder()
        for certificate in load_pem_x509_certificates(authority.read_bytes()):
            builder = builder.add_root_certificate(certificate)
        return bool(builder.build().verify_message(answer, message))
    except (ValueError, library.VerificationError):
        return False


def _library() -> Any:
    try:
        import rfc3161_client
    except ImportError:
        raise Refused("timestamp_extra_missing", "Time-stamps need: pip install 'trackchild-hub[timestamp]'.") from None
    return rfc3161_client
