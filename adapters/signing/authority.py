"""A small certificate authority of one's own: a P-256 root in a folder, and short-lived certificates from it."""

import datetime
import ipaddress
import os
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from adapters.signing.identity import checked_key
from contracts import Refused

_PEM = serialization.Encoding.PEM
_Public = ec.EllipticCurvePublicKey | rsa.RSAPublicKey
_YEARS = datetime.timedelta(days=3650)


def init(folder: Path) -> Path:
    """Make the authority's ``key.pem`` and ``certificate.pem``; raises ``Refused`` (``authority_exists``)."""
    if (folder / "key.pem").exists():
        raise Refused("authority_exists", "There is an authority in this folder. Name another folder.")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key, name = ec.generate_private_key(ec.SECP256R1()), _name("TrackChild authority")
    made = _begun(name, name, key.public_key(), _YEARS)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    made = made.add_extension(_usage(signs_certificates=True), critical=True)
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    made = made.add_extension(own, critical=False)
    _kept(folder / "key.pem", _private(key))
    (folder / "certificate.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(_PEM))
    return folder / "certificate.pem"


def issue(folder: Path, name: str, lifetime: datetime.timedelta, to: Path) -> Path:
    """A new key and certificate for ``name`` in one file; raises ``no_authority`` and ``cannot_use_file``."""
    key = ec.generate_private_key(ec.SECP256R1())
    _kept(to, _private(key) + _signed(folder, name, key.public_key(), lifetime))
    return to


def request(name: str, key_to: Path, to: Path) -> Path:
    """A new key that stays with its owner, and a request (PKCS #10) to have it certified; ``cannot_use_file``."""
    key = ec.generate_private_key(ec.SECP256R1())
    asked = x509.CertificateSigningRequestBuilder().subject_name(_name(name)).sign(key, hashes.SHA256())
    _kept(key_to, _private(key))
    _kept(to, asked.public_bytes(_PEM))
    return to


def sign_request(folder: Path, asked: Path, name: str, lifetime: datetime.timedelta, to: Path) -> Path:
    """Certify the key of a request for ``name``, which the authority's keeper gives; names in it count nothing.

    Raises ``Refused`` (``bad_request``, ``no_authority``, ``cannot_use_file``).
    """
    try:
        found = x509.load_pem_x509_csr(asked.read_bytes())
        key = found.public_key()
        good = found.is_signature_valid and isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey)
    except (OSError, ValueError):
        good = False
    if not good:
        raise Refused("bad_request", "The file is no request signed by its key. Make one by `trackchild keys request`.")
    assert isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey)
    made = _signed(folder, name, key, lifetime)
    checked_key(x509.load_pem_x509_certificate(made))
    _kept(to, made)
    return to


def _signed(folder: Path, name: str, key: _Public, lifetime: datetime.timedelta) -> bytes:
    try:
        authority = x509.load_pem_x509_certificate((folder / "certificate.pem").read_bytes())
        root = serialization.load_pem_private_key((folder / "key.pem").read_bytes(), None)
    except (OSError, ValueError):
        raise Refused("no_authority", "The folder holds no authority. Make one by `trackchild keys init`.") from None
    assert isinstance(root, ec.EllipticCurvePrivateKey)
    made = _begun(_name(name), authority.subject, key, lifetime)
    made = made.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    made = made.add_extension(_usage(signs_certificates=False), critical=True)
    both = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]
    made = made.add_extension(x509.ExtendedKeyUsage(both), critical=False)
    made = made.add_extension(x509.SubjectAlternativeName([_alternative(name)]), critical=False)
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(root.public_key())
    return made.add_extension(issuer, critical=False).sign(root, hashes.SHA256()).public_bytes(_PEM)


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _begun(
    subject: x509.Name, issuer: x509.Name, key: _Public, lifetime: datetime.timedelta
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    begun = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    begun = begun.serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(minutes=5))
    return begun.not_valid_after(now + lifetime)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=signs_certificates, crl_sign=signs_certificates,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _kept(path: Path, content: bytes) -> None:
    """A new file for its owner's eyes; none is written over."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
    except OSError:
        raise Refused("cannot_use_file", f"{path} is there or cannot be written. Name another file.") from None
