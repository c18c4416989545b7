"""Who signs: a private key with its certificate, and certificates as they stand in the registry."""

import base64
import datetime
import hashlib
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from contracts import Refused

_DS_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
RSA_SHA256, ECDSA_SHA256 = f"{_DS_MORE}rsa-sha256", f"{_DS_MORE}ecdsa-sha256"
_P256_BYTES = 32
_SHA = hashes.SHA256()


@dataclass(frozen=True)
class Identity:
    """A private key (RSA from 2048 bits, or P-256) and its certificate; ``text`` is the certificate's base64 DER."""

    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = field(repr=False)
    text: str

    @property
    def algorithm(self) -> str:
        return RSA_SHA256 if isinstance(self.key, rsa.RSAPrivateKey) else ECDSA_SHA256

    def signature(self, content: bytes) -> bytes:
        """As XML Signature writes it: RSA PKCS#1 v1.5, or r and s of ECDSA one after the other (RFC 4050, 3.3)."""
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(content, padding.PKCS1v15(), _SHA)
        r, s = utils.decode_dss_signature(self.key.sign(content, ec.ECDSA(_SHA)))
        return r.to_bytes(_P256_BYTES, "big") + s.to_bytes(_P256_BYTES, "big")


def identity_of(pem: str) -> Identity:
    """The first private key and the first certificate of a PEM text; raises ``Refused`` (``bad_certificate``)."""
    try:
        key = serialization.load_pem_private_key(pem.encode(), None)
        found = x509.load_pem_x509_certificates(pem[pem.index("-----BEGIN CERTIFICATE") :].encode())[0]
    except (ValueError, TypeError):
        raise _bad("The file must hold a private key without a password and its certificate, both as PEM.") from None
    same = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    if key.public_key().public_bytes(*same) != found.public_key().public_bytes(*same):
        raise _bad("The certificate is not that of the private key beside it.")
    checked_key(found)
    assert isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
    return Identity(key, _text(found))


def certificates_of(pem: str) -> list[str]:
    """The certificates of a PEM text as base64 DER, as the registry keeps them; raises ``bad_certificate``."""
    try:
        found = x509.load_pem_x509_certificates(pem.encode())
    except ValueError:
        raise _bad("The file holds no certificate as PEM.") from None
    for one in found:
        checked_key(one)
    return [_text(one) for one in found]


def _text(certificate: x509.Certificate) -> str:
    return base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()


def certificate_text(text: str) -> x509.Certificate:
    """The certificate of a base64 DER; raises ``Refused`` (``bad_certificate``)."""
    try:
        return x509.load_der_x509_certificate(base64.b64decode(text, validate=True))
    except ValueError:
        raise _bad("The certificate cannot be read; register it again.") from None


def fingerprint(text: str) -> str:
    """SHA-256 of the certificate, in hexadecimal digits."""
    return hashlib.sha256(base64.b64decode(text)).hexdigest()


def checked_key(certificate: x509.Certificate) -> rsa.RSAPublicKey | ec.EllipticCurvePublicKey:
    """The certificate's public key, if it is of a kind that is taken; raises ``Refused`` (``bad_certificate``)."""
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= 2048:
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    raise _bad("Use a certificate of an RSA key from 2048 bits, or of a P-256 key.")


def in_force(certificate: x509.Certificate, now: datetime.datetime) -> bool:
    """Whether the certificate's own dates hold."""
    return certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc


def right(certificate: x509.Certificate, algorithm: str, signature: bytes, content: bytes) -> bool:
    """Whether the certificate's key made ``signature`` over ``content`` by this very algorithm."""
    key = checked_key(certificate)
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, content, padding.PKCS1v15(), _SHA)
            return algorithm == RSA_SHA256
        half = _P256_BYTES
        numbers = int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
        key.verify(utils.encode_dss_signature(*numbers), content, ec.ECDSA(_SHA))
    except InvalidSignature:
        return False
    return algorithm == ECDSA_SHA256 and len(signature) == 2 * half


def _bad(what: str) -> Refused:
    return Refused("bad_certificate", what)
