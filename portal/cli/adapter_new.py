"""``trackchild adapter new``: a draft manifest from what a system says of itself."""

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Group
from rich.text import Text

from contracts import Refused
from portal.cli import output

if TYPE_CHECKING:
    from adapters.proposing.drafting import Draft
    from adapters.proposing.proposal import Proposal


def new(
    name: Annotated[str, typer.Argument(help="The kind of system: small letters, digits and _, e.g. police_xy.")],
    wsdl: Annotated[str | None, typer.Option(metavar="FILE|URL", help="A SOAP service's WSDL.")] = None,
    openapi: Annotated[str | None, typer.Option(metavar="FILE|URL", help="An OpenAPI document, JSON or YAML.")] = None,
    sample: Annotated[
        Path | None, typer.Option(help="Saved records: JSON, JSON-lines, CSV, XLSX, XML, an HTML table, or a folder.")
    ] = None,
    database: Annotated[
        str | None, typer.Option(metavar="URL", help="A database to be read: postgresql://host/name, sqlite:///path.")
    ] = None,
    secret: Annotated[
        str | None, typer.Option(help="Where user:password of the database stand: env:NAME or file:PATH.")
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option(help="Folder of adapters to write to; else the first of TRACKCHILD_ADAPTERS, or ./adapters."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a draft of this name.")] = False,
    as_json: output.Json = False,
) -> None:
    """Propose a manifest from a system's own description; every field without a place is named.

    Examples:

        trackchild adapter new police_xy --wsdl https://records.police.example/service?wsdl

        trackchild adapter new homes_xy --sample residents.xlsx
    """
    given = {"wsdl": wsdl, "openapi": openapi, "sample": sample, "database": database}
    ways = {way: str(source) for way, source in given.items() if source is not None}
    if len(ways) != 1:
        raise Refused("one_description", "Give exactly one of --wsdl, --openapi, --sample and --database.")
    from adapters.proposing import proposal

    if not re.fullmatch(r"[a-z][a-z0-9_]{1,39}", name):
        raise Refused("bad_adapter_name", "Name the kind with small letters, digits and _, e.g. police_xy.")
    folder = _folder(into) / name
    proposal.require_free(folder, over=force)  # before anything is fetched
    way, source = next(iter(ways.items()))
    with tempfile.TemporaryDirectory() as scratch:
        made = proposal.proposed(name, way, source, Path(scratch), _secret(secret))
        proposal.write(made, folder, over=force)
    output.show(_summary(made, folder), as_json, lambda: _told(name, made, folder))


def _folder(into: Path | None) -> Path:
    from hub.settings import from_environment

    if into is not None:
        return into
    outside = from_environment().adapters
    return outside[0] if outside else Path("adapters")


def _secret(reference: str | None) -> str | None:
    from registry import secrets

    return secrets.read(reference) if reference else None


def _summary(made: "Proposal", folder: Path) -> dict[str, object]:
    return {
        "folder": str(folder),
        "lists": [_list(draft) for draft in made.drafts],
        "problems": [f"{problem.field}: {problem.message}" for problem in made.problems],
        "operations": list(made.described.operations),
    }


def _list(draft: "Draft") -> dict[str, object]:
    return {
        "name": draft.rows.name,
        "fields": len(draft.rows.fields),
        "mapped": draft.placed,
        "unmapped": {seen.path: why for seen, why in draft.unmapped},
        "unknown_words": draft.unknown_words,
    }


def _told(name: str, made: "Proposal", folder: Path) -> Group:
    rows = [
        (
            draft.rows.name,
            f"{len(draft.placed)} of {len(draft.rows.fields)}",
            ", ".join(s.path for s, _ in draft.unmapped),
        )
        for draft in made.drafts
    ]
    todo = sum(len(words) for draft in made.drafts for words in draft.unknown_words.values())
    lines = [f"Written: {folder / 'manifest.toml'}"]
    lines += [f"To mend first: {problem.field}: {problem.message}" for problem in made.problems]
    lines += [f"{todo} words of their code lists need a code: look for TODO."] if todo else []
    lines += [f"Next: read it, then TRACKCHILD_ADAPTERS='[\"{folder.parent}\"]' trackchild adapter preview {name}"]
    return Group(
        output.table("Proposed", ("list", "fields placed", "not placed"), rows), *(Text(line) for line in lines)
    )
