"""Server-side request forgery: whatever address is entered, no call of the hub reaches its own network (CWE-918).

A real listener stands where each address leads. A test that let a call through would see it arrive.
"""

import contextlib
import ipaddress
import re
import socket
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests
from pydantic import ValidationError

from adapters import deadline, files, wire
from adapters.base import Connection
from adapters.mapping.manifest import Reach
from adapters.outgoing import OPEN_INTERNET, Outgoing, is_global, read
from adapters.rest import RestClient
from adapters.soap import SoapTransport
from contracts import Photo, Refused, TrackChildError
from hub.alerting import _posted
from hub.asking.loop import Bounds, Loop, Task
from hub.asking.rounds import Round
from hub.evidence import stamping
from hub.evidence.visiting import visit
from hub.index.alerts import Alert
from hub.settings import Settings

ROOT = Path(__file__).parents[2]
#: Ways to write an address of this machine or of the network it stands in; ``{port}`` is where a listener waits.
SPELLINGS = (
    "http://127.0.0.1:{port}/",
    "http://127.0.0.2:{port}/",
    "http://127.255.255.254:{port}/",
    "http://localhost:{port}/",
    "http://LOCALHOST:{port}/",
    "http://localhost.:{port}/",
    "http://127.0.0.1.:{port}/",
    "http://127.1:{port}/",
    "http://127.0.1:{port}/",
    "http://0:{port}/",
    "http://0.0.0.0:{port}/",
    "http://2130706433:{port}/",
    "http://0x7f000001:{port}/",
    "http://0x7f.0.0.1:{port}/",
    "http://0x7f.1:{port}/",
    "http://0X7F.0x0.0x0.0x1:{port}/",
    "http://0177.0.0.1:{port}/",
    "http://017700000001:{port}/",
    "http://0177.0x0.0.1:{port}/",
    "http://127.0.0.01:{port}/",
    "http://00127.0.0.1:{port}/",
    "http://4294967296:{port}/",
    "http://127.0.0.1%00.example.org:{port}/",
    "http://%31%32%37.0.0.1:{port}/",
    "http://127%2e0%2e0%2e1:{port}/",
    "http://１２７.0.0.1:{port}/",
    "http://①②⑦.⓪.⓪.①:{port}/",
    "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:{port}/",
    "http://127。0。0。1:{port}/",
    "http://[::1]:{port}/",
    "http://[::]:{port}/",
    "http://[0:0:0:0:0:0:0:1]:{port}/",
    "http://[0000::0001]:{port}/",
    "http://[::127.0.0.1]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://[0:0:0:0:0:ffff:127.0.0.1]:{port}/",
    "http://[64:ff9b::127.0.0.1]:{port}/",
    "http://[64:ff9b:1::7f00:1]:{port}/",
    "http://[2002:7f00:1::]:{port}/",
    "http://[2001:0:7f00:1::]:{port}/",
    "http://[fe80::1%25lo]:{port}/",
    "http://[::1%25lo]:{port}/",
    "http://[127.0.0.1]:{port}/",
    "http://user@127.0.0.1:{port}/",
    "http://user:word@127.0.0.1:{port}/",
    "http://example.org@127.0.0.1:{port}/",
    "http://example.org:80@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}@example.org/",
    "http://127.0.0.1:{port}\\@example.org/",
    "http://example.org\\@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}#@example.org/",
    "http://127.0.0.1:{port}?@example.org/",
    "http://127.0.0.1:{port}/#fragment",
    "http:127.0.0.1:{port}/",
    "http:/127.0.0.1:{port}/",
    "http:///127.0.0.1:{port}/",
    "http://\t127.0.0.1:{port}/",
    "http://127.0.0.1\n:{port}/",
    "http://127.0.0.1 :{port}/",
    " http://127.0.0.1:{port}/",
    "//127.0.0.1:{port}/",
    "HTTP://127.0.0.1:{port}/",
    "ftp://127.0.0.1:{port}/",
    "gopher://127.0.0.1:{port}/_GET",
    "dict://127.0.0.1:{port}/",
    "ldap://127.0.0.1:{port}/",
    "jar:http://127.0.0.1:{port}!/",
    "unix:///run/postgresql/.s.PGSQL.5432",
    "file:///etc/passwd",
    "data:text/plain,1",
)
#: Addresses of networks that are nobody else's business, and of where clouds keep credentials.
NUMBERS = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.100.100.200",
    "100.127.255.255",
    "127.0.0.1",
    "169.254.169.254",
    "169.254.170.2",
    "168.63.129.16",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::10.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2001:10::1",
    "2002:a00:1::1",
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "5f00::1",
]


