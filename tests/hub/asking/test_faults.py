"""Owners' systems that are slow, broken or lie: each is named for what it is, and none delays or spoils another."""

import socket
import ssl
import threading
from collections.abc import Iterator

import pytest

from contracts.live import SourceState as S
from hub.app import Hub
from tests.hub.asking.conftest import COMMITTEE, Enrol, by_name, question
from tests.hub.asking.owners import Owners

SAID = {
    "half-open": (S.SLOW, "timed_out"),
    "drip": (S.SLOW, "timed_out"),
    "reset": (S.DOWN, "broken_off_by_source"),
    "cut": (S.DOWN, "broken_off_by_source"),
    "500": (S.DOWN, "source_unready"),
    "503": (S.DOWN, "source_unready"),
    "403": (S.REFUSED, "wrong_credentials"),
    "404": (S.REFUSED, "not_there"),
    "302": (S.REFUSED, "redirected"),
    "garbage": (S.UNREADABLE, "unexpected_answer"),
    "else": (S.UNREADABLE, "unexpected_answer"),
    "no-http": (S.UNREADABLE, "unexpected_answer"),
    "half": (S.UNREADABLE, "unexpected_answer"),
    "oversize": (S.UNREADABLE, "answer_too_large"),
}


def closed_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
def self_signed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A TLS server whose certificate nobody vouches for."""
    place = tmp_path_factory.mktemp("tls")
    key, certificate = _certificate()
    (place / "both.pem").write_bytes(key + certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(place / "both.pem")
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=_shake_hands, args=(listening, context))
    thread.start()
    yield f"https://127.0.0.1:{listening.getsockname()[1]}/x"
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join()


def _shake_hands(listening: socket.socket, context: ssl.SSLContext) -> None:
    while True:
        try:
            made, _ = listening.accept()
        except OSError:
            return
        with made:
            try:
                context.wrap_socket(made, server_side=True).close()
            except OSError:
                continue


def _certificate() -> tuple[bytes, bytes]:
    import datetime

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "nobody.example")])
    day = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(day).not_valid_after(day + datetime.timedelta(days=36_500))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private, made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def test_each_fault_is_named_and_the_healthy_are_all_there(
    hub: Hub, owners: Owners, enrol: Enrol, self_signed: str
) -> None:
    for how in SAID:
        enrol(f"x-{how}", how)
    enrol("x-away", url=f"http://127.0.0.1:{closed_port()}/x")
    enrol("x-tls", url=self_signed)
    healthy = {enrol(f"well-{number}", rows=1 + number % 2) for number in range(30)}
    reply = hub.search_live_whole(COMMITTEE, question(source_seconds=1, query={"limit": 100}))
    told = by_name(reply)
    expected = SAID | {"away": (S.DOWN, "unreachable"), "tls": (S.REFUSED, "tls_failed")}
    assert {name[2:]: (one.state, one.code) for name, one in told.items() if name not in healthy} == expected
    assert {told[name].state for name in healthy} == {S.ANSWERED}
    assert {hit.ref.participant for hit in reply.hits} == healthy
    assert reply.total == len(reply.hits) == 45
    assert reply.complete


def test_a_slow_source_delays_nobody_elses_word(hub: Hub, enrol: Enrol) -> None:
    enrol("slow", "half-open")
    enrol("quick")
    answers = hub.search_live(COMMITTEE, question(source_seconds=3))
    seen: dict[str, S] = {}
    for reply in answers:
        seen |= {one.participant: one.state for one in reply.sources}
        if "quick" in seen and seen["quick"] is S.ANSWERED and seen.get("slow") is S.ASKED:
            break
    else:
        raise AssertionError(f"the quick one was not told before the slow one ended: {seen}")
    answers.close()


def test_rows_that_cannot_be_read_are_counted_and_the_others_shown(hub: Hub, owners: Owners, enrol: Enrol) -> None:
    from tests.hub.asking.owners import row

    enrol("partly")
    owners.rows["partly"] = [row("P-1"), row("P-2", changed="some day"), row("P-3")]
    reply = hub.search_live_whole(COMMITTEE, question())
    (one,) = reply.sources
    assert (one.state, one.code, one.hits, one.left_out) == (S.ANSWERED, "rows_left_out", 2, 1)
    assert {hit.ref.source_id for hit in reply.hits} == {"P-1", "P-3"}


def test_a_source_that_speaks_for_another_is_not_believed(hub: Hub, owners: Owners, enrol: Enrol) -> None:
    from tests.hub.asking.owners import row

    enrol("one", rows=1)
    enrol("other", rows=1)
    owners.rows["one"] = owners.rows["other"] = [row("SAME-1")]
    reply = hub.search_live_whole(COMMITTEE, question())
    assert {(hit.ref.participant, hit.ref.source_id) for hit in reply.hits} == {("one", "SAME-1"), ("other", "SAME-1")}


def test_the_whole_has_a_deadline_of_its_own(hub: Hub, enrol: Enrol) -> None:
    enrol("slow", "half-open")
    enrol("quick")
    told = by_name(hub.search_live_whole(COMMITTEE, question(seconds=0.5)))
    assert (told["slow"].state, told["quick"].state) == (S.SLOW, S.ANSWERED)
    milliseconds = told["slow"].milliseconds
    assert milliseconds is not None and milliseconds < 4_000
