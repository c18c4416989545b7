"""``trackchild keys``: a small certificate authority of one's own, and whose certificate is whose."""

import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from portal.cli import output
from portal.cli.opened import opened_hub

group = typer.Typer(name="keys", help="Certificates by which systems sign what they say.", no_args_is_help=True)
authority_group = typer.Typer(name="authority", help="The small authority itself.", no_args_is_help=True)
group.add_typer(authority_group)
_Folder = Annotated[Path, typer.Option(help="Where the authority keeps its key; let nobody else read it.")]
_Participant = Annotated[str, typer.Argument(help="Id of the participant in the registry.")]
_File = Annotated[Path, typer.Argument(help="The certificate, as PEM.", exists=True, dir_okay=False)]


@authority_group.command(name="new")
@group.command()
def init(folder: _Folder = Path("authority"), as_json: output.Json = False) -> None:
    """Make the authority: a key and a certificate of ten years. Refuses where there is one.

    Example:

        trackchild keys authority new --folder authority

        trackchild keys init
    """
    from adapters.signing import authority

    made = authority.init(folder)
    output.show({"certificate": str(made)}, as_json, lambda: f"The authority stands; give others {made}.")


@group.command()
def issue(
    name: Annotated[str, typer.Argument(help="Whom it is for: a participant's id, or the hub's host name.")],
    folder: _Folder = Path("authority"),
    days: Annotated[int, typer.Option(min=1, max=825, help="How long it holds.")] = 90,
    to: Annotated[Path | None, typer.Option(help="File for key and certificate; else NAME.pem.")] = None,
    as_json: output.Json = False,
) -> None:
    """Make a new key and certificate in one file, to sign by. Renewing is the same, under another file name.

    Example:

        trackchild keys issue police-br --days 90
    """
    from adapters.signing import authority

    made = authority.issue(folder, name, datetime.timedelta(days=days), to or Path(f"{name}.pem"))
    output.show({"file": str(made)}, as_json, lambda: f"{made} holds the key and the certificate of {name}.")


@group.command()
def request(
    name: Annotated[str, typer.Argument(help="Who asks: a participant's id.")],
    to: Annotated[Path | None, typer.Option(help="File for the request; else NAME.csr.")] = None,
    as_json: output.Json = False,
) -> None:
    """Make a key that stays here (NAME.key) and a request that the authority's keeper signs.

    Example:

        trackchild keys request police-br
    """
    from adapters.signing import authority

    asked = to or Path(f"{name}.csr")
    authority.request(name, asked.with_suffix(".key"), asked)
    told = {"request": str(asked), "key": str(asked.with_suffix(".key"))}
    output.show(told, as_json, lambda: f"Send {told['request']} to the authority; {told['key']} stays with you.")


@group.command()
def sign(
    asked: Annotated[Path, typer.Argument(help="The request.", exists=True, dir_okay=False)],
    name: Annotated[str, typer.Argument(help="Whom you know it to come from: names in the request count nothing.")],
    folder: _Folder = Path("authority"),
    days: Annotated[int, typer.Option(min=1, max=825, help="How long it holds.")] = 90,
    to: Annotated[Path | None, typer.Option(help="File for the certificate; else NAME.crt.")] = None,
    as_json: output.Json = False,
) -> None:
    """Certify the key of a request for NAME.

    Example:

        trackchild keys sign police-br.csr police-br
    """
    from adapters.signing import authority

    lifetime = datetime.timedelta(days=days)
    made = authority.sign_request(folder, asked, name, lifetime, to or Path(f"{name}.crt"))
    output.show({"file": str(made)}, as_json, lambda: f"{made} is the certificate of {name}; register it.")


@group.command()
def rotate(
    participant: _Participant,
    folder: _Folder = Path("authority"),
    days: Annotated[int, typer.Option(min=1, max=825, help="How long the new one holds.")] = 90,
    to: Annotated[Path | None, typer.Option(help="File for the new key and certificate.")] = None,
    as_json: output.Json = False,
) -> None:
    """Issue a new certificate and take it beside the old one: both hold until the old one is revoked.

    Example:

        trackchild keys rotate police-br
    """
    from adapters.signing import authority, certificates_of, identity

    today = datetime.datetime.now(datetime.UTC).strftime("%Y%m%d%H%M%S")
    with opened_hub() as hub:
        old = [identity.fingerprint(one) for one in hub.registry.participants.require(participant).certificates]
        lifetime = datetime.timedelta(days=days)
        made = authority.issue(folder, participant, lifetime, to or Path(f"{participant}-{today}.pem"))
        pem = made.read_text()
        _taken(hub, participant, certificates_of(pem[pem.index("-----BEGIN CERTIFICATE") :])[0])
    told = {"file": str(made), "revoke": old}
    then = "".join(f"\nThen: trackchild keys revoke {participant} {one[:16]}" for one in old)
    output.show(told, as_json, lambda: f"Give {made} to {participant}; both hold now.{then}")