class Listener:
    """A listener at every address of this machine that counts who connects."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
        self._socket.settimeout(0.05)
        self.port = self._socket.getsockname()[1]
        self.reached = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        while not self._over.is_set():
            with contextlib.suppress(TimeoutError):
                connection, _ = self._socket.accept()
                self.reached += 1
                with connection, contextlib.suppress(OSError):
                    connection.settimeout(1)
                    connection.recv(65_536)
                    connection.sendall(
                        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
                    )

    def close(self) -> None:
        self._over.set()
        self._thread.join()
        self._socket.close()


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.close()


@pytest.fixture(scope="module")
def loop() -> Iterator[Loop]:
    made = Loop(Bounds(sockets=20, per_host=6, idle=20, threads=2))
    yield made
    made.close()


def over_rest(url: str, _: Loop) -> None:
    RestClient(Connection("a", url, timeout_seconds=2), Reach(transport="rest")).request("GET", "/list")


def over_soap(url: str, _: Loop) -> None:
    folder = ROOT / "adapters/state_police"
    from adapters import catalog

    reach = catalog.manifest("state_police").connection
    transport = SoapTransport(Connection("a", url, "u:p", timeout_seconds=2), reach, folder)
    transport.prepare()
    assert transport._made is not None
    transport._made[0].transport.post(url, b"<x/>", {})


def over_the_wire(url: str, loop: Loop) -> None:
    """As live searches and live reads call: by libcurl."""
    sent = wire.Sent("GET", url, {}, None, 1_000)

    def call() -> Any:
        current = wire.current()
        assert current is not None
        return current.send(sent)

    import time

    task = Task("a", call, time.monotonic() + 5, lambda _: None)
    Round(loop, [task]).all()
    if task.error is not None:
        raise task.error


def by_an_alert(url: str, _: Loop) -> None:
    import datetime

    alert = Alert(seq=1, incident="x", participant=None, what="x", phase="opened", code=None,
                  at=datetime.datetime.now(datetime.UTC), attempts=0)  # fmt: skip
    if not _posted(url, alert, OPEN_INTERNET):
        raise Refused("not_posted", "it was not posted")


def by_a_stamp(url: str, _: Loop) -> None:
    stamping.stamp(url, b"head")


def by_a_witness(url: str, _: Loop) -> None:
    import datetime

    class Nothing:
        def since(self) -> None:
            return None

    visit(url, "key", Nothing(), datetime.datetime.now(datetime.UTC))  # type: ignore[arg-type]


WAYS: tuple[Callable[[str, Loop], None], ...] = (
    over_rest, over_soap, over_the_wire, by_an_alert, by_a_stamp, by_a_witness)  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_of_this_machine_is_reached_by_any_way(spelling: str, listener: Listener, loop: Loop) -> None:
    before, url = listener.reached, spelling.format(port=listener.port)
    for way in WAYS:
        with pytest.raises((TrackChildError, requests.RequestException, UnicodeError)):
            way(url, loop)
    assert listener.reached == before, "a call reached the hub's own machine"


def test_the_listener_would_have_seen_a_call(listener: Listener, loop: Loop) -> None:
    before = listener.reached
    here = Outgoing.of(["127.0.0.0/8"])
    reach = Reach(transport="rest")
    RestClient(Connection("a", f"http://127.0.0.1:{listener.port}", outgoing=here), reach).request("GET", "/")
    assert listener.reached == before + 1


@pytest.mark.parametrize("number", NUMBERS)
def test_no_address_of_an_own_network_is_global(number: str) -> None:
    assert not is_global(ipaddress.ip_address(number))
    with pytest.raises(Refused) as refused:
        OPEN_INTERNET.check("example.org", number)
    assert refused.value.code == "address_not_allowed" and number not in refused.value.message


@pytest.mark.parametrize("number", ["8.8.8.8", "164.100.94.1", "2606:4700::1111", "2400:cb00::1", "64:ff9b::8.8.8.8"])
def test_machines_of_the_open_internet_are_reached(number: str) -> None:
    OPEN_INTERNET.check("example.org", number)


class Names:
    """A name server that says another thing each time, as one of an attacker would."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers, self.asked = list(answers), 0

    def __call__(self, host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        told = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in told]


