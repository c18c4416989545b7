"""The stepwise test against real sockets: whatever is wrong with a system, one step says so and what to do."""

import datetime
import email.utils
import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from adapters import catalog
from adapters.base import Connection
from adapters.outgoing import OPEN_INTERNET
from adapters.reaching import Tried, in_words
from adapters.stepping import try_all
from contracts import Officer
from tests.loopback import connection

OFFICER = Officer(id="console", role="operator at the console")
MANIFEST = """
[adapter]
kind = "police_xy"
title = "Police of XY"
[connection]
transport = "rest"
auth = "api_key"
[[pull.lists]]
name = "missing"
path = "/missing"
records = "rows"
id = "Id"
one = { path = "/missing/{id}" }
[push]
path = "/notices"
receipt = "id"
fields = { text = { from = "text" } }
[fetch.sections.profile]
path = "/missing/{id}"
[search]
path = "/search"
fields = { name = "query.name" }
answers = [{ list = "missing", records = "rows" }]
[fields]
kind = { value = "missing" }
status = { value = "untraced" }
names = { from = "Name", as = "names" }
"event.on" = { from = "On", as = "date" }
recorded_at = { from = "On", as = "datetime", required = true }
"""
ROW = {"Id": "A1", "Name": "Ravi Canary", "Sex": "M", "Age": 9, "On": "2024-03-01"}


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    (tmp_path / "police_xy").mkdir()
    path = tmp_path / "police_xy" / "manifest.toml"
    path.write_text(MANIFEST)
    return path


def steps(manifest: Path, made: Connection, **asked: Any) -> dict[str, Tried]:
    return {step.name: step for step in try_all(catalog.of_file(manifest, made), OFFICER, **asked)}


def answers(path: str) -> tuple[int, dict[str, str], bytes]:
    said: Any = ROW if path.startswith("/missing/") else {"rows": [ROW], "id": "N1"}
    return 200, {"Content-Type": "application/json"}, json.dumps(said).encode()


def test_a_system_in_order_passes_every_step_and_is_not_written_to(source: Any, manifest: Path) -> None:
    source.answer = answers
    found = steps(manifest, connection("police-xy", source.url, "key"))
    assert {name: step.outcome.value for name, step in found.items()} == {
        "DNS": "ok", "TCP": "ok", "TLS": "skipped", "clock": "ok", "authentication": "ok", "list missing": "ok",
        "record translated": "ok", "one record": "ok", "search": "ok", "section profile": "ok", "push": "skipped",
    }  # fmt: skip
    assert not any(path == "/notices" for _, path, _, _ in source.asked)
    assert "Canary" not in str(found)


def test_a_notice_is_sent_only_when_asked_for_and_says_that_it_is_a_test(source: Any, manifest: Path) -> None:
    source.answer = answers
    assert steps(manifest, connection("police-xy", source.url, "key"), push=True)["push"].outcome == "ok"
    told = [json.loads(body) for _, path, _, body in source.asked if path == "/notices"]
    assert len(told) == 1 and told[0]["text"].startswith("TEST")


def test_the_secret_is_not_sent_to_read_the_clock(source: Any, manifest: Path) -> None:
    source.answer = answers
    steps(manifest, connection("police-xy", source.url, "key"))
    with_key = [path for _, path, headers, _ in source.asked if headers.get("X-Api-Key") == "key"]
    assert "/" not in with_key and "/missing" in with_key


def test_a_closed_port_ends_the_test_with_what_to_do(manifest: Path) -> None:
    with socket.socket() as held:  # bound and never listening: nobody else gets this port meanwhile
        held.bind(("127.0.0.1", 0))
        found = steps(manifest, connection("police-xy", f"http://127.0.0.1:{held.getsockname()[1]}", "key"))
    assert found["DNS"].outcome == "ok" and found["TCP"].outcome == "failed" and "port" in found["TCP"].to_do
    assert all(step.outcome == "skipped" for name, step in found.items() if name not in ("DNS", "TCP"))


def test_a_host_name_that_nobody_has_is_said_so(manifest: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*asked: Any, **named: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)  # tests ask no name server
    found = steps(manifest, connection("police-xy", "http://no-such-host.invalid", "key"))
    assert found["DNS"].outcome == "failed" and "spelt" in found["DNS"].to_do


def test_an_address_that_the_hub_may_not_reach_is_not_connected_to(source: Any, manifest: Path) -> None:
    made = Connection("police-xy", source.url, "key", outgoing=OPEN_INTERNET)
    found = steps(manifest, made)
    assert (found["DNS"].detail, source.asked) == ("address_not_allowed", [])


@pytest.mark.parametrize(
    ("status", "body", "step", "code"),
    [
        (401, b"{}", "authentication", "wrong_credentials"),
        (200, b'{"rows": [', "list missing", "unreadable_answer"),
        (200, b'{"rows": [{"Name": "Ravi Canary"}]}', "list missing", "no_id"),
        (200, b'{"rows": ["Ravi Canary"]}', "list missing", "unexpected_answer"),
        (503, b"", "list missing", "source_unready"),
        (200, b'{"rows": [{"Id": "A1", "Name": "Ravi Canary", "On": "soon"}]}', "record translated", ""),
    ],
)
def test_a_wrong_answer_is_named_by_its_step_and_repeats_no_word(
    source: Any, manifest: Path, status: int, body: bytes, step: str, code: str
) -> None:
    source.says(status, body)
    found = steps(manifest, connection("police-xy", source.url, "key"))
    assert found[step].outcome == "failed" and found[step].detail.startswith(code) and found[step].to_do
    assert "Canary" not in str(found)


