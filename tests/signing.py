"""Keys and certificates for tests, made once; a signed call of the SOAP door."""

import datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from lxml import etree

from adapters.signing import Identity, identity_of, sign
from hub.doors.soap import SOAP11
from tests.hub.doors.messages import envelope, xml

_DAY = datetime.timedelta(days=1)


def pem(name: str, kind: str = "ec", first: int = -1, last: int = 30) -> str:
    """A private key and its own certificate, valid from ``first`` to ``last`` days from now; the same each time."""
    return _made(name, kind, first, last)


@cache
def _made(name: str, kind: str, first: int, last: int) -> str:
    made = ec.generate_private_key(ec.SECP256R1()) if kind == "ec" else rsa.generate_private_key(65537, 2048)
    whose = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(whose).issuer_name(whose).public_key(made.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now + first * _DAY)
        .not_valid_after(now + last * _DAY).sign(made, hashes.SHA256())
    )  # fmt: skip
    text = serialization.Encoding.PEM
    private = made.private_bytes(text, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return (private + certificate.public_bytes(text)).decode()


def identity(name: str, kind: str = "ec", first: int = -1, last: int = 30) -> Identity:
    return identity_of(pem(name, kind, first, last))


def signed_call(who: Identity, text: str = "Sita", soap: str = SOAP11, header: str = "") -> etree._Element:
    """A signed Search of the contract, as a tree."""
    asked = {"name": text}
    root = etree.fromstring(envelope(soap, xml("Search", asked), header))
    sign(root, who)
    return root
