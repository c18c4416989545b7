"""Saved pages that come as an archive (zip, tar, tar.gz): unpacked for the time they are read, within bounds."""

import datetime
import os
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from contracts import Refused

_ZIP, _TAR = (".zip",), (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
#: Largest honest archive: 636,000 rows with every column are about 1 GB as JSON.
MOST_BYTES, MOST_FILES = 8 * 1024**3, 2_000_000
#: What one stored byte may become; text packs 10 to 30 times, a bomb a thousand times.
_MOST_RATIO, _SMALL = 200, 50 * 1024**2
_AT_ONCE = 1024**2


@dataclass(frozen=True)
class _Part:
    name: str
    changed: float
    open: Callable[[], IO[bytes]]


def is_archive(path: Path) -> bool:
    """By the file's name."""
    return path.is_file() and path.name.lower().endswith(_ZIP + _TAR)


@contextmanager
def opened(path: Path, most_bytes: int = MOST_BYTES, most_files: int = MOST_FILES) -> Iterator[Path]:
    """A folder with what is in the archive, gone afterwards; anything but an archive is given as it is.

    Files keep the day they were saved on. Raises ``Refused``: ``archive_unsafe`` for a name that leads out of the
    folder, a link or a device; ``archive_too_large`` where it unpacks to too much; ``unreadable_file``.
    """
    if not is_archive(path):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="trackchild-") as made:
        folder = Path(made)
        try:
            _unpack(path, folder, most_bytes, most_files)
        except (tarfile.TarError, zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError) as error:
            raise Refused("unreadable_file", f"{path.name} cannot be unpacked: {type(error).__name__}") from None
        yield folder


def _unpack(path: Path, folder: Path, most_bytes: int, most_files: int) -> None:
    size = path.stat().st_size
    bound = min(most_bytes, max(_SMALL, size * _MOST_RATIO))
    for number, part in enumerate(_parts(path), start=1):
        if number > most_files:
            raise Refused("archive_too_large", f"{path.name} holds more than {most_files} files; unpack it by hand")
        bound -= _written(part, folder / _inside(path, part.name), bound, path)


def _written(part: _Part, to: Path, bound: int, path: Path) -> int:
    """Bytes written, counted as they come: what an archive says of its own sizes is not believed."""
    to.parent.mkdir(parents=True, exist_ok=True)
    with part.open() as packed, to.open("xb") as out:
        while some := packed.read(_AT_ONCE):
            if out.tell() + len(some) > bound:
                raise Refused("archive_too_large", f"{path.name} unpacks to far more than it should; unpack it by hand")
            out.write(some)
        written = out.tell()
    os.utime(to, (part.changed, part.changed))
    return written


def _inside(path: Path, name: str) -> PurePosixPath:
    parts = PurePosixPath(name.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or ":" in name or not parts.parts:
        raise Refused("archive_unsafe", f"{path.name} holds a file whose name leads out of it; nothing was read")
    return parts


def _parts(path: Path) -> Iterator[_Part]:
    return _of_zip(path) if path.name.lower().endswith(_ZIP) else _of_tar(path)


def _of_zip(path: Path) -> Iterator[_Part]:
    with zipfile.ZipFile(path) as packed:
        for info in packed.infolist():
            if (info.external_attr >> 16) & 0o170000 == 0o120000:
                raise Refused("archive_unsafe", f"{path.name} holds a link; put the file itself into it")
            if not info.is_dir():
                moment = datetime.datetime(*info.date_time, tzinfo=datetime.UTC).timestamp()
                yield _Part(info.filename, moment, lambda info=info: packed.open(info))  # type: ignore[misc]


def _of_tar(path: Path) -> Iterator[_Part]:
    with tarfile.open(path, "r|*") as packed:  # as a stream: what was read is not sought again
        for info in packed:
            if info.isdir():
                continue
            if not info.isreg():
                raise Refused("archive_unsafe", f"{path.name} holds a link or a device; put the file itself into it")
            yield _Part(info.name, info.mtime, lambda info=info: _member(packed, info))  # type: ignore[misc]


def _member(packed: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    found = packed.extractfile(info)
    assert found is not None  # a regular file
    return found
