"""One-time codes as a second factor (RFC 6238: SHA-1, six digits, thirty seconds, as every app on a phone has it)."""

import base64
import datetime
import hmac
from dataclasses import dataclass

import pyotp
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_SECONDS = 30
#: Codes of the step before and after are taken too: clocks of phones differ.
_STEPS = (-1, 0, 1)


@dataclass(frozen=True)
class Enrolled:
    """A new secret: sealed for the database, and as the address that an app takes up, shown once."""

    sealed: bytes
    address: str


class SecondFactor:
    """``secret`` is the hub's; secrets of people are sealed by a key drawn from it."""

    def __init__(self, secret: bytes, issuer: str = "TrackChild hub") -> None:
        key = HKDF(SHA256(), 32, salt=None, info=b"second factor").derive(secret)
        self._seal, self._issuer = Fernet(base64.urlsafe_b64encode(key)), issuer

    def enrol(self, login: str) -> Enrolled:
        """A new secret for a person."""
        plain = pyotp.random_base32()
        address = pyotp.TOTP(plain).provisioning_uri(name=login, issuer_name=self._issuer)
        return Enrolled(self._seal.encrypt(plain.encode()), address)

    def step_of(self, sealed: bytes, code: str, now: datetime.datetime) -> int | None:
        """The step whose code this is, of those that count now; None if it is of none, or the hub's secret changed."""
        try:
            codes = pyotp.TOTP(self._seal.decrypt(sealed).decode())
        except InvalidToken:
            return None
        today, told = int(now.timestamp()) // _SECONDS, "".join(code.split())
        fitting = [today + n for n in _STEPS if hmac.compare_digest(codes.at((today + n) * _SECONDS), told)]
        return fitting[-1] if fitting else None
