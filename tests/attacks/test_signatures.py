"""Attacks on signed SOAP: wrapping, KeyInfo and transform tricks, weak algorithms, wrong parts, replays."""

import base64
import copy
import datetime
from collections.abc import Callable, Iterator

import pytest
import requests
from lxml import etree

from adapters.signing import Proof, sign, verified
from adapters.signing import soap as words
from contracts import Refused
from hub.doors.soap import SOAP11, SOAP12
from tests.hub.doors.conftest import serving
from tests.hub.doors.desk import MemoryDesk
from tests.hub.doors.messages import PATHS, headers
from tests.signing import identity, signed_call

Tree = etree._Element
Attack = Callable[[Tree], object]
ATTACKS: dict[str, Attack] = {}
SENDER, STRANGER = identity("police-br"), identity("stranger")
XSI = "http://www.w3.org/2001/XMLSchema-instance"


def attack(function: Attack) -> Attack:
    ATTACKS[function.__name__] = function
    return function


def ds(name: str) -> str:
    return f"{{{words.DS}}}{name}"


def part(root: Tree, name: str) -> Tree:
    return next(root.iter(name))


def body_of(root: Tree) -> Tree:
    return root[1]


def evil_body(root: Tree, identifier: str | None) -> Tree:
    made = copy.deepcopy(body_of(root))
    made[0][0].text = "Somebody else"
    made.attrib.pop(words.ID, None)
    if identifier is not None:
        made.set(words.ID, identifier)
    return made


def wrapped(root: Tree, place: Tree, identifier: str | None) -> None:
    """The signed Body moved below ``place``, another one at its place."""
    old = body_of(root)
    root.replace(old, evil_body(root, identifier))
    place.append(old)


# The eight of Somorovsky et al. 2012, turned to SOAP: where the signed original is hidden, and what its copy is called.


@attack
def xsw1_original_in_a_header(root: Tree) -> None:
    wrapped(root, etree.SubElement(root[0], "Wrapper"), "id-evil")


@attack
def xsw2_original_beside_the_signature(root: Tree) -> None:
    wrapped(root, part(root, words.SECURITY), "id-evil")


@attack
def xsw3_original_before_the_body(root: Tree) -> None:
    old = body_of(root)
    root.replace(old, evil_body(root, "id-evil"))
    root.insert(1, old)


@attack
def xsw4_original_within_the_evil_body(root: Tree) -> None:
    wrapped(root, root, "id-evil")
    root[1].append(root[2])


@attack
def xsw5_same_id_original_in_the_signature(root: Tree) -> None:
    wrapped(root, part(root, words.SIGNATURE), body_of(root).get(words.ID))


@attack
def xsw6_same_id_original_in_an_object(root: Tree) -> None:
    wrapped(root, etree.SubElement(part(root, words.SIGNATURE), ds("Object")), body_of(root).get(words.ID))


@attack
def xsw7_original_in_an_extension_of_the_call(root: Tree) -> None:
    wrapped(root, root, None)
    etree.SubElement(root[1][0], "Extensions").append(root[2])


@attack
def xsw8_original_in_key_info(root: Tree) -> None:
    wrapped(root, part(root, ds("KeyInfo")), None)


@attack
def original_after_the_body(root: Tree) -> None:
    wrapped(root, root, None)


@attack
def whole_envelope_in_a_header(root: Tree) -> None:
    whole = copy.deepcopy(root)
    root.replace(body_of(root), evil_body(root, None))
    root[0].append(whole)


@attack
def signed_header_moved_into_a_second_one(root: Tree) -> None:
    root.insert(1, copy.deepcopy(root[0]))


@attack
def body_altered(root: Tree) -> None:
    body_of(root)[0][0].text = "Somebody else"


@attack
def call_exchanged(root: Tree) -> None:
    body_of(root)[0].tag = body_of(root)[0].tag.replace("Search", "ListNotices")


@attack
def an_attribute_added_to_the_body(root: Tree) -> None:
    body_of(root)[0].set(f"{{{XSI}}}nil", "true")


@attack
def a_second_call_added(root: Tree) -> None:
    body_of(root).append(copy.deepcopy(body_of(root)[0]))


@attack
def timestamp_altered(root: Tree) -> None:
    part(root, words.TIMESTAMP)[1].text = "2099-01-01T00:00:00Z"


