"""Attacks on signed REST (RFC 9421): changed, stripped, stale, replayed, confused, doubled."""

import datetime
import json
import re
from collections.abc import Callable, Iterator

import pytest
import requests

from adapters.signing import Identity, http
from contracts import Refused
from tests.hub.doors.conftest import serving
from tests.hub.doors.desk import KEY, MemoryDesk
from tests.signing import identity

SENDER, RSA, STRANGER, HUB = identity("police-br"), identity("rsa", "rsa"), identity("stranger"), identity("hub")
WHO = "police-br"
Lines = list[tuple[str, str]]
ATTACKS: dict[str, Callable[[http.Message, bytes], tuple[Lines, bytes]]] = {}


@pytest.fixture(scope="module")
def door() -> Iterator[str]:
    desk = MemoryDesk()
    desk.identity, desk.certificates = HUB, {SENDER.text, RSA.text}
    with serving(desk) as address:
        yield address + "/api/v1/search"


def signed(address: str, who: Identity = SENDER, name: str = WHO, body: bytes = b'{"name": "Sita"}') -> http.Message:
    headers = {"host": address.split("/")[2], "content-type": "application/json", "idempotency-key": "first-of-all"}
    message = http.Message("POST", address, headers)
    http.sign_request(message, body, who, name)
    return message


def send(address: str, lines: Lines, body: bytes, method: str = "POST") -> requests.Response:
    """Over a connection of our own: a header may stand twice."""
    import http.client as plain

    host, _, path = address.removeprefix("http://").partition("/")
    connection = plain.HTTPConnection(host, timeout=20)
    connection.putrequest(method, f"/{path}", skip_host=True, skip_accept_encoding=True)
    for name, value in [*lines, ("content-length", str(len(body)))]:
        connection.putheader(name, value)
    connection.endheaders(body)
    got = connection.getresponse()
    made = requests.Response()
    made.status_code, made._content = got.status, got.read()
    made.headers.update(dict(got.getheaders()))
    connection.close()
    return made


def attack(
    function: Callable[[http.Message, bytes], tuple[Lines, bytes]],
) -> Callable[[http.Message, bytes], tuple[Lines, bytes]]:
    ATTACKS[function.__name__] = function
    return function


def lines(message: http.Message, **other: str) -> Lines:
    return [(name, other.get(name.lower().replace("-", "_"), value)) for name, value in message.headers.items()]


def said(message: http.Message, pattern: str, other: str) -> Lines:
    """The message with something else in its Signature-Input."""
    return lines(message, signature_input=re.sub(pattern, other, message.headers["Signature-Input"]))


def without(message: http.Message, component: str) -> Lines:
    text = message.headers["Signature-Input"].replace(f'"{component}"', "", 1).replace("( ", "(").replace("  ", " ")
    return lines(message, signature_input=text.replace(" )", ")"))


@attack
def changed_body(message: http.Message, body: bytes) -> tuple[Lines, bytes]:
    return lines(message), body.replace(b"Sita", b"Gita")


@attack
def changed_body_and_digest(message: http.Message, body: bytes) -> tuple[Lines, bytes]:
    other = body.replace(b"Sita", b"Gita")
    again = signed(message.url, STRANGER, WHO, other)
    return lines(message, content_digest=again.headers["Content-Digest"]), other


@attack
def digest_left_out(message: http.Message, body: bytes) -> tuple[Lines, bytes]:
    return [one for one in lines(message) if one[0].lower() != "content-digest"], body


@attack
def changed_idempotency_key(message: http.Message, body: bytes) -> tuple[Lines, bytes]:
    return lines(message, idempotency_key="another-of-all"), body


@attack
def other_host(message: http.Message, body: bytes) -> tuple[Lines, bytes]:
    return lines(message, host="hub.example.in"), body


@attack
def signature_doubled(message: http.Message, body: bytes) -> tuple[Lines, bytes]:
    return [*lines(message), ("Signature", message.headers["Signature"])], body


@attack
def digest_doubled(message: http.Message, body: bytes) -> tuple[Lines, bytes]:
    return [*lines(message), ("Content-Digest", "sha-256=:AAAA:")], body


@attack
def key_of_a_stranger(message: http.Message, body: bytes) -> tuple[Lines, bytes]:
    return lines(signed(message.url, STRANGER)), body


@attack
def key_of_a_stranger_named_as_ours(message: http.Message, body: bytes) -> tuple[Lines, bytes]:
    forged = signed(message.url, STRANGER)
    named = forged.headers["Signature-Input"].replace(http.key_id(WHO, STRANGER), http.key_id(WHO, SENDER))
    return lines(forged, signature_input=named), body


