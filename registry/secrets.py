"""Reads a secret from where a reference points: ``env:NAME`` or ``file:PATH``; the directory never holds it."""

import os
from pathlib import Path

from contracts import Refused

_LONGEST = 65_536


def read(reference: str) -> str:
    """The secret, without the line's end; raises ``Refused`` with code ``secret_missing`` or ``bad_secret_reference``.

    The error names the reference, never what it points to.
    """
    scheme, _, where = reference.partition(":")
    if scheme == "env" and where:
        return _found(reference, os.environ.get(where))
    if scheme == "file" and where:
        return _found(reference, _content(Path(where)))
    raise Refused("bad_secret_reference", "Write a secret as env:NAME or file:PATH, never the secret itself.")


def _content(path: Path) -> str | None:
    try:
        if path.stat().st_size > _LONGEST:
            return None
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        return None


def _found(reference: str, secret: str | None) -> str:
    if not secret:
        raise Refused("secret_missing", f"No secret lies at {reference}; set it there or correct the reference.")
    return secret
