"""Verifying a signed SOAP message on the very tree that is processed: one shape is taken, everything else refused.

Nothing is looked up by its id. The elements that count stand at their one place; the signature must refer to exactly
those, and their digests are computed from them as they stand. What a wrapped message moves elsewhere is thus never
read, and never taken as signed (McIntosh and Austel 2005; Somorovsky et al. 2012).
"""

import base64
import binascii
import datetime
from collections.abc import Callable

from lxml import etree

from adapters.signing.identity import ECDSA_SHA256, RSA_SHA256, certificate_text, in_force, right
from adapters.signing.soap import (
    BASE64,
    CONFIRMATION,
    DS,
    EXCLUSIVE,
    ID,
    MESSAGE_ID,
    SECURITY,
    SHA256,
    SIGNATURE,
    TIMESTAMP,
    TOKEN,
    WSSE,
    WSU,
    X509V3,
    Proof,
    canonical,
    digest,
)
from contracts import Refused

#: How far the sender's clock may be off, and how old a message may be.
WINDOW = datetime.timedelta(minutes=5)
_ONCE = (SECURITY, TIMESTAMP, TOKEN, SIGNATURE)
_REFERENCE = [f"{{{DS}}}{name}" for name in ("Transforms", "DigestMethod", "DigestValue")]


def verified(
    root: etree._Element,
    soap: str,
    known: Callable[[str], bool],
    answering: str | None = None,
    now: datetime.datetime | None = None,
) -> Proof:
    """Who signed the envelope; ``known`` says whether a certificate (base64 DER) is registered for the sender.

    ``answering`` is the value of the request's signature where an answer is verified: it must confirm that one.
    Raises ``Refused``: ``bad_signature``, ``unknown_certificate``, ``stale_message``.
    """
    now = now or datetime.datetime.now(datetime.UTC)
    header, body = _frame(root, soap)
    _no_second_meaning(root, soap)
    security = _only(header, SECURITY)
    token, stamp, signature = (_only(security, name) for name in (TOKEN, TIMESTAMP, SIGNATURE))
    signed = [body, stamp, *header.findall(MESSAGE_ID), *_confirmed(security, answering)]
    info, value, key_info = _children(
        signature, *(f"{{{DS}}}{one}" for one in ("SignedInfo", "SignatureValue", "KeyInfo"))
    )
    algorithm = _algorithm(info)
    _covers(info, signed)
    certificate = _certificate(key_info, token)
    if not known(certificate):
        raise Refused("unknown_certificate", "The certificate is not registered for this sender. Register it first.")
    held = certificate_text(certificate)
    if not in_force(held, now):
        raise Refused("unknown_certificate", "The certificate has run out, or is not yet valid. Renew it.")
    told = "".join((value.text or "").split())
    if not right(held, algorithm, _bytes(told), canonical(info)):
        raise _bad("the signature is not that of the certificate's key")
    _fresh(stamp, now)
    return Proof(certificate, told)


def _frame(root: etree._Element, soap: str) -> tuple[etree._Element, etree._Element]:
    if root.tag != f"{{{soap}}}Envelope" or [child.tag for child in root] != [f"{{{soap}}}Header", f"{{{soap}}}Body"]:
        raise _bad("an envelope holds one Header and one Body, in this order")
    return root[0], root[1]


def _no_second_meaning(root: etree._Element, soap: str) -> None:
    """No element twice of those that count, no id twice, nothing that stands for something else (href, XInclude)."""
    seen: set[str] = set()
    for element in root.iter(etree.Element):
        for name, value in ((str(one), str(other)) for one, other in element.attrib.items()):
            plain = etree.QName(name).localname.lower()
            if plain in ("href", "encodingstyle"):
                raise _bad("attributes that point to other parts of the message are not taken")
            if plain == "id" and value in seen:
                raise _bad("an id stands twice")
            if plain == "id":
                seen.add(value)
    for name in (*_ONCE, f"{{{soap}}}Body", f"{{{soap}}}Header", f"{{{soap}}}Envelope"):
        if sum(1 for _ in root.iter(name)) != 1:
            raise _bad(f"the message must hold {etree.QName(name).localname} once")
    if (
        sum(1 for _ in root.iter(MESSAGE_ID)) > 1
        or next(root.iter("{http://www.w3.org/2001/XInclude}*"), None) is not None
    ):
        raise _bad("the message must hold one MessageID at most, and no XInclude")