def test_an_empty_list_is_no_failure_and_what_needs_a_record_is_skipped(source: Any, manifest: Path) -> None:
    source.says(200, {"rows": []})
    found = steps(manifest, connection("police-xy", source.url, "key"))
    assert not [step for step in found.values() if step.outcome == "failed"]
    assert found["record translated"].outcome == found["one record"].outcome == "skipped"


def test_without_its_secret_nothing_is_called(source: Any, manifest: Path) -> None:
    found = steps(manifest, connection("police-xy", source.url))
    assert found["authentication"].detail == "no_secret" and {path for _, path, _, _ in source.asked} == {"/"}


# A server with a clock and a certificate of its own ---------------------------------------------------------------

Served = Callable[..., str]


@pytest.fixture
def served() -> Iterator[Served]:
    """``served(hours=-1, context=...)``: a server whose clock is off by so much, with TLS if a context is given."""
    running: list[tuple[ThreadingHTTPServer, threading.Thread]] = []

    def serve(hours: float = 0, context: ssl.SSLContext | None = None) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, headers, body = answers(self.path)
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET  # noqa: N815

            def date_time_string(self, timestamp: float | None = None) -> str:
                moment = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=hours)
                return email.utils.format_datetime(moment, usegmt=True)

            def log_message(self, *said: Any) -> None:
                return None

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                return None  # a handshake that is broken off is what is tested

            def finish_request(self, request: Any, client_address: Any) -> None:
                if context is None:
                    Handler(request, client_address, self)
                    return
                with context.wrap_socket(request, server_side=True) as secure:
                    Handler(secure, client_address, self)

        server = Server(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        running.append((server, thread))
        return f"{'http' if context is None else 'https'}://127.0.0.1:{server.server_port}"

    yield serve
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(("hours", "words"), [(-1, "behind ours"), (1, "ahead of ours")])
def test_a_clock_off_by_an_hour_is_told_in_words(served: Served, manifest: Path, hours: int, words: str) -> None:
    found = steps(manifest, connection("police-xy", served(hours), "key"))
    assert found["clock"].outcome == "failed" and words in found["clock"].detail and "NTP" in found["clock"].to_do
    assert found["list missing"].outcome == "ok"


def test_how_far_a_clock_is_off_in_words() -> None:
    assert in_words(1.9) == "its clock agrees with ours"
    assert in_words(-3_725) == "its clock is 1 hour 2 minutes behind ours"
    assert in_words(90_061) == "its clock is 1 day 1 hour ahead of ours"


def tls(folder: Path, *, host: str = "127.0.0.1", days: int = 90) -> tuple[ssl.SSLContext, Path]:
    """A server's context with a certificate for ``host`` that ends in so many days, and the certificate's file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "xy")])
    end = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days, hours=1)
    try:
        alternative: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        alternative = x509.DNSName(host)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(end - datetime.timedelta(days=400))
        .not_valid_after(end).add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context, folder / "cert.pem"


@pytest.mark.parametrize(
    ("made", "trusted", "says"),
    [
        ({}, False, "self-signed"),
        ({"days": -3}, True, "expired"),
        ({"host": "other.example"}, True, "for another address"),
    ],
)
def test_a_certificate_that_does_not_serve_is_told_with_its_end(
    served: Served, manifest: Path, tmp_path: Path, made: dict[str, Any], trusted: bool, says: str
) -> None:
    context, certificate = tls(tmp_path, **made)
    trust = ssl.create_default_context(cafile=str(certificate)) if trusted else None
    found = steps(manifest, connection("police-xy", served(0, context), "key"), trust=trust)
    assert found["TLS"].outcome == "failed" and says in found["TLS"].detail and "its end: 20" in found["TLS"].detail
    assert found["clock"].outcome == found["authentication"].outcome == "skipped"


@pytest.mark.parametrize(("days", "to_do"), [(90, ""), (12, "have it renewed now")])
def test_a_trusted_certificate_is_told_with_the_days_that_are_left(
    served: Served, manifest: Path, tmp_path: Path, days: int, to_do: str
) -> None:
    context, certificate = tls(tmp_path, days=days)
    trust = ssl.create_default_context(cafile=str(certificate))
    found = steps(manifest, connection("police-xy", served(0, context), "key"), trust=trust)["TLS"]
    assert found.outcome == "ok" and f"{days} days left" in found.detail and found.to_do == to_do


def test_a_port_that_speaks_no_tls_is_said_so(served: Served, manifest: Path) -> None:
    url = served().replace("http:", "https:")
    assert steps(manifest, connection("police-xy", url, "key"))["TLS"].detail == "no TLS at this port"
