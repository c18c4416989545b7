"""The certificate that a client presented under TLS, to this server or to a proxy in front that proves itself."""

import base64
import datetime
import hmac
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from starlette.datastructures import Headers

from adapters.signing.identity import in_force
from contracts import Refused

#: Where ``portal.web.server`` puts the DER of the certificate that the TLS layer verified.
EXTENSION = "trackchild.client_certificate"
_CERTIFICATE, _SECRET = "client-cert", "x-proxy-secret"


def certificate_of(scope: Any, proxy_secret: str | None) -> str | None:
    """Base64 DER of the client's certificate, None if it presented none.

    Where TLS ends in front, the proxy tells it as RFC 9440 writes it and proves itself by the secret that both share;
    from anybody else the header is refused, not passed over: ``Refused`` (``client_cert_header``).
    """
    headers = Headers(scope=scope)
    told = headers.getlist(_CERTIFICATE)
    proofs = headers.getlist(_SECRET)
    if told or proofs:
        return _told(told, proofs, proxy_secret)
    der = scope.get("extensions", {}).get(EXTENSION)
    return None if der is None else base64.b64encode(der).decode()


def _told(told: list[str], proofs: list[str], proxy_secret: str | None) -> str | None:
    right = proxy_secret is not None and len(proofs) == 1 and len(told) <= 1
    if not right or not hmac.compare_digest(proofs[0].encode(), (proxy_secret or "").encode()):
        raise Refused("client_cert_header", "Only the proxy in front of this hub may send Client-Cert. Leave it out.")
    return _read(told[0]) if told else None


def _read(header: str) -> str:
    text = header.strip()
    try:
        if len(text) < 3 or text[0] != ":" or text[-1] != ":":
            raise ValueError(text)
        found = x509.load_der_x509_certificate(base64.b64decode(text[1:-1], validate=True))
    except ValueError:
        raise Refused(
            "client_cert_header", "Client-Cert is not as RFC 9440 writes it; correct the proxy's settings."
        ) from None
    if not in_force(found, datetime.datetime.now(datetime.UTC)):
        raise Refused("client_cert_header", "The client certificate is not valid today; present a new one.")
    return base64.b64encode(found.public_bytes(Encoding.DER)).decode()