def _confirmed(security: etree._Element, answering: str | None) -> list[etree._Element]:
    found = security.findall(CONFIRMATION)
    if answering is None:
        if found:
            raise _bad("a request confirms no signature")
        return []
    if len(found) != 1 or found[0].get("Value") != answering:
        raise _bad("the answer does not belong to what was asked")
    return found


def _algorithm(info: etree._Element) -> str:
    method = info[0] if len(info) > 2 else info
    if (
        method.tag != f"{{{DS}}}CanonicalizationMethod"
        or method.attrib.items() != [("Algorithm", EXCLUSIVE)]
        or len(method)
    ):
        raise _bad("SignedInfo is to be in exclusive canonical form, without a list of prefixes")
    chosen = info[1]
    named = chosen.get("Algorithm") or ""
    if chosen.tag != f"{{{DS}}}SignatureMethod" or named not in (RSA_SHA256, ECDSA_SHA256) or len(chosen):
        raise _bad("sign by RSA or ECDSA with SHA-256")
    return named


def _covers(info: etree._Element, signed: list[etree._Element]) -> None:
    """The references are exactly to ``signed``, each once, and each digest is that of the element as it stands."""
    told: dict[str, str] = {}
    for reference in list(info)[2:]:
        if (
            reference.tag != f"{{{DS}}}Reference"
            or set(reference.attrib) != {"URI"}
            or reference.get("URI", "") in told
        ):
            raise _bad("a reference names one signed part by its wsu:Id, each part once")
        told[reference.get("URI", "")] = _digest_value(reference)
    parts = {f"#{element.get(ID)}": element for element in signed if element.get(ID)}
    if len(parts) != len(signed) or set(told) != set(parts):
        raise _bad("sign exactly Body, Timestamp and, if there is one, MessageID, each by its wsu:Id")
    for address, element in parts.items():
        if told[address] != digest(element):
            raise _bad("a signed part was altered")


def _digest_value(reference: etree._Element) -> str:
    transforms, method, value = _children(reference, *_REFERENCE)
    steps = list(transforms)
    right_step = (
        len(steps) == 1
        and steps[0].tag == f"{{{DS}}}Transform"
        and steps[0].attrib.items() == [("Algorithm", EXCLUSIVE)]
    )
    if not right_step or len(steps[0]):
        raise _bad("the one transform taken is exclusive canonicalization, without a list of prefixes")
    if method.get("Algorithm") != SHA256 or len(method):
        raise _bad("digests are to be SHA-256")
    return "".join((value.text or "").split())


def _certificate(key_info: etree._Element, token: etree._Element) -> str:
    (told,) = _children(key_info, f"{{{WSSE}}}SecurityTokenReference")
    (reference,) = _children(told, f"{{{WSSE}}}Reference")
    named = reference.get("URI") == f"#{token.get(ID)}" and reference.get("ValueType") in (None, X509V3)
    kind = token.get("ValueType") == X509V3 and token.get("EncodingType") in (None, BASE64)
    if not (named and kind and token.get(ID)):
        raise _bad("KeyInfo is to name the BinarySecurityToken of the message, an X.509 certificate")
    return "".join((token.text or "").split())


def _fresh(stamp: etree._Element, now: datetime.datetime) -> None:
    said = [child.tag for child in stamp]
    if said not in ([f"{{{WSU}}}Created"], [f"{{{WSU}}}Created", f"{{{WSU}}}Expires"]):
        raise _bad("a Timestamp holds Created and Expires")
    moments = [_moment(child.text or "") for child in stamp]
    if abs(now - moments[0]) > WINDOW or moments[-1] < min(now, moments[0]):
        raise Refused("stale_message", "The message is older than five minutes, or from the future. Set the clock.")


def _moment(text: str) -> datetime.datetime:
    try:
        read = datetime.datetime.fromisoformat(text.strip())
    except ValueError:
        raise _bad("a Timestamp is written as in ISO 8601") from None
    if read.tzinfo is None:
        raise _bad("a Timestamp names its zone, e.g. Z")
    return read


def _only(parent: etree._Element, name: str) -> etree._Element:
    found = parent.findall(name)
    if len(found) != 1:
        raise _bad(f"{etree.QName(name).localname} is to stand once, at its place")
    return found[0]


def _children(parent: etree._Element, *names: str) -> list[etree._Element]:
    if [child.tag for child in parent] != list(names):
        raise _bad(f"{etree.QName(parent).localname} holds other parts than those taken")
    return list(parent)


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise _bad("the signature's value is no base64") from None


def _bad(what: str) -> Refused:
    return Refused("bad_signature", f"The message's signature is not taken: {what}.")
