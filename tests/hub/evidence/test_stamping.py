"""Time-stamps of heads from a real authority (OpenSSL's); while it is down exchange goes on and the gap shows."""

import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from contracts import Unready
from hub.evidence import stamping
from hub.evidence.growing import Growing
from hub.evidence.verifying import Verifying
from hub.index import Store
from tests.hub.evidence.conftest import HUB
from tests.loopback import HERE

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="the authority of these tests is openssl ts")
# Without its root in the answer: OpenSSL orders certificates otherwise than DER wants, and the reader is strict.
_CONFIG = """
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[stamper]
extendedKeyUsage = critical, timeStamping
keyUsage = critical, digitalSignature
[tsa]
default_tsa = tsa1
[tsa1]
serial = serial
crypto_device = builtin
signer_cert = stamper.pem
signer_key = stamper.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
ess_cert_id_alg = sha256
"""


def _openssl(place: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=place, check=True, capture_output=True)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an authority's keys and certificates."""
    found = tmp_path_factory.mktemp("authority")
    (found / "ts.cnf").write_text(_CONFIG)
    (found / "serial").write_text("01")
    ec = ("-newkey", "rsa:2048", "-nodes", "-config", "ts.cnf")
    _openssl(found, "req", "-x509", *ec, "-keyout", "a.key", "-out", "authority.pem", "-subj", "/CN=Authority",
             "-extensions", "authority", "-days", "30")  # fmt: skip
    _openssl(found, "req", "-new", *ec, "-keyout", "stamper.key", "-out", "s.csr", "-subj", "/CN=Stamper")
    _openssl(found, "x509", "-req", "-in", "s.csr", "-CA", "authority.pem", "-CAkey", "a.key", "-CAcreateserial",
             "-out", "stamper.pem", "-extfile", "ts.cnf", "-extensions", "stamper", "-days", "30")  # fmt: skip
    return found


@pytest.fixture
def authority(place: Path) -> Iterator[str]:
    """Its address."""

    class Authority(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            (place / "q.tsq").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            _openssl(place, "ts", "-reply", "-config", "ts.cnf", "-queryfile", "q.tsq", "-out", "r.tsr")
            body = (place / "r.tsr").read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Authority) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


def test_a_head_is_stamped_and_the_stamp_is_of_this_head_by_this_authority(
    store: Store, write: Callable[[int], None], authority: str, place: Path
) -> None:
    write(3)
    Growing(store, HUB, partial(stamping.stamp, authority, outgoing=HERE)).grow()
    with store.read() as work:
        kept = work.evidence.head()
    assert kept is not None and kept.stamp is not None
    body = kept.checkpoint.partition("\n\n")[0] + "\n"
    root = place / "authority.pem"
    assert stamping.fits(kept.stamp, body.encode(), root)
    assert not stamping.fits(kept.stamp, body.encode() + b"x", root)
    assert not stamping.fits(kept.stamp, body.encode(), place / "stamper.pem")
    assert stamping.fits(kept.stamp, body.encode(), None)
    assert not stamping.fits(kept.stamp, b"else", None)
    found = Verifying(store, [HUB.verifier], stamp_fits=partial(stamping.fits, authority=root)).run()
    assert (found.stamps, found.problems, found.gaps) == (1, [], [])


def test_the_audit_goes_on_without_the_authority_and_the_gap_shows(store: Store, write: Callable[[int], None]) -> None:
    write(3)
    assert Growing(store, HUB, partial(stamping.stamp, "http://127.0.0.1:9/", outgoing=HERE)).grow() == 3
    found = Verifying(store, [HUB.verifier]).run()
    assert found.problems == []
    assert len(found.gaps) == 1 and "has no time-stamp" in found.gaps[0]


def test_an_authority_that_answers_something_else_gives_no_stamp() -> None:
    class Page(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>log in first</html>")

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(Unready) as unready:
            stamping.stamp(f"http://127.0.0.1:{server.server_address[1]}/", b"head", HERE)
        server.shutdown()
    assert unready.value.code == "timestamp_failed"