def test_a_name_that_is_rebound_after_the_check_is_not_looked_up_again(
    monkeypatch: pytest.MonkeyPatch, listener: Listener
) -> None:
    names = Names(["8.8.8.8"], ["127.0.0.1"])
    monkeypatch.setattr(socket, "getaddrinfo", names)
    before, reached = listener.reached, []
    monkeypatch.setattr("adapters.outgoing._opened", lambda made, address, *_: (made.close(), reached.append(address)))
    OPEN_INTERNET.connect("rebind.example.org", listener.port, 2)
    assert (names.asked, reached, listener.reached) == (1, [("8.8.8.8", listener.port)], before)


@pytest.mark.parametrize("answers", [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["8.8.8.8", "10.0.0.1"]])
def test_a_name_is_refused_whole_if_one_of_its_addresses_is_inside(
    monkeypatch: pytest.MonkeyPatch, listener: Listener, answers: list[str]
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Names(answers))
    before = listener.reached
    with pytest.raises(Refused, match="address_not_allowed"), deadline.session(OPEN_INTERNET) as session:
        session.get(f"http://rebind.example.org:{listener.port}/", timeout=2)
    assert listener.reached == before


def test_an_own_network_is_reached_once_it_is_named_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    allowed = Outgoing.of(["10.20.0.0/16", "zipnet.police.internal", "fd12::/64"])
    for host, number, may in (
        ("a.example.org", "10.20.3.4", True),
        ("a.example.org", "::ffff:10.20.3.4", True),
        ("a.example.org", "10.21.0.1", False),
        ("zipnet.police.internal", "192.168.7.7", True),
        ("ZIPNET.police.internal", "192.168.7.7", True),
        ("other.police.internal", "192.168.7.7", False),
        ("zipnet.police.internal.evil.example", "192.168.7.7", False),
        ("zipnet.police.internal", "169.254.169.254", False),
        ("zipnet.police.internal", "169.254.9.9", False),
        ("zipnet.police.internal", "0.0.0.0", False),
        ("x", "fd12::7", True),
        ("x", "fd13::7", False),
    ):
        assert allowed.allows(host, ipaddress.ip_address(number)) is may, (host, number)


@pytest.mark.parametrize("network", ["0.0.0.0/0", "169.254.0.0/16", "100.64.0.0/10", "::/0"])
def test_where_clouds_keep_credentials_is_not_reached_by_naming_a_wide_network(network: str) -> None:
    allowed = Outgoing.of([network])
    for number in ("169.254.169.254", "100.100.100.200", "fd00:ec2::254"):
        assert not allowed.allows("x", ipaddress.ip_address(number))


@pytest.mark.parametrize("said", ["10.0.0.1/8", "*", "http://10.0.0.1", "10.0.0.0/33", "a b", ""])
def test_what_is_no_network_and_no_name_is_not_taken_for_a_setting(said: str) -> None:
    with pytest.raises((ValueError, ValidationError)):
        Settings(allow_networks=[said])


def test_a_redirect_is_not_followed(listener: Listener) -> None:
    """What answers ``Location: http://169.254.169.254/`` is told about as a redirect."""
    here = Outgoing.of(["127.0.0.0/8"])
    server = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(65_536)
            place = f"http://127.0.0.1:{listener.port}/".encode()
            connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: " + place + b"\r\nContent-Length: 0\r\n\r\n")

    thread = threading.Thread(target=answer)
    thread.start()
    before, url = listener.reached, f"http://127.0.0.1:{server.getsockname()[1]}"
    with pytest.raises(Refused, match="redirected"):
        RestClient(Connection("a", url, outgoing=here), Reach(transport="rest")).request("GET", "/")
    thread.join()
    server.close()
    assert listener.reached == before