def _taken(hub: Any, participant: str, certificate: str) -> int:
    found = hub.registry.participants.require(participant)
    held = [*found.certificates, *([] if certificate in found.certificates else [certificate])]
    hub.registry.participants.alter(type(found).model_validate(found.model_dump() | {"certificates": held}))
    return len(held)


@group.command()
def register(participant: _Participant, certificate: _File, as_json: output.Json = False) -> None:
    """Take the certificate of FILE as the participant's, beside those it has: two hold while one replaces the other.

    From the first one on its keys are refused, unless `trackchild keys bearer` allows them.

    Example:

        trackchild keys register police-br police-br.pem
    """
    from adapters.signing import certificates_of

    new = certificates_of(certificate.read_text())[0]
    with opened_hub() as hub:
        held = _taken(hub, participant, new)
    output.show({"certificates": held}, as_json, lambda: f"{participant} has {held} certificates.")


@group.command()
def revoke(
    participant: _Participant,
    fingerprint: Annotated[str, typer.Argument(help="Its beginning, 8 digits or more, as `keys list` shows it.")],
    as_json: output.Json = False,
) -> None:
    """Take a certificate no more, from this moment, at every process.

    Example:

        trackchild keys revoke police-br 3f09a1c2
    """
    from adapters.signing import identity
    from contracts import Refused

    with opened_hub() as hub:
        found = hub.registry.participants.require(participant)
        kept = [one for one in found.certificates if not identity.fingerprint(one).startswith(fingerprint.lower())]
        if len(fingerprint) < 8 or len(kept) != len(found.certificates) - 1:
            raise Refused(
                "no_such_certificate", "This participant has no one certificate of that fingerprint. List them."
            )
        # Without a certificate its keys would open the doors again: revoking must not weaken.
        hub.registry.participants.alter(
            found.model_copy(update={"certificates": kept, "active": bool(kept or found.bearer)})
        )
    left = "" if kept or found.bearer else " It has none left and is inactive now; register one, then activate it."
    output.show({"certificates": len(kept)}, as_json, lambda: f"Revoked; {len(kept)} left.{left}")


@group.command()
def bearer(
    participant: _Participant,
    allow: Annotated[bool, typer.Option("--allow/--refuse", help="Whether keys are taken beside signatures.")],
    as_json: output.Json = False,
) -> None:
    """Allow or refuse a participant's keys beside its certificates.

    Example:

        trackchild keys bearer police-br --refuse
    """
    with opened_hub() as hub:
        found = hub.registry.participants.require(participant)
        hub.registry.participants.alter(found.model_copy(update={"bearer": allow}))
    output.show({"bearer": allow}, as_json, lambda: f"Keys of {participant}: {'allowed' if allow else 'refused'}.")


@group.command()
def expiring(
    days: Annotated[int, typer.Option(min=0, max=3650, help="How many days ahead.")] = 30, as_json: output.Json = False
) -> None:
    """Show what runs out and the flows that stop then: certificates and keys that nothing longer replaces.

    Example:

        trackchild keys expiring --days 90
    """
    with opened_hub() as hub:
        rows = [
            {
                "participant": one.participant,
                "kind": one.kind,
                "name": one.name,
                "until": one.until.isoformat(),
                "stops": list(one.flows),
            }
            for one in hub.expiry.soon(days)
        ]
    output.show(rows, as_json, lambda: "\n".join(map(_expiring, rows)) or f"Nothing runs out within {days} days.")


def _expiring(row: dict[str, Any]) -> str:
    flows = ", ".join(row["stops"])
    return f"{row['participant']}  {row['kind']}  {row['name']}  until {row['until'][:10]}  stops: {flows}"


@group.command(name="list")
def list_(as_json: output.Json = False) -> None:
    """Show every registered certificate and when it runs out.

    Example:

        trackchild keys list
    """
    from adapters.signing import certificate_text, identity

    with opened_hub() as hub:
        rows = [
            {
                "participant": one.id,
                "fingerprint": identity.fingerprint(text),
                "until": certificate_text(text).not_valid_after_utc.isoformat(),
            }
            for one in hub.registry.participants.all()
            for text in one.certificates
        ]
    lines = [f"{row['participant']}  {row['fingerprint'][:16]}  until {row['until'][:10]}" for row in rows]
    output.show(rows, as_json, lambda: "\n".join(lines) or "No certificate is registered.")
