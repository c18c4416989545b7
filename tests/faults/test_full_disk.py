"""A disk that is full or broken: nothing is acknowledged that is not kept, the hub says so, and heals by itself."""

import contextlib
import http.client
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psutil
import pytest
from sqlalchemy import create_engine, select

from hub.index.schema import inbox
from hub.settings import Settings
from portal.web.server import listen
from tests.faults import answering, cycle
from tests.faults.cluster import Server, ended
from tests.faults.figures import LONG, Row, stated
from tests.faults.forked import ended as exit_of
from tests.faults.forked import started
from tests.faults.killing import needs_strace, under_strace
from tests.faults.senders import Senders, Sent, message

_SECONDS = 20.0 if LONG else 2.0
_WRITES = "write,pwrite64,fsync,fdatasync,ftruncate"
#: Breaks the disk of the hub's process or of its database's, for as long as it is open.
Break = Callable[[int], AbstractContextManager[None]]


@contextmanager
def no_file_grows(pid: int) -> Iterator[None]:
    """No file may be larger than it is (``EFBIG``), for a process and its children: asks for no rights."""
    family = [pid, *(one.pid for one in psutil.Process(pid).children(recursive=True))]
    _, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    for one in family:
        resource.prlimit(one, resource.RLIMIT_FSIZE, (4_096, most))
    yield
    for one in family:
        with contextlib.suppress(ProcessLookupError):  # PostgreSQL may have ended it
            resource.prlimit(one, resource.RLIMIT_FSIZE, (most, most))


def errors_of_the_disk(pid: int) -> AbstractContextManager[None]:
    """Every write to a file fails with ``EIO``, as strace injects it."""
    return under_strace(pid, _WRITES, f"inject={_WRITES}:error=EIO")


@contextmanager
def small_disk(megabytes: int = 256) -> Iterator[Path]:
    """A file system in memory that can be filled; only root may mount it."""
    folder = Path(tempfile.mkdtemp(prefix="trackchild-disk-"))
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "none", str(folder)], check=False)
    if mounted.returncode:
        folder.rmdir()
        pytest.skip("no file system may be mounted here")
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
        folder.rmdir()


def filled(disk: Path) -> Break:
    """Fills what is left of a disk (``ENOSPC``)."""

    @contextmanager
    def full(_: int) -> Iterator[None]:
        ballast = disk / "ballast"
        with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(4_096))
        yield
        ballast.unlink()

    return full


def test_sqlite_on_a_full_disk(adapters: Path) -> None:
    with small_disk() as disk:
        _try("SQLite, disk full", f"sqlite:///{disk / 'hub.sqlite'}", adapters, filled(disk))


def test_sqlite_whose_files_may_not_grow(adapters: Path, tmp_path: Path) -> None:
    _try("SQLite, files may not grow", f"sqlite:///{tmp_path / 'hub.sqlite'}", adapters, no_file_grows)


@needs_strace
def test_sqlite_on_a_disk_that_fails(adapters: Path, tmp_path: Path) -> None:
    _try("SQLite, EIO", f"sqlite:///{tmp_path / 'hub.sqlite'}", adapters, errors_of_the_disk)


def test_postgresql_on_a_full_disk(adapters: Path) -> None:
    with small_disk() as disk:
        server = Server.in_(disk / "data")
        with ended(server):
            server.made()
            _try("PostgreSQL, disk full", server.url(), adapters, filled(disk))


def _try(variant: str, database: str, adapters: Path, breaks: Break) -> None:
    with stated("full_disk", variant) as row:
        settings = cycle.settled(database, adapters, "http://127.0.0.1:9").model_copy(update={"propose_bits": 10.0})
        keys = cycle.keys_of(settings, "police", "home")
        with listen("127.0.0.1", 0) as listening:
            process, port = started(answering.serve, settings, listening), listening.getsockname()[1]
            try:
                with Senders(port, keys, threads=2).working() as sent:
                    _through_it(row, sent, port, breaks(process.pid))
            finally:
                process.kill()
                exit_of(process)
        _check(row, settings, sent)


def _through_it(row: Row, sent: Sent, port: int, broken: AbstractContextManager[None]) -> None:
    _until(lambda: _ready(port) and len(sent.acknowledged) > 5)
    with broken:
        begun = time.monotonic()
        _until(lambda: not _ready(port))
        row.figures["not ready after s"] = round(time.monotonic() - begun, 1)
        time.sleep(_SECONDS)
        before = len(sent.acknowledged)
    healed = time.monotonic()
    _until(lambda: _ready(port) and len(sent.acknowledged) > before)
    row.figures["ready again after s"] = round(time.monotonic() - healed, 1)
    time.sleep(_SECONDS)


def _check(row: Row, settings: Settings, sent: Sent) -> None:
    engine = create_engine(settings.database)
    with engine.connect() as connection:
        kept = set(connection.execute(select(inbox.c.message_id)).scalars())
    engine.dispose()
    lost = {message(number)[1].message_id for number in sent.acknowledged} - kept
    row.cases = 1
    row.figures |= {"acknowledged": len(sent.acknowledged), "acknowledged and lost": len(lost)}
    row.figures["asked to come back"] = sent.unready
    assert lost == set()
    assert sent.refused == []
    assert sent.unready > 0
    assert float(row.figures["not ready after s"]) <= 5


def _ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except (http.client.HTTPException, OSError):
        return False
    finally:
        connection.close()


def _until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not true():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.1)