@attack
def timestamp_wrapped(root: Tree) -> None:
    stamp = part(root, words.TIMESTAMP)
    fresh = copy.deepcopy(stamp)
    fresh.set(words.ID, "id-fresh")
    stamp.getparent().replace(stamp, fresh)
    etree.SubElement(root[0], "Wrapper").append(stamp)


@attack
def timestamp_taken_out(root: Tree) -> None:
    stamp = part(root, words.TIMESTAMP)
    stamp.getparent().remove(stamp)


@attack
def timestamp_twice(root: Tree) -> None:
    part(root, words.SECURITY).append(copy.deepcopy(part(root, words.TIMESTAMP)))


@attack
def signature_taken_out(root: Tree) -> None:
    part(root, words.SECURITY).remove(part(root, words.SIGNATURE))


@attack
def signature_twice(root: Tree) -> None:
    part(root, words.SECURITY).append(copy.deepcopy(part(root, words.SIGNATURE)))


@attack
def security_header_twice(root: Tree) -> None:
    root[0].append(copy.deepcopy(part(root, words.SECURITY)))


@attack
def signature_outside_the_security_header(root: Tree) -> None:
    root[0].append(part(root, words.SIGNATURE))


@attack
def signature_value_emptied(root: Tree) -> None:
    part(root, ds("SignatureValue")).text = ""


@attack
def signature_value_of_zeros(root: Tree) -> None:
    part(root, ds("SignatureValue")).text = base64.b64encode(bytes(64)).decode()  # "psychic signatures", CVE-2022-21449


@attack
def signature_value_with_other_letters(root: Tree) -> None:
    part(root, ds("SignatureValue")).text += "%00"


@attack
def a_strangers_certificate_and_signature(root: Tree) -> None:
    sign(root, STRANGER)


@attack
def a_strangers_signature_under_the_right_certificate(root: Tree) -> None:
    sign(root, STRANGER)
    part(root, words.TOKEN).text = SENDER.text


@attack
def a_strangers_certificate_under_the_right_signature(root: Tree) -> None:
    part(root, words.TOKEN).text = STRANGER.text


@attack
def a_bare_key_in_key_info(root: Tree) -> None:
    info = part(root, ds("KeyInfo"))
    info.clear()
    etree.SubElement(etree.SubElement(info, ds("KeyValue")), ds("RSAKeyValue"))


@attack
def a_second_certificate_in_key_info(root: Tree) -> None:
    data = etree.SubElement(part(root, ds("KeyInfo")), ds("X509Data"))
    etree.SubElement(data, ds("X509Certificate")).text = STRANGER.text


@attack
def a_key_by_address(root: Tree) -> None:
    info = part(root, ds("KeyInfo"))
    info.clear()
    etree.SubElement(info, ds("RetrievalMethod"), URI="http://169.254.169.254/key")


@attack
def a_key_by_name(root: Tree) -> None:
    info = part(root, ds("KeyInfo"))
    info.clear()
    etree.SubElement(info, ds("KeyName")).text = "police-br"


@attack
def key_info_taken_out(root: Tree) -> None:
    part(root, words.SIGNATURE).remove(part(root, ds("KeyInfo")))


@attack
def certificate_twice(root: Tree) -> None:
    part(root, words.SECURITY).insert(0, copy.deepcopy(part(root, words.TOKEN)))


@attack
def certificate_of_a_wildcard(root: Tree) -> None:
    part(root, words.TOKEN).text = "%"


def resigned(root: Tree) -> None:
    """Signed anew by the sender's own key, so that only the shape is wrong."""
    value = SENDER.signature(words.canonical(part(root, ds("SignedInfo"))))
    part(root, ds("SignatureValue")).text = base64.b64encode(value).decode()


def algorithm(name: str, said: str) -> Attack:
    def change(root: Tree) -> None:
        part(root, ds(name)).set("Algorithm", said)
        resigned(root)

    return change