@attack
def our_key_under_another_name(message: http.Message, body: bytes) -> tuple[Lines, bytes]:
    return lines(signed(message.url, SENDER, "police-dl")), body


@attack
def algorithm_hmac(message: http.Message, body: bytes) -> tuple[Lines, bytes]:
    named = message.headers["Signature-Input"].replace("ecdsa-p256-sha256", "hmac-sha256")
    return lines(message, signature_input=named), body


@attack
def algorithm_left_out(message: http.Message, body: bytes) -> tuple[Lines, bytes]:
    return said(message, ';alg="ecdsa-p256-sha256"', ""), body


@attack
def longer_life(message: http.Message, body: bytes) -> tuple[Lines, bytes]:
    return said(message, r"expires=\d+", "expires=9999999999"), body


@attack
def other_nonce(message: http.Message, body: bytes) -> tuple[Lines, bytes]:
    return said(message, r'nonce="[^"]+"', 'nonce="0123456789abcdefgh"'), body


@attack
def empty_signature(message: http.Message, body: bytes) -> tuple[Lines, bytes]:
    return lines(message, signature="tc=::"), body


@attack
def signature_alone(message: http.Message, body: bytes) -> tuple[Lines, bytes]:
    return [
        *[one for one in lines(message) if one[0].lower() != "signature-input"],
        ("authorization", f"Bearer {KEY}"),
    ], body


@pytest.mark.parametrize("name", ATTACKS)
def test_no_attack_on_a_signed_request_succeeds(door: str, name: str) -> None:
    body = b'{"name": "Sita"}'
    answer = send(door, *ATTACKS[name](signed(door), body))
    assert answer.status_code in (400, 401, 403), answer.text
    stranger = name in ("key_of_a_stranger", "our_key_under_another_name")
    assert answer.json()["code"] == ("unknown_certificate" if stranger else "bad_signature")


@pytest.mark.parametrize("component", [*http.REQUEST, "idempotency-key"])
def test_a_component_taken_out_of_the_signature_ends_it(door: str, component: str) -> None:
    assert send(door, without(signed(door), component), b'{"name": "Sita"}').json()["code"] == "bad_signature"


@pytest.mark.parametrize("component", [*http.REQUEST[:-1], "idempotency-key"])
def test_a_sender_who_covers_too_little_is_refused(door: str, component: str) -> None:
    kept = tuple(one for one in (*http.REQUEST, "idempotency-key") if one != component)
    message = http.Message("POST", door, dict(lines(signed(door))))
    for name in ("Signature", "Signature-Input", "Content-Digest"):
        del message.headers[name]
    body = b'{"name": "Sita"}'
    http._sign(message, body, SENDER, http.key_id(WHO, SENDER), kept)
    answer = send(door, lines(message), body)
    assert answer.json()["code"] == "bad_signature"


def test_a_request_comes_once_and_its_answer_is_bound_to_it(door: str) -> None:
    body = b'{"name": "Sita"}'
    for who in (SENDER, RSA):
        message = signed(door, who)
        answer = send(door, lines(message), body)
        assert answer.status_code == 200, answer.text
        told = http.Answer(answer.status_code, answer.headers, message)
        http.verify_answer(told, answer.content, HUB.text)
        with pytest.raises(Refused):
            http.verify_answer(told, answer.content + b" ", HUB.text)
        with pytest.raises(Refused):
            http.verify_answer(http.Answer(200, answer.headers, signed(door, who)), answer.content, HUB.text)
        assert send(door, lines(message), body).json()["code"] == "replayed"


def test_a_refusal_is_signed_too_once_the_request_was_verified(door: str) -> None:
    body = json.dumps({"nonsense": 1}).encode()
    message = signed(door, body=body)
    answer = send(door, lines(message), body)
    assert answer.status_code == 422
    http.verify_answer(http.Answer(422, answer.headers, message), answer.content, HUB.text)


def test_a_signature_of_six_minutes_ago_is_stale(door: str, monkeypatch: pytest.MonkeyPatch) -> None:
    old = http.Message("POST", door, {"host": door.split("/")[2], "content-type": "application/json"})
    with monkeypatch.context() as patched:
        patched.setattr(http, "_now", lambda: datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=6))
        http.sign_request(old, b"{}", SENDER, WHO)
    assert send(door, lines(old), b"{}").json()["code"] == "bad_signature"
