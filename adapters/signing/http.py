"""HTTP message signatures (RFC 9421, Content-Digest of RFC 9530) in one narrow profile, by ``http-message-signatures``.

A request covers its method, authority, path, query, Content-Digest and, where there is one, Idempotency-Key; an answer
its status and digest and the request's own signature (RFC 9421, 2.4), by which it is bound to what was asked.
"""

import datetime
import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from http_message_signatures import HTTPMessageSigner, HTTPMessageVerifier
from http_message_signatures.algorithms import ECDSA_P256_SHA256, RSA_PSS_SHA512, HTTPSignatureAlgorithm
from http_message_signatures.exceptions import HTTPMessageSignaturesException
from http_message_signatures.resolvers import HTTPSignatureKeyResolver

from adapters.signing.identity import Identity, certificate_text, checked_key, fingerprint, in_force
from contracts import Refused

TAG = "trackchild"
REQUEST = ("@method", "@authority", "@path", "@query", "content-digest")
ANSWER = ("@status", "content-digest", '"signature";req', '"signature-input";req')
_ONCE = ("signature", "signature-input", "content-digest", "idempotency-key", "host")
_LONGEST = datetime.timedelta(minutes=5)
_KEY_ID = re.compile(r'keyid="([a-z0-9-]{1,40})/([0-9a-f]{64})"')
_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass
class Message:
    """A request as the library reads it; ``headers`` has ``items()`` with every line of the header."""

    method: str
    url: str
    headers: Any


@dataclass
class Answer:
    """An answer, with the request that it is bound to."""

    status_code: int
    headers: Any
    request: Message


@dataclass(frozen=True)
class Proven:
    """Whose certificate (base64 DER) signed, and the nonce by which the message comes once."""

    certificate: str
    nonce: str


class _Keys(HTTPSignatureKeyResolver):
    def __init__(self, public: Any = None, private: Any = None) -> None:
        self._public, self._private = public, private

    def resolve_public_key(self, key_id: str) -> Any:
        return self._public

    def resolve_private_key(self, key_id: str) -> Any:
        return self._private


def is_signed(headers: Any) -> bool:
    """Whether a message claims a signature: it is then taken as signed, or not at all."""
    return any(name.lower() in ("signature", "signature-input") for name, _ in headers.items())


def key_id(participant: str, identity: Identity) -> str:
    """How a signature names its key: the participant and the SHA-256 of the certificate."""
    return f"{participant}/{fingerprint(identity.text)}"


def sign_request(message: Message, body: bytes, identity: Identity, participant: str) -> None:
    """Sign a request where it stands."""
    told = [name.lower() for name, _ in message.headers.items()]
    covered = (*REQUEST, "idempotency-key") if "idempotency-key" in told else REQUEST
    _sign(message, body, identity, key_id(participant, identity), covered)


def sign_answer(answer: Answer, body: bytes, identity: Identity, hub: str = "hub") -> None:
    """Sign an answer where it stands, bound to its request."""
    _sign(answer, body, identity, key_id(hub, identity), ANSWER)


def verified(message: Message, body: bytes, certificate_of: Callable[[str, str], str]) -> Proven:
    """What the signature proves; ``certificate_of`` gives the certificate of a participant and a fingerprint.

    Raises ``Refused``: ``bad_signature`` for whatever is not of the one shape or does not hold, and its own errors.
    """
    names = [name.lower() for name, _ in message.headers.items()]
    if any(names.count(name) > 1 for name in _ONCE):
        raise _bad("a header that is signed stands twice")
    covered = (*REQUEST, "idempotency-key") if "idempotency-key" in names else REQUEST
    told = next((value for name, value in message.headers.items() if name.lower() == "signature-input"), "")
    found = _KEY_ID.findall(told)
    if len(found) != 1:
        raise _bad('one keyid="PARTICIPANT/SHA-256 of the certificate" is asked for')
    text = certificate_of(*found[0])
    return Proven(text, _checked(message, body, text, covered))


def verify_answer(answer: Answer, body: bytes, certificate: str) -> None:
    """Raises ``Refused`` (``bad_signature``) unless the certificate signed this answer to this very request."""
    _checked(answer, body, certificate, ANSWER)


def _sign(message: Any, body: bytes, identity: Identity, name: str, covered: tuple[str, ...]) -> None:
    now = _now()
    signer = HTTPMessageSigner(signature_algorithm=_algorithm(identity.key), key_resolver=_Keys(private=identity.key))
    signer.sign(
        message, key_id=name, created=now, expires=now + _LONGEST, nonce=secrets.token_urlsafe(24), label="tc",
        tag=TAG, covered_component_ids=covered, body=body,
    )  # fmt: skip


def _checked(message: Any, body: bytes, text: str, covered: tuple[str, ...]) -> str:
    certificate = certificate_text(text)
    if not in_force(certificate, _now()):
        raise _bad("the certificate is not valid today")
    key = checked_key(certificate)
    verifier = HTTPMessageVerifier(signature_algorithm=_algorithm(key), key_resolver=_Keys(public=key))
    try:
        (result,) = verifier.verify(message, max_age=_LONGEST, expect_tag=TAG, require_components=covered, body=body)
    except (HTTPMessageSignaturesException, ValueError, KeyError, TypeError):
        raise _bad("it does not hold for this message, is too old, or covers too little") from None
    said: dict[str, Any] = dict(result.parameters)
    nonce = said.get("nonce")
    if not isinstance(nonce, str) or not _NONCE.fullmatch(nonce):
        raise _bad("a nonce of 16 to 64 letters and digits is asked for")
    if "alg" not in said or "expires" not in said or said["expires"] - said["created"] > _LONGEST.total_seconds():
        raise _bad("alg, created and expires are asked for, five minutes apart at most")
    return nonce


def _algorithm(key: Any) -> type[HTTPSignatureAlgorithm]:
    """By the kind of key alone, never by what a message says."""
    return RSA_PSS_SHA512 if isinstance(key, rsa.RSAPublicKey | rsa.RSAPrivateKey) else ECDSA_P256_SHA256


def once(nonce: str) -> str:
    """Under what a message is known as one that came: the nonce is signed, a signature could be written in two ways."""
    return "http " + hashlib.sha256(nonce.encode()).hexdigest()


def _bad(why: str) -> Refused:
    return Refused("bad_signature", f"The message's signature is not taken: {why}. Sign it anew.")


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
