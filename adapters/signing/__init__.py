"""Signatures between systems: who signs what of a SOAP message, and what of it a reader takes as signed."""

from adapters.signing.identity import Identity, certificate_text, certificates_of, identity_of
from adapters.signing.soap import CONFIRMATION, SECURITY, Proof, is_signed, sign
from adapters.signing.verifying import verified
from adapters.signing.zeep import Signing

__all__ = [
    "CONFIRMATION",
    "SECURITY",
    "Identity",
    "Proof",
    "Signing",
    "certificate_text",
    "certificates_of",
    "identity_of",
    "is_signed",
    "sign",
    "verified",
]
