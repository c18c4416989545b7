"""``trackchild audit``: prove what the hub was asked and what it told, to its operator, an owner or a court."""

import datetime
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from contracts import Refused
from portal.cli import output
from portal.cli.opened import opened_hub

if TYPE_CHECKING:
    from hub.evidence.offline.checkpoint import Signer, Verifier
    from hub.evidence.verifying import Verified

group = typer.Typer(
    name="audit", help="The audit as proof: its tree, heads, witnesses and bundles.", no_args_is_help=True
)
Keys = Annotated[
    list[str] | None, typer.Option("--key", help="A verifier key to trust beside today's own; repeatable.")
]


@group.command(name="new-key")
def new_key(
    path: Annotated[Path, typer.Argument(help="File to write; only its owner may read it.")],
    as_json: output.Json = False,
) -> None:
    """Make a signing key, for the hub (TRACKCHILD_AUDIT_KEY) or for a witness.

    Example:

        trackchild audit new-key audit.pem
    """
    from hub.evidence.growing import new_key as make

    make(path)
    said = f"Written to {path}. Keep a copy where the hub's operators cannot reach it."
    output.show({"written": str(path)}, as_json, lambda: said)


@group.command()
def key(
    witness: Annotated[Path | None, typer.Option(help="A witness's key file, in place of the hub's own key.")] = None,
    name: Annotated[str | None, typer.Option(help="The witness's name, e.g. its participant id.")] = None,
    as_json: output.Json = False,
) -> None:
    """Print the verifier key: what others need to check signatures. It is no secret.

    Examples:

        trackchild audit key

        trackchild audit key --witness witness.pem --name police-br
    """
    if witness is not None:
        _show_key(str(_witness_signer(witness, name).verifier), as_json)
        return
    with opened_hub() as hub:
        signer = hub.proofs.signer
    if signer is None:
        raise Refused(
            "heads_not_signed", "No key is set. Make one by `trackchild audit new-key`, set TRACKCHILD_AUDIT_KEY."
        )
    _show_key(str(signer.verifier), as_json)


@group.command()
def grow(as_json: output.Json = False) -> None:
    """Take what was written since into the tree and sign a head; the clock does this every few seconds.

    Example:

        trackchild audit grow
    """
    with opened_hub() as hub:
        many = hub.grow_audit()
    output.show({"lines": many}, as_json, lambda: f"{many} lines were taken in.")


@group.command()
def verify(
    witnessed: Annotated[list[Path] | None, typer.Option(help="A witness's file of heads it saw; repeatable.")] = None,
    key: Keys = None,
    authority: Annotated[Path | None, typer.Option(help="Root certificate (PEM) of the time-stamp authority.")] = None,
    as_json: output.Json = False,
) -> None:
    """Compute the whole audit anew and compare it with what was signed, witnessed and time-stamped.

    Examples:

        trackchild audit verify

        trackchild audit verify --witnessed police-br.heads --key 'trackchild-hub/audit+1f2e3d4c+AQ...'
    """
    from hub.evidence.witnessing import read_heads

    seen = [head for path in witnessed or [] for head in read_heads(path)]
    with opened_hub() as hub, output.progress("Verifying", as_json) as progress:
        found = hub.proofs.verify(key or [], hub.participants(), seen, authority, progress)
    output.show(found, as_json, lambda: _said(found))
    if found.problems:
        raise typer.Exit(1)


@group.command()
def export(
    path: Annotated[Path, typer.Argument(help="The bundle to write (ZIP).")],
    notice: Annotated[str | None, typer.Option(help="Lines about the notice of this id.")] = None,
    child: Annotated[str | None, typer.Option(help="Lines about the child of this number in the hub.")] = None,
    as_json: output.Json = False,
) -> None:
    """Write a bundle that proves who was told or shown what; anybody checks it offline.

    Examples:

        trackchild audit export bundle.zip --notice 5b0c5c9e-0000-4000-8000-000000000000

        trackchild audit export bundle.zip --child tc-0000000000000000
    """
    if (notice is None) == (child is None):
        raise Refused("no_filter", "Name either a notice by --notice or a child by --child.")
    with opened_hub() as hub:
        many = hub.proofs.export(path, notice=notice, hub_id=child)
    said = f"{many} lines are in {path}. Check it by: trackchild audit check {path} --key KEY"
    output.show({"bundle": str(path), "lines": many}, as_json, lambda: said)


