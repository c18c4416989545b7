"""One proposal from any description: the draft's text, what is still wrong with it, and the folder it is written to."""

import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path

from adapters.by_manifest import mapping_of
from adapters.mapping.manifest import ManifestError, parse
from adapters.proposing import databases, getting, openapi, samples, writing, wsdl
from adapters.proposing.described import Described
from adapters.proposing.drafting import Draft
from contracts import Problem, Refused


@dataclass(frozen=True)
class Proposal:
    """A draft manifest as text, with what it was made from; ``problems`` is what keeps it from being read."""

    text: str
    described: Described
    drafts: list[Draft]
    problems: list[Problem]


def proposed(kind: str, way: str, source: str, scratch: Path, secret: str | None = None) -> Proposal:
    """Propose an adapter from ``way`` (wsdl | openapi | sample | database); documents are laid into ``scratch``.

    Raises ``Refused`` and ``Unready`` as the readers do, and ``Refused`` (``no_records``) where nothing lists records.
    """
    said = _described(way, source, scratch, secret)
    drafts = writing.chosen(said)
    if not drafts:
        raise Refused("no_records", "the description has no operation that answers a list of records")
    text = writing.manifest(kind, said, drafts)
    return Proposal(text, said, drafts, _problems(text))


def _described(way: str, source: str, scratch: Path, secret: str | None) -> Described:
    if way == "wsdl":
        return wsdl.described(getting.wsdl(source, scratch))
    if way == "openapi":
        return openapi.described(getting.document(source, scratch, "openapi"))
    if way == "database":
        return databases.described(source, secret)
    return samples.described(Path(source))


def _problems(text: str) -> list[Problem]:
    try:
        mapping_of(parse(tomllib.loads(text)))
    except ManifestError as error:
        return error.problems
    return []


def require_free(folder: Path, *, over: bool) -> None:
    """Raises ``Refused`` (``draft_exists``) where something is there that must not be written over."""
    if folder.exists() and not over:
        raise Refused("draft_exists", f"{folder} is there already; choose another name, or write over it with --force.")


def write(made: Proposal, folder: Path, *, over: bool = False) -> None:
    """Write the draft and the documents it needs; the folder stands whole or not at all.

    Raises ``Refused`` (``draft_exists``) and ``Unready`` (``cannot_write``).
    """
    require_free(folder, over=over)
    beside = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    try:
        beside.mkdir(parents=True)
        (beside / "manifest.toml").write_text(made.text, encoding="utf-8")
        for name, content in made.described.files.items():
            (beside / name).write_bytes(content)
        shutil.rmtree(folder, ignore_errors=True)
        beside.rename(folder)
    except OSError as error:
        raise Refused("cannot_write", f"{folder} cannot be written: {error.strerror}; choose another place") from None
