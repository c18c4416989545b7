"""TLS with client certificates: bound to participants by the registry, exchanged under load without a failed call."""

import base64
import datetime
import shutil
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from cryptography import x509

from adapters.signing import authority, identity_of
from contracts import Participant, Permission
from hub.app import Hub
from hub.settings import Settings
from portal.web import app
from portal.web.server import listen, server
from portal.web.tls import Tls

DAYS = datetime.timedelta(days=30)
PROXY = "a secret of the proxy alone"


class Secured:
    """A real hub over TLS, and files of keys."""

    def __init__(self, folder: Path, hub: Hub, port: int) -> None:
        self.folder, self.hub, self.address = folder, hub, f"https://127.0.0.1:{port}"

    def issued(self, name: str, file: str, folder: str = "authority") -> Path:
        return authority.issue(self.folder / folder, name, DAYS, self.folder / file)

    def register(self, name: str, *files: Path) -> None:
        texts = [identity_of(one.read_text()).text for one in files]
        entry = Participant(id=name, name=name, kind="state_police", permissions=[Permission.NOTICES])
        self.hub.registry.participants.put(entry.model_copy(update={"certificates": texts}))

    def asked(self, file: Path | None, **headers: str) -> requests.Response:
        with requests.Session() as session:
            session.trust_env = False
            session.verify = str(self.folder / "authority/certificate.pem")
            session.cert = None if file is None else str(file)
            return session.get(f"{self.address}/api/v1/notices", headers=headers, timeout=20)


def code(answer: requests.Response) -> str:
    return "taken" if answer.status_code == 200 else str(answer.json()["code"])


@pytest.fixture
def secured(tmp_path: Path) -> Iterator[Secured]:
    for name in ("authority", "foreign"):
        authority.init(tmp_path / name)
    own = authority.issue(tmp_path / "authority", "127.0.0.1", DAYS, tmp_path / "server.pem")
    hub = Hub.open(Settings(database=f"sqlite:///{tmp_path}/hub.db", proxy_secret=PROXY))
    listening = listen("127.0.0.1", 0)
    serving = server(app(hub), Tls(own, tmp_path / "authority/certificate.pem"))
    thread = threading.Thread(target=serving.run, kwargs={"sockets": [listening]})
    thread.start()
    while not serving.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield Secured(tmp_path, hub, listening.getsockname()[1])
    serving.should_exit = True
    thread.join(20)
    hub.close()
    listening.close()


def test_a_certificate_is_its_participants_alone_and_no_key_is_taken_without_it(secured: Secured) -> None:
    mine, other = secured.issued("police-br", "mine.pem"), secured.issued("police-dl", "other.pem")
    secured.register("police-br", mine)
    secured.register("police-dl", other)
    key = secured.hub.registry.keys.issue("police-br").key
    assert code(secured.asked(mine)) == "taken"
    assert code(secured.asked(mine, Authorization=f"Bearer {key}")) == "taken"
    assert code(secured.asked(other, Authorization=f"Bearer {key}")) == "wrong_key"
    assert code(secured.asked(None, Authorization=f"Bearer {key}")) == "signature_needed"
    assert code(secured.asked(secured.issued("police-br", "again.pem"))) == "unknown_certificate"


def test_a_certificate_of_another_authority_does_not_shake_hands(secured: Secured) -> None:
    with pytest.raises(requests.exceptions.ConnectionError):
        secured.asked(secured.issued("police-br", "forged.pem", "foreign"))


def test_a_client_certificate_in_a_header_is_believed_from_the_proxy_alone(secured: Secured) -> None:
    mine = secured.issued("police-br", "mine.pem")
    secured.register("police-br", mine)
    told = f":{identity_of(mine.read_text()).text}:"
    assert code(secured.asked(None, **{"Client-Cert": told})) == "client_cert_header"
    assert code(secured.asked(None, **{"Client-Cert": told, "X-Proxy-Secret": "guessed"})) == "client_cert_header"
    assert code(secured.asked(None, **{"Client-Cert": told, "X-Proxy-Secret": PROXY})) == "taken"
    assert code(secured.asked(None, **{"Client-Cert": told[1:], "X-Proxy-Secret": PROXY})) == "client_cert_header"


def test_both_sides_exchange_certificates_under_load_and_no_call_fails(secured: Secured) -> None:
    old, new = secured.issued("police-br", "old.pem"), secured.issued("police-br", "new.pem")
    secured.register("police-br", old)
    presented, told, ending = [old], [], threading.Event()

    def calls() -> None:
        while not ending.is_set():
            try:
                told.append(code(secured.asked(presented[0])))
            except requests.RequestException as error:
                told.append(type(error).__name__)

    def some_more() -> None:
        until = len(told) + 30
        while len(told) < until:
            time.sleep(0.01)

    threads = [threading.Thread(target=calls) for _ in range(3)]
    for thread in threads:
        thread.start()
    some_more()
    secured.register("police-br", old, new)  # two hold
    some_more()
    presented[0] = new
    some_more()
    secured.register("police-br", new)
    before = serial(secured)
    shutil.move(secured.issued("127.0.0.1", "server2.pem"), secured.folder / "server.pem")
    some_more()
    ending.set()
    for thread in threads:
        thread.join()
    assert set(told) == {"taken"}
    assert serial(secured) != before
    assert code(secured.asked(old)) == "unknown_certificate"


def serial(secured: Secured) -> int:
    """Of the certificate that the server shows now."""
    context = ssl.create_default_context(cafile=str(secured.folder / "authority/certificate.pem"))
    host, port = secured.address.removeprefix("https://").split(":")
    with socket.create_connection((host, int(port))) as plain, context.wrap_socket(plain, server_hostname=host) as held:
        return x509.load_der_x509_certificate(held.getpeercert(binary_form=True) or b"").serial_number


def test_a_request_is_signed_for_whom_its_keeper_names(secured: Secured) -> None:
    asked = authority.request("police-mh", secured.folder / "r.key", secured.folder / "r.csr")
    made = authority.sign_request(secured.folder / "authority", asked, "police-br", DAYS, secured.folder / "r.crt")
    whole = (secured.folder / "r.key").read_text() + made.read_text()
    (secured.folder / "r.pem").write_text(whole)
    assert x509.load_der_x509_certificate(base64.b64decode(identity_of(whole).text)).subject.rfc4514_string() == (
        "CN=police-br"
    )
    secured.register("police-br", secured.folder / "r.pem")
    assert code(secured.asked(secured.folder / "r.pem")) == "taken"
