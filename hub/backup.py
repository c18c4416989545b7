"""A backup: one zip file with every table of one moment, told apart by checksums, that either database can be made of.

It is taken while the hub works, checked by reading it again, and restored in one transaction: all of it or nothing.
"""

import datetime
import hashlib
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import IO, Annotated, Any

from pydantic import StringConstraints, ValidationError

from contracts import Model, Refused
from hub.erasing.again import erase_again
from hub.erasing.ledger import Ledger, joined
from hub.index import Store, copying, restoring
from hub.index.audit import Line
from hub.index.copying import Held
from hub.index.erasing import Erasure
from hub.index.migrations import upgrade_to

Progress = Callable[[int, int | None], None]
_FORMAT = 1
#: The table of children's keys, which is kept apart.
KEYS = "child_keys"
_MANIFEST = "manifest.json"
_BLOCK = 1 << 20
#: What a backup says of itself is some kilobytes, and a row holds one record or one audit line.
_MOST_MANIFEST, _MOST_ROW = 4 << 20, 64 << 20
#: Names from a file that was perhaps not ours are put into statements.
_Name = Annotated[str, StringConstraints(pattern=r"^[a-z_][a-z0-9_]{0,62}$")]
_NAME = "trackchild-*.zip"
_DAMAGED = "The backup is not whole. Use another one; this one cannot be trusted."


class Copied(Model):
    """One table in the backup."""

    name: _Name
    columns: list[_Name]
    kinds: list[str]
    key: list[_Name]
    rows: int
    sha256: str

    @property
    def member(self) -> str:
        return f"{self.name}.copy"

    @property
    def held(self) -> Held:
        return Held(self.name, tuple(self.columns), tuple(self.kinds), tuple(self.key))


class Manifest(Model):
    """What a backup says of itself. ``migration`` is the version of its tables, ``made_by`` that of the hub."""

    format: int
    made_by: str
    migration: str
    backend: str
    taken_at: datetime.datetime
    tables: list[Copied]

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)


def name_of(moment: datetime.datetime) -> str:
    """The file name of a backup in a folder of them; they sort by age."""
    return f"trackchild-{moment:%Y%m%dT%H%M%SZ}.zip"


# Taking one


def make(store: Store, path: Path, progress: Progress = lambda *_: None) -> Manifest:
    """Write a backup of the database as it is now; others go on writing meanwhile. It is read again before it counts.

    Raises ``Refused``: ``backup_exists``.
    """
    if path.exists():
        raise Refused("backup_exists", "There is a file of that name. Name another; no backup is written over.")
    with copying.snapshot(store.engine) as connection:
        tables = copying.held(connection)
        kept_apart = [table for table in tables if table.name == KEYS]
        if any(copying.is_filled(connection, table) for table in kept_apart):
            _written(store, connection, keys_of(path), kept_apart, lambda *_: None)
        manifest = _written(store, connection, path, [one for one in tables if one.name != KEYS], progress)
    _settle(path.parent)
    _forget_keys_of_before(path)
    return manifest


def keys_of(path: Path) -> Path:
    """The file beside a backup that holds the children's keys, wrapped: the backup itself opens nothing."""
    return path.with_suffix(".keys")


def _forget_keys_of_before(path: Path) -> None:
    """In a folder of backups the newest keys serve them all; older ones would hold keys of children erased since."""
    if path.match(_NAME):
        for older in path.parent.glob("trackchild-*.keys"):
            if older.name < keys_of(path).name:
                older.unlink()