@group.command()
def check(
    bundle: Annotated[Path, typer.Argument(help="A bundle.")],
    key: Annotated[str, typer.Option(help="The hub's verifier key, had from elsewhere than the bundle.")],
    witness: Annotated[list[str] | None, typer.Option(help="A witness's verifier key; repeatable.")] = None,
    notice: Annotated[list[Path] | None, typer.Option(help="A notice as JSON, as it was received; repeatable.")] = None,
    as_json: output.Json = False,
) -> None:
    """Check a bundle; needs no database.

    Example:

        trackchild audit check bundle.zip --key 'trackchild-hub/audit+1f2e3d4c+AQ...'
    """
    from hub.evidence.offline.bundle import main

    told = [f"--witness={one}" for one in witness or []] + [f"--notice={one}" for one in notice or []]
    raise typer.Exit(main([str(bundle), f"--key={key}", *told, *(["--json"] if as_json else [])]))


@group.command()
def verifier(path: Annotated[Path, typer.Argument(help="The file to write.")], as_json: output.Json = False) -> None:
    """Write the stand-alone verifier: one file for those who do not have this software.

    Example:

        trackchild audit verifier verify.pyz
    """
    from hub.evidence.exporting import write_verifier

    write_verifier(path)
    said = f"Run it by: python {path} BUNDLE --key KEY (needs Python 3.11 and the package cryptography)"
    output.show({"written": str(path)}, as_json, lambda: said)


@group.command()
def witness(
    url: Annotated[str, typer.Argument(help="The hub's address, e.g. https://hub.example.in")],
    hub_key: Annotated[str, typer.Option(help="The hub's verifier key.")],
    signing_key: Annotated[Path, typer.Option(help="The witness's private key (PEM).")],
    name: Annotated[str, typer.Option(help="The witness's name, e.g. its participant id.")],
    state: Annotated[Path, typer.Option(help="File in which the heads seen are kept.")],
    api_key: Annotated[str, typer.Option(envvar="TRACKCHILD_API_KEY", help="The participant's key at the hub.")],
    as_json: output.Json = False,
) -> None:
    """See the hub's newest head, check that the audit only grew, keep the head and sign it; run it every hour.

    Example:

        trackchild audit witness https://hub.example.in --hub-key 'hub.example.in/audit+1f2e3d4c+AQ...' \\
            --signing-key witness.pem --name police-br --state police-br.heads
    """
    from hub.evidence.visiting import visit
    from hub.evidence.witnessing import Witness
    from hub.settings import from_environment

    one = Witness(_verifier(hub_key), _witness_signer(signing_key, name), state)
    size = visit(url, api_key, one, datetime.datetime.now(datetime.UTC), from_environment().outgoing)
    said = "Nothing is new." if size is None else f"The head of {size} lines goes on from the last; it is signed."
    output.show({"signed": size}, as_json, lambda: said)


def _show_key(verifier_key: str, as_json: bool) -> None:
    # Not by output.show: a terminal would break the line, and it is there to be copied.
    typer.echo(json.dumps({"key": verifier_key}) if as_json else verifier_key)


def _witness_signer(path: Path, name: str | None) -> "Signer":
    from hub.evidence.growing import signer_from
    from hub.evidence.offline.checkpoint import WITNESS

    if not name:
        raise Refused("no_witness_name", "Say the witness's name by --name, e.g. its participant id.")
    return signer_from(path, name, WITNESS)


def _verifier(text: str) -> "Verifier":
    from hub.evidence.proofs import read_key

    return read_key(text)


def _said(found: "Verified") -> str:
    said = [f"NOT AS SIGNED: {problem}" for problem in found.problems]
    said += [f"To be known: {gap}" for gap in found.gaps]
    counted = f"{found.lines} lines, {found.heads} heads, {found.cosignatures} cosignatures, {found.stamps} time-stamps"
    return "\n".join([*said, f"{counted}: {'as signed' if not found.problems else 'NOT as signed'}"])
