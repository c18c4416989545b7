"""Key-encryption keys by reference: in a file, an environment variable or the system's keyring; the last one closes.

Their form is a line each, ``ID BASE64``: all are tried to open, the last is used to close. They never lie in the
database, and a reference says where they are, never what they are.
"""

import base64
import hashlib
import importlib
import os
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from contracts import Refused
from hub.sealing.envelope import new_key

_MISSING = "The key-encryption key of this database is not there. Name where it is by TRACKCHILD_ENCRYPTION_KEY."
_FORM = "Give file:PATH, env:VARIABLE, keyring:SERVICE/NAME or none as TRACKCHILD_ENCRYPTION_KEY."


def missing() -> Refused:
    return Refused("encryption_key_missing", _MISSING)


class Keyring:
    """The keys behind a reference; read again when one is asked for that was not there yet (rotation elsewhere)."""

    def __init__(self, reference: str) -> None:
        self.reference = reference
        self._kind, _, self._where = reference.partition(":")
        if self._kind not in ("file", "env", "keyring") or not self._where:
            raise Refused("bad_key_reference", _FORM)
        self._keys: dict[str, bytes] = {}
        self._ciphers: dict[str, AESGCM] = {}
        self.read()

    @property
    def exists(self) -> bool:
        return bool(self._keys)

    @property
    def current(self) -> str:
        """The id of the key that closes; ``Refused`` (``encryption_key_missing``)."""
        if not self._keys:
            raise missing()
        return next(reversed(self._keys))

    @property
    def ids(self) -> list[str]:
        return list(self._keys)

    def cipher(self, key_id: str) -> AESGCM:
        """``Refused`` (``encryption_key_missing``)."""
        if key_id not in self._keys:
            self.read()
        if key_id not in self._keys:
            raise missing()
        if key_id not in self._ciphers:
            self._ciphers[key_id] = AESGCM(self._keys[key_id])
        return self._ciphers[key_id]

    def read(self) -> None:
        self._keys = dict(_parsed(line) for line in self._text().splitlines() if line.strip())

    def make(self) -> None:
        """The first key, if there is none yet; another process may make it at the same moment."""
        if not self._keys:
            self._require_file()
            _write_new(Path(self._where), _line(new_key()))
            self.read()

    def add(self) -> str:
        """A further key, which closes from now on; its id."""
        self._require_file()
        key = new_key()
        _replace(Path(self._where), self._text() + _line(key))
        self.read()
        return _id_of(key)

    def retire(self, key_id: str) -> None:
        """Forget a key that nothing is wrapped by any more."""
        self._require_file()
        _replace(Path(self._where), "".join(_line(key) for one, key in self._keys.items() if one != key_id))
        self.read()

    def _require_file(self) -> None:
        if self._kind != "file":
            message = "Keys are made by the hub only in a file. Put the new line where the reference points, last."
            raise Refused("key_kept_elsewhere", message)

    def _text(self) -> str:
        if self._kind == "file":
            path = Path(self._where)
            return path.read_text(encoding="ascii").rstrip("\n") + "\n" if path.exists() else ""
        if self._kind == "env":
            return os.environ.get(self._where, "").replace(",", "\n")
        return _from_keyring(self._where).replace(",", "\n")


def _from_keyring(where: str) -> str:
    try:
        keyring = importlib.import_module("keyring")  # wanted by few: not among the packages that are installed
    except ImportError:
        raise Refused("no_keyring", "Install the package keyring, or keep the key in a file.") from None
    service, _, name = where.partition("/")
    return keyring.get_password(service, name or "trackchild") or ""


def new_line() -> str:
    """A new key in the form in which it is kept."""
    return _line(new_key())


def _id_of(key: bytes) -> str:
    return hashlib.sha256(b"trackchild kek " + key).hexdigest()[:12]


def _line(key: bytes) -> str:
    return f"{_id_of(key)} {base64.b64encode(key).decode()}\n"


def _parsed(line: str) -> tuple[str, bytes]:
    told, _, encoded = line.strip().partition(" ")
    try:
        key = base64.b64decode(encoded, validate=True)
    except ValueError:
        key = b""
    if len(key) != 32 or told != _id_of(key):
        raise Refused("bad_encryption_key", "A line of the key-encryption keys is not whole. Restore it from its copy.")
    return told, key


def _write_new(path: Path, text: str) -> None:
    """Whole or not at all, and never over another."""
    part = _part(path, text)
    try:
        os.link(part, path)
    except FileExistsError:
        pass
    finally:
        part.unlink()


def _replace(path: Path, text: str) -> None:
    _part(path, text).replace(path)


def _part(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # readable by its owner only
    with os.fdopen(number, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)