def _written(store: Store, connection: Any, path: Path, tables: list[Held], progress: Progress) -> Manifest:
    """One file, whole and read again, or none."""
    part = path.with_name(path.name + ".part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            _write(store, connection, file, tables, progress)
            file.flush()
            os.fsync(file.fileno())
        manifest = verify(part)
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    return manifest


def _settle(folder: Path) -> None:
    """The new name must outlive a power cut, as the content does."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _write(store: Store, connection: Any, file: IO[bytes], held: list[Held], progress: Progress) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        taken_at, done, tables = datetime.datetime.now(datetime.UTC), 0, []
        for table in held:
            with archive.open(f"{table.name}.copy", "w", force_zip64=True) as member:
                tables.append(_told(table, _through(copying.blocks(connection, table), member, done, progress)))
            done += tables[-1].rows
        manifest = Manifest(
            format=_FORMAT,
            made_by=version("trackchild-hub"),
            migration=copying.revision(connection),
            backend=store.backend,
            taken_at=taken_at,
            tables=tables,
        )
        archive.writestr(_MANIFEST, manifest.model_dump_json(indent=1))


def _through(blocks: Iterator[bytes], member: IO[bytes], done: int, progress: Progress) -> tuple[int, str]:
    """(rows, SHA-256) of what was written."""
    rows, digest = 0, hashlib.sha256()
    for block in blocks:
        digest.update(block)
        rows += block.count(b"\n")
        member.write(block)
        progress(done + rows, None)
    return rows, digest.hexdigest()


def _told(table: Held, measured: tuple[int, str]) -> Copied:
    rows, sha256 = measured
    columns, kinds, key = list(table.columns), list(table.kinds), list(table.key)
    return Copied(name=table.name, columns=columns, kinds=kinds, key=key, rows=rows, sha256=sha256)


def forget_older(folder: Path, keep: int) -> list[Path]:
    """Remove all but the newest ``keep`` backups of a folder; which were removed."""
    older = sorted(folder.glob(_NAME))[:-keep]
    for path in older:
        path.unlink()
        keys_of(path).unlink(missing_ok=True)
    return older


# Checking one


def verify(path: Path, progress: Progress = lambda *_: None) -> Manifest:
    """Read all of a backup and compare it with what it says of itself.

    Raises ``Refused``: ``not_a_backup``, ``backup_newer``, ``backup_damaged``.
    """
    with _opened(path) as archive:
        manifest = _manifest(archive)
        done = 0
        for table in manifest.tables:
            rows, digest = 0, hashlib.sha256()
            for block in _lines(archive, table.member):
                digest.update(block)
                rows += block.count(b"\n")
                progress(done + rows, manifest.rows)
            if (rows, digest.hexdigest()) != (table.rows, table.sha256):
                raise Refused("backup_damaged", _DAMAGED)
            done += rows
    return manifest


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except zipfile.BadZipFile:
        raise Refused("not_a_backup", "The file is no backup of this hub, or was cut short. Name another.") from None


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    try:
        with archive.open(_MANIFEST) as file:  # a header may lie about its size: bytes are counted
            manifest = Manifest.model_validate_json(file.read(_MOST_MANIFEST + 1)[:_MOST_MANIFEST])
    except (KeyError, RuntimeError, NotImplementedError, ValidationError, zipfile.BadZipFile, zlib.error):
        raise Refused("not_a_backup", "The file is no backup of this hub, or was cut short. Name another.") from None
    if manifest.format > _FORMAT:
        raise Refused("backup_newer", "A newer hub made this backup. Restore it with that version.")
    return manifest


def _lines(archive: zipfile.ZipFile, member: str) -> Iterator[bytes]:
    """Blocks of whole lines."""
    rest = b""
    try:
        with archive.open(member) as file:
            while block := file.read(_BLOCK):
                whole, newline, after = block.rpartition(b"\n")
                if newline:
                    yield rest + whole + newline
                    rest = after
                else:
                    rest += block
                if len(rest) > _MOST_ROW:
                    raise Refused("backup_damaged", _DAMAGED)
    except (KeyError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error, EOFError, OSError):
        raise Refused("backup_damaged", _DAMAGED) from None
    if rest:
        raise Refused("backup_damaged", _DAMAGED)


# Restoring one


def restore(
    store: Store,
    path: Path,
    force: bool = False,
    progress: Progress = lambda *_: None,
    ledgers: Sequence[Ledger] = (),
    keys: Path | None = None,
) -> Manifest:
    """Make the database what it was when the backup was taken, compared row by row, in one transaction; but for what
    was erased since, by the ledgers, by the database that is replaced, or because its key is gone.

    Leases, claims and sessions of the old hub are void; what was owed is told under its old ids, and systems that
    cannot tell a notice they know are asked first. Raises ``Refused``: what ``verify`` raises, ``database_not_empty``
    without ``force``, ``database_in_use``, ``backup_newer``, ``backup_keys_missing``, ``ledger_short``.
    """
    manifest, keys = verify(path), keys or _newest_keys(path)
    if not force:
        restoring.check_empty(store.engine)
    with store.write() as work:
        connection = work.connection
        restoring.check_alone(connection)
        gone = joined(ledgers) | restoring.erased(connection)
        restoring.empty(connection)
        _filled(connection, path, manifest, progress)
        if keys is not None:
            _filled_keys(connection, keys)
        elif restoring.keyless(connection):
            message = "The children's keys of this backup are not there. Name them by --keys."
            raise Refused("backup_keys_missing", message)
        _check_long_enough(restoring.erased(connection), gone)
        restoring.key_again(connection)
        now = datetime.datetime.now(datetime.UTC)
        again = erase_again(work, gone, now)
        restoring.make_void(connection, now)
        work.audit.add(_line(manifest, again), now)
    store.scour()
    return manifest


def _filled(connection: Any, path: Path, manifest: Manifest, progress: Progress) -> None:
    _tables_of(manifest, lambda: upgrade_to(connection, manifest.migration))
    restoring.clear(connection, (table.held for table in manifest.tables))
    done = 0
    with _opened(path) as archive:
        for table in manifest.tables:
            _fill(connection, table, archive)
            done += table.rows
            progress(done, manifest.rows)
    upgrade_to(connection, "head")


def _filled_keys(connection: Any, path: Path) -> None:
    manifest = verify(path)
    with _opened(path) as archive:
        for table in manifest.tables:
            if table.name == KEYS:
                restoring.clear(connection, [table.held])
                _fill(connection, table, archive)


def _fill(connection: Any, table: Copied, archive: zipfile.ZipFile) -> None:
    copying.fill(connection, table.held, _lines(archive, table.member))
    _compare(table, copying.blocks(connection, table.held))


def _newest_keys(path: Path) -> Path | None:
    """Those made with the backup, or the newest of its folder: they open every older one, but for what was erased."""
    if keys_of(path).exists():
        return keys_of(path)
    return max(path.parent.glob("trackchild-*.keys"), default=None)


def _check_long_enough(in_backup: dict[str, Erasure], gone: dict[str, Erasure]) -> None:
    """The ledger must know at least what the backup does, or it is not this hub's, or was cut."""
    if in_backup.keys() - gone.keys():
        message = "The ledger of erasures is missing or shorter than the backup says. Name it by --ledger."
        raise Refused("ledger_short", message)


def _tables_of(manifest: Manifest, migrate: Callable[[], None]) -> None:
    try:
        migrate()
    except Refused:
        raise Refused("backup_newer", "A newer hub made this backup. Restore it with that version.") from None


def _compare(table: Copied, blocks: Iterator[bytes]) -> None:
    digest = hashlib.sha256()
    for block in blocks:
        digest.update(block)
    if digest.hexdigest() != table.sha256:
        raise Refused("restored_otherwise", f"Table {table.name} did not come out as it was. Nothing was restored.")


def _line(manifest: Manifest, erased: int) -> Line:
    """The audit tells of the gap between the backup and now."""
    taken = f"{manifest.taken_at:%Y-%m-%dT%H:%M:%SZ}" + (f", erased again: {erased}" if erased else "")
    return Line(who="console", role="operator at the console", act="restore", outcome="restored", detail=taken)