_XMLDSIG, _MORE = "http://www.w3.org/2000/09/xmldsig#", "http://www.w3.org/2001/04/xmldsig-more#"
for _name, _said in {
    "SignatureMethod": [f"{_XMLDSIG}rsa-sha1", f"{_XMLDSIG}hmac-sha1", f"{_MORE}hmac-sha256", f"{_MORE}rsa-md5",
                        f"{_MORE}rsa-sha256", "", "none"],
    "DigestMethod": [f"{_XMLDSIG}sha1", f"{_MORE}md5", ""],
    "CanonicalizationMethod": ["http://www.w3.org/TR/2001/REC-xml-c14n-20010315", f"{words.EXCLUSIVE}WithComments"],
    "Transform": [f"{_XMLDSIG}enveloped-signature", f"{_XMLDSIG}base64", "http://www.w3.org/TR/1999/REC-xslt-19991116",
                  "http://www.w3.org/TR/1999/REC-xpath-19991116", "http://www.w3.org/2002/06/xmldsig-filter2"],
}.items():  # fmt: skip
    for _one in _said:
        ATTACKS[f"{_name}_{_one.rpartition('/')[2] or 'nothing'}"] = algorithm(_name, _one)


@attack
def a_second_transform(root: Tree) -> None:
    etree.SubElement(
        part(root, ds("Transforms")), ds("Transform"), Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"
    )
    resigned(root)


@attack
def a_list_of_prefixes(root: Tree) -> None:
    etree.SubElement(part(root, ds("Transform")), f"{{{words.EXCLUSIVE}}}InclusiveNamespaces", PrefixList="a")
    resigned(root)


@attack
def transforms_taken_out(root: Tree) -> None:
    part(root, ds("Reference")).remove(part(root, ds("Transforms")))
    resigned(root)


@attack
def a_short_hmac(root: Tree) -> None:
    etree.SubElement(part(root, ds("SignatureMethod")), ds("HMACOutputLength")).text = "1"
    resigned(root)


def without_reference(number: int) -> Attack:
    def change(root: Tree) -> None:
        info = part(root, ds("SignedInfo"))
        info.remove(info.findall(ds("Reference"))[number])
        resigned(root)

    return change


ATTACKS["body_not_signed"], ATTACKS["timestamp_not_signed"] = without_reference(0), without_reference(1)


@attack
def nothing_signed(root: Tree) -> None:
    info = part(root, ds("SignedInfo"))
    for reference in info.findall(ds("Reference")):
        info.remove(reference)
    resigned(root)


@attack
def the_call_signed_in_place_of_the_body(root: Tree) -> None:
    body_of(root)[0].set(words.ID, "id-call")
    reference = part(root, ds("Reference"))
    reference.set("URI", "#id-call")
    part(root, ds("DigestValue")).text = words.digest(body_of(root)[0])
    resigned(root)


@attack
def a_reference_to_the_whole_document(root: Tree) -> None:
    part(root, ds("Reference")).set("URI", "")
    resigned(root)


@attack
def a_reference_by_xpointer(root: Tree) -> None:
    reference = part(root, ds("Reference"))
    reference.set("URI", f"#xpointer(id('{body_of(root).get(words.ID)}'))")
    resigned(root)


@attack
def a_reference_to_another_host(root: Tree) -> None:
    part(root, ds("Reference")).set("URI", "http://127.0.0.1/body.xml")
    resigned(root)


@attack
def one_part_referred_to_twice(root: Tree) -> None:
    info = part(root, ds("SignedInfo"))
    info.append(copy.deepcopy(info.findall(ds("Reference"))[0]))
    resigned(root)


@attack
def an_id_that_stands_twice(root: Tree) -> None:
    etree.SubElement(root[0], "Extra").set(words.ID, body_of(root).get(words.ID))


@attack
def an_id_of_another_kind_that_stands_twice(root: Tree) -> None:
    etree.SubElement(root[0], "Extra").set("{http://www.w3.org/XML/1998/namespace}id", body_of(root).get(words.ID))


@attack
def a_message_id_that_is_not_signed(root: Tree) -> None:
    etree.SubElement(root[0], words.MESSAGE_ID).text = "urn:uuid:another-message"


@attack
def an_href_in_a_header(root: Tree) -> None:
    etree.SubElement(root[0], "Extra").set("href", f"#{body_of(root).get(words.ID)}")


@attack
def a_confirmation_in_a_request(root: Tree) -> None:
    etree.SubElement(part(root, words.SECURITY), words.CONFIRMATION, Value="x")


@attack
def a_manifest_in_the_signature(root: Tree) -> None:
    etree.SubElement(etree.SubElement(part(root, words.SIGNATURE), ds("Object")), ds("Manifest"))


@pytest.fixture(scope="module")
def door() -> Iterator[str]:
    desk = MemoryDesk()
    desk.certificates, desk.identity = {SENDER.text, identity("past", first=-9, last=-1).text}, identity("hub")
    with serving(desk) as address:
        yield address


