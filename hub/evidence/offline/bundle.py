"""Checks an exported bundle without the hub: each line in it was in the audit under a head that the hub signed.

Run as a program: ``python verify.pyz BUNDLE --key KEY [--witness KEY ...] [--notice FILE ...]``. Keys must come from
somewhere else than the bundle: whoever could write the bundle could write the keys in it.
"""

import argparse
import base64
import dataclasses
import datetime
import hashlib
import json
import sys
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .checkpoint import Malformed, Verifier, cosigned_at, part, read_signature
from .merkle import leaf_hash, verify_inclusion

#: Columns that hold microseconds since 1970 in UTC.
_MOMENTS = ("at", "sent_at")
#: A head with its signatures is some kilobytes; an entry with its path about two.
_MOST_CHECKPOINT, _MOST_ENTRIES = 1 << 20, 128 << 20


@dataclass
class Checked:
    """What a bundle proves. Nothing is proven unless ``problems`` is empty."""

    origin: str = ""
    size: int = 0
    lines: list[dict[str, Any]] = field(default_factory=list)
    witnesses: dict[str, str] = field(default_factory=dict)
    """Name of each witness whose cosignature fits, and when it says it saw the head."""
    notices: dict[str, int] = field(default_factory=dict)
    """Digest of each notice handed in, and how many lines name it."""
    problems: list[str] = field(default_factory=list)


def digest(notice: bytes) -> str:
    """SHA-256 of a notice's JSON without what is empty, members sorted, no spaces: alike however it was carried."""
    plain = json.dumps(_filled(json.loads(notice)), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def _filled(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _filled(item) for name, item in value.items() if item is not None and item != []}
    return [_filled(item) for item in value] if isinstance(value, list) else value


def check(bundle: Path, key: Verifier, witnesses: Iterable[Verifier] = (), notices: Iterable[bytes] = ()) -> Checked:
    """Raises ``Malformed`` where the file is no bundle; else says what it proves and what is wrong with it."""
    found = Checked()
    checkpoint, entries = _read(bundle)
    head, signatures = part(checkpoint)
    found.origin, found.size = head.origin, head.size
    if head.origin != key.name or not any(key.verify(head.body, line) for line in signatures):
        found.problems.append("The head is not signed by the key given.")
    for witness in witnesses:
        _witnessed(found, witness, head.body, signatures)
    for entry in entries:
        _line(found, entry, head.root)
    for body in notices:
        _notice(found, digest(body))
    return found


def _read(bundle: Path) -> tuple[str, list[dict[str, Any]]]:
    try:
        with zipfile.ZipFile(bundle) as file:
            checkpoint = _member(file, "checkpoint", _MOST_CHECKPOINT).decode()
            return checkpoint, [json.loads(line) for line in _member(file, "entries.jsonl", _MOST_ENTRIES).splitlines()]
    except (OSError, KeyError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise Malformed(f"This file is no bundle ({type(error).__name__}). Export it again.") from None


def _member(file: zipfile.ZipFile, name: str, most: int) -> bytes:
    """A member whole; ``ValueError`` where it unpacks to more than any bundle can need, whatever its header says."""
    with file.open(name) as member:
        content = member.read(most + 1)
    if len(content) > most:
        raise ValueError("too large")
    return content


def _witnessed(found: Checked, witness: Verifier, body: str, signatures: Sequence[str]) -> None:
    for line in signatures:
        named = read_signature(line)
        if named is not None and named[0] == witness.name and witness.verify(body, line):
            found.witnesses[witness.name] = _moment(1_000_000 * (cosigned_at(line) or 0))
            return
    found.problems.append(f"The witness {witness.name} did not sign this head.")


def _line(found: Checked, entry: dict[str, Any], root: bytes) -> None:
    try:
        text, leaf = entry["entry"], int(entry["leaf"])
        proof = [base64.b64decode(hash_, validate=True) for hash_ in entry["proof"]]
        said = json.loads(text)
    except (KeyError, TypeError, ValueError):
        found.problems.append("An entry of the bundle cannot be read.")
        return
    if verify_inclusion(leaf, found.size, leaf_hash(text.encode()), proof, root):
        found.lines.append({"leaf": leaf, **{name: _said(name, value) for name, value in said.items()}})
    else:
        found.problems.append(f"The line given as leaf {leaf} is not in the audit under this head.")


def _said(name: str, value: Any) -> Any:
    return _moment(value) if name in _MOMENTS else value


def _moment(microseconds: int) -> str:
    return (
        datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(microseconds=microseconds)
    ).isoformat()


def _notice(found: Checked, hashed: str) -> None:
    found.notices[hashed] = sum(line.get("detail") == f"sha256:{hashed}" for line in found.lines)
    if not found.notices[hashed]:
        found.problems.append("No line of the bundle names the notice that was handed in.")


def main(arguments: Sequence[str] | None = None) -> int:
    """0 if everything fits, 1 if not, 2 if a file or key cannot be read."""
    parser = argparse.ArgumentParser(prog="verify", description="Check a bundle of the hub's audit, offline.")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--key", required=True, help="the hub's verifier key, had from elsewhere than the bundle")
    parser.add_argument("--witness", action="append", default=[], help="a witness's verifier key; may be repeated")
    parser.add_argument("--notice", action="append", default=[], type=Path, help="a notice as JSON, as it was received")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args(arguments)
    try:
        witnesses = [Verifier.read(one) for one in asked.witness]
        notices = [path.read_bytes() for path in asked.notice]
        found = check(asked.bundle, Verifier.read(asked.key), witnesses, notices)
    except (Malformed, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    if asked.json:
        print(json.dumps(dataclasses.asdict(found), ensure_ascii=False))
        return 1 if found.problems else 0
    return _told(found)


def _told(found: Checked) -> int:
    for line in found.lines:
        print(json.dumps(line, ensure_ascii=False))
    for name, when in found.witnesses.items():
        print(f"witness {name} saw this head at {when}")
    for problem in found.problems:
        print(f"NOT PROVEN: {problem}")
    if not found.problems:
        print(f"proven: {len(found.lines)} lines of {found.origin}, tree of {found.size} lines")
    return 1 if found.problems else 0


def run() -> None:
    """Entry of the stand-alone file."""
    sys.exit(main())