@pytest.mark.parametrize(
    "place", ["http://127.0.0.1:{port}/types.xsd", "http://169.254.169.254/types.xsd", "file:///etc/passwd", "../x.xsd"]
)
@pytest.mark.parametrize("tag", ["import", "include"])
def test_a_wsdl_fetches_nothing_it_imports(place: str, tag: str, listener: Listener, tmp_path: Path) -> None:
    wsdl = (ROOT / "tests/adapters/sample_police.wsdl").read_text(encoding="utf-8")
    at = place.format(port=listener.port)
    named = ' namespace="urn:x"' if tag == "import" else ""
    wsdl = re.sub(r"(<(\w+):schema\b[^>]*>)", rf'\1<\2:{tag}{named} schemaLocation="{at}"/>', wsdl, count=1)
    assert at in wsdl
    (tmp_path / "police.wsdl").write_text(wsdl, encoding="utf-8")
    reach = Reach.model_validate({"transport": "soap", "wsdl": "police.wsdl", "binding": "{urn:x}B"})
    before = listener.reached
    with pytest.raises(Refused, match=r"wsdl_import|bad_wsdl"):
        SoapTransport(Connection("a", "http://127.0.0.1:9/"), reach, tmp_path).prepare()
    assert listener.reached == before


@pytest.mark.parametrize(
    "url",
    ["file:///etc/", "file:///etc/passwd", "file:///proc/self/environ", "file://{below}/../outside", "file://evil/x",
     "file://{below}/%2e%2e/outside", "file://{below}/link", "http://127.0.0.1/"],
)  # fmt: skip
def test_saved_files_are_read_below_their_folder_only(url: str, tmp_path: Path) -> None:
    below, outside = tmp_path / "below", tmp_path / "outside"
    below.mkdir()
    outside.mkdir()
    (outside / "a.jsonl").write_text('{"n": 1}\n')
    (below / "link").symlink_to(outside)
    with pytest.raises(Refused, match=r"folder_not_allowed|bad_url"):
        Outgoing.of([], below).folder(url.format(below=below))


def test_a_link_among_saved_files_is_not_followed(tmp_path: Path) -> None:
    below = tmp_path / "below"
    below.mkdir()
    (tmp_path / "secret.jsonl").write_text('{"n": 1}\n')
    (below / "a.jsonl").symlink_to(tmp_path / "secret.jsonl")
    with pytest.raises(Refused, match="file_elsewhere"):
        list(files.rows(below))


def test_without_a_folder_named_no_file_is_read(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="folder_not_allowed"):
        OPEN_INTERNET.folder(tmp_path.as_uri())


@pytest.mark.parametrize("link", ["http://169.254.169.254/a.jpg", "file:///etc/passwd", "//evil.example/a", "a.jpg"])
def test_a_photograph_is_told_by_its_hash_and_a_link_to_one_is_refused(link: str) -> None:
    with pytest.raises(ValidationError):
        Photo.model_validate({"sha256": link})
    with pytest.raises(ValidationError):
        Photo.model_validate({"sha256": "a" * 64, "url": link})


def test_nothing_but_the_guard_opens_connections() -> None:
    """A new way out that does not pass the guard is found here; ``waiting`` asks the unit's own address."""
    opens = re.compile(r"requests\.(get|post|put|request|Session)\(|urlopen\(|create_connection\(|pycurl\.Curl\(")
    allowed = {"hub/asking/curl.py", "portal/cli/waiting.py"}
    found = {
        path.relative_to(ROOT).as_posix()
        for room in ("adapters", "hub", "registry", "portal", "contracts")
        for path in (ROOT / room).rglob("*.py")
        if opens.search(path.read_text(encoding="utf-8"))
    }
    assert found == allowed


def test_the_urls_that_are_read_are_read_in_one_way() -> None:
    assert read("https://hub.example.in:8443/api?x=1") == ("https", "hub.example.in", 8443)
    assert read("http://[2606:4700::1111]/") == ("http", "2606:4700::1111", 80)
    assert partial(read, "http://8.8.8.8")() == ("http", "8.8.8.8", 80)
    for port in ("0", "65536", "99999"):
        with pytest.raises(Refused, match="bad_url"):
            read(f"http://example.org:{port}/")