def said(door: str, message: bytes, soap: str, session: requests.Session | None = None) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.post(door + PATHS[soap], data=message, headers=headers(soap), timeout=20)


@pytest.mark.parametrize("soap", [SOAP11, SOAP12], ids=["soap11", "soap12"])
def test_a_signed_call_is_answered_and_the_answer_is_bound_to_it(door: str, soap: str) -> None:
    root = signed_call(SENDER, soap=soap)
    answer = said(door, etree.tostring(root), soap)
    assert answer.status_code == 200, answer.text
    mine, hub = part(root, ds("SignatureValue")).text, identity("hub").text
    assert isinstance(verified(etree.fromstring(answer.content), soap, {hub}.__contains__, mine), Proof)
    with pytest.raises(Refused, match="does not belong"):
        verified(etree.fromstring(answer.content), soap, {hub}.__contains__, "another")


@pytest.mark.parametrize("soap", [SOAP11, SOAP12], ids=["soap11", "soap12"])
@pytest.mark.parametrize("name", ATTACKS)
def test_no_attack_on_a_signed_message_passes(door: str, name: str, soap: str) -> None:
    root = signed_call(SENDER, soap=soap)
    ATTACKS[name](root)
    answer = said(door, etree.tostring(root), soap)
    assert answer.status_code >= 400 and "SearchReply" not in answer.text
    assert any(code in answer.text for code in ("bad_signature", "unknown_certificate", "unknown_call")), answer.text


def test_the_very_bytes_sent_again_are_refused(door: str) -> None:
    message = etree.tostring(signed_call(SENDER))
    assert said(door, message, SOAP11).status_code == 200
    assert "replayed" in said(door, message, SOAP11).text


def test_a_replay_with_the_signature_value_written_otherwise_is_refused(door: str) -> None:
    root = signed_call(SENDER)
    assert said(door, etree.tostring(root), SOAP11).status_code == 200
    value = part(root, ds("SignatureValue"))
    value.text = "\n".join((value.text or "")[n : n + 16] for n in range(0, 88, 16))
    assert "replayed" in said(door, etree.tostring(root), SOAP11).text


@pytest.mark.parametrize("minutes", [-6, 6, -60 * 24, 60 * 24])
def test_a_message_of_another_time_is_refused(minutes: int) -> None:
    then = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=minutes)
    with pytest.raises(Refused) as refused:
        verified(signed_call(SENDER), SOAP11, lambda _: True, now=then)
    assert refused.value.code == "stale_message"


def test_a_certificate_that_has_run_out_is_refused(door: str) -> None:
    past = identity("past", first=-9, last=-1)
    assert "unknown_certificate" in said(door, etree.tostring(signed_call(past)), SOAP11).text


def test_an_rsa_key_signs_as_well_and_not_under_the_other_algorithm() -> None:
    who = identity("rsa", "rsa")
    assert verified(signed_call(who), SOAP11, {who.text}.__contains__).certificate == who.text
    root = signed_call(who)
    part(root, ds("SignatureMethod")).set("Algorithm", f"{_MORE}ecdsa-sha256")
    value = who.signature(words.canonical(part(root, ds("SignedInfo"))))
    part(root, ds("SignatureValue")).text = base64.b64encode(value).decode()
    with pytest.raises(Refused, match="not that of the certificate"):
        verified(root, SOAP11, {who.text}.__contains__)


def test_a_doctype_before_a_signed_message_is_refused(door: str) -> None:
    message = b'<!DOCTYPE s [<!ENTITY a "x">]>' + etree.tostring(signed_call(SENDER))
    assert "doctype" in said(door, message, SOAP11).text


def test_a_replay_with_the_other_half_of_an_ecdsa_signature_is_known() -> None:
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    desk = MemoryDesk()
    desk.identity, desk.certificates = identity("hub"), {SENDER.text}
    root = signed_call(SENDER)
    with serving(desk) as address, requests.Session() as session:
        session.trust_env = False

        def asked() -> requests.Response:
            told = etree.tostring(root)
            return session.post(address + PATHS[SOAP11], data=told, headers=headers(SOAP11), timeout=20)

        assert asked().status_code == 200
        value = part(root, ds("SignatureValue"))
        raw = base64.b64decode(value.text or "")
        other = order - int.from_bytes(raw[32:], "big")
        value.text = base64.b64encode(raw[:32] + other.to_bytes(32, "big")).decode()
        assert "replayed" in asked().text
