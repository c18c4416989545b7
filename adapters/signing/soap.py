"""Signing a SOAP message (WS-Security 1.1, X.509 token profile): Body, Timestamp, and what else is of weight."""

import base64
import datetime
import hashlib
import uuid
from dataclasses import dataclass

from lxml import etree

from adapters.signing.identity import Identity

DS = "http://www.w3.org/2000/09/xmldsig#"
_WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
WSSE, WSU = f"{_WSS}wssecurity-secext-1.0.xsd", f"{_WSS}wssecurity-utility-1.0.xsd"
WSSE11 = "http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd"
X509V3, BASE64 = f"{_WSS}x509-token-profile-1.0#X509v3", f"{_WSS}soap-message-security-1.0#Base64Binary"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
SECURITY, TIMESTAMP, TOKEN = f"{{{WSSE}}}Security", f"{{{WSU}}}Timestamp", f"{{{WSSE}}}BinarySecurityToken"
CONFIRMATION, SIGNATURE = f"{{{WSSE11}}}SignatureConfirmation", f"{{{DS}}}Signature"
MESSAGE_ID = "{http://www.w3.org/2005/08/addressing}MessageID"
ID = f"{{{WSU}}}Id"
_SECONDS = 300


@dataclass(frozen=True)
class Proof:
    """What a signature proved: the certificate (base64 DER) behind it, and its value, to which an answer is bound."""

    certificate: str
    value: str


def is_signed(root: etree._Element) -> bool:
    """Whether a message claims a signature anywhere: it is then taken as signed, or not at all."""
    return next(root.iter(SIGNATURE), None) is not None


def digest(element: etree._Element) -> str:
    """Base64 of the SHA-256 of the element as it stands, in exclusive canonical form."""
    return base64.b64encode(hashlib.sha256(canonical(element)).digest()).decode()


def canonical(element: etree._Element) -> bytes:
    """Exclusive XML Canonicalization 1.0, without comments."""
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


def sign(root: etree._Element, identity: Identity, answering: str | None = None) -> str:
    """Sign an envelope where it stands and return the signature's value.

    Signed are Body and Timestamp, a MessageID if there is one, and in an answer the value of the request's signature
    (``answering``, WS-Security 1.1 section 8.5), which covers what was asked.
    """
    soap = etree.QName(root).namespace
    header = _header(root, soap)
    for old in header.findall(SECURITY):
        header.remove(old)
    security = etree.SubElement(header, SECURITY, nsmap={"wsse": WSSE, "wsu": WSU})
    security.set(f"{{{soap}}}mustUnderstand", "1")
    token = etree.SubElement(security, TOKEN, EncodingType=BASE64, ValueType=X509V3)
    token.text = identity.text
    body = root.find(f"{{{soap}}}Body")
    assert body is not None  # every writer of envelopes makes one
    signed = [body, _timestamp(security), *header.findall(MESSAGE_ID)]
    if answering is not None:
        signed.append(etree.SubElement(security, CONFIRMATION, nsmap={"wsse11": WSSE11}, Value=answering))
    for element in [token, *signed]:
        element.set(ID, f"id-{uuid.uuid4().hex}")
    return _signature(security, identity, token.get(ID), signed)


def _header(root: etree._Element, soap: str | None) -> etree._Element:
    found = root.find(f"{{{soap}}}Header")
    if found is None:
        found = etree.Element(f"{{{soap}}}Header")
        root.insert(0, found)
    return found


def _timestamp(security: etree._Element) -> etree._Element:
    made, now = etree.SubElement(security, TIMESTAMP), datetime.datetime.now(datetime.UTC)
    for name, moment in (("Created", now), ("Expires", now + datetime.timedelta(seconds=_SECONDS))):
        etree.SubElement(made, f"{{{WSU}}}{name}").text = moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    return made


def _signature(security: etree._Element, identity: Identity, token: str | None, signed: list[etree._Element]) -> str:
    made = etree.SubElement(security, SIGNATURE, nsmap={"ds": DS})
    info = _ds(made, "SignedInfo")
    _ds(info, "CanonicalizationMethod", Algorithm=EXCLUSIVE)
    _ds(info, "SignatureMethod", Algorithm=identity.algorithm)
    for element in signed:
        reference = _ds(info, "Reference", URI=f"#{element.get(ID)}")
        _ds(_ds(reference, "Transforms"), "Transform", Algorithm=EXCLUSIVE)
        _ds(reference, "DigestMethod", Algorithm=SHA256)
        _ds(reference, "DigestValue").text = digest(element)
    value = base64.b64encode(identity.signature(canonical(info))).decode()
    _ds(made, "SignatureValue").text = value
    told = etree.SubElement(_ds(made, "KeyInfo"), f"{{{WSSE}}}SecurityTokenReference")
    etree.SubElement(told, f"{{{WSSE}}}Reference", URI=f"#{token}", ValueType=X509V3)
    return value


def _ds(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{DS}}}{name}", attributes)
