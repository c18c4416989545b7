"""``trackchild accounts``: people who may sign in to the portal."""

from typing import Annotated

import segno
import typer

from contracts import Refused
from hub.access import PURPOSES, Role
from portal.cli import output
from portal.cli.opened import opened_hub

group = typer.Typer(name="accounts", help="People who may sign in to the portal.", no_args_is_help=True)


@group.command()
def add(
    login: Annotated[str, typer.Argument(help="What the person signs in with, e.g. meera.cwc.patna.")],
    name: Annotated[str, typer.Option(help="The person's name or post, for people.")],
    role: Annotated[Role, typer.Option(help="What the person is to the hub.")],
    password: Annotated[
        str,
        typer.Option(
            envvar="TRACKCHILD_NEW_PASSWORD",
            prompt=True,
            hide_input=True,
            confirmation_prompt=True,
            help="At least 8 characters; asked for unless TRACKCHILD_NEW_PASSWORD holds it. Never on the command line.",
        ),
    ],
    institution: Annotated[
        str | None, typer.Option(help="Id of the institution in the registry: its area is what the person may see.")
    ] = None,
    as_json: output.Json = False,
) -> None:
    """Add an account, or give an existing one a new password, name or role.

    Example:

        trackchild accounts add meera.cwc.patna --name "Member, CWC Patna" --role committee --institution br:cwc:212
    """
    from hub.reports import Account

    if institution is None and role in PURPOSES:
        raise Refused("no_institution", "Without an institution a person sees no child. Name one by --institution.")
    account = Account(login=login, password=password, name=name, role=role, institution=institution)
    with opened_hub() as hub:
        if institution is not None and hub.registry.institutions.get(institution) is None:
            raise Refused("unknown_institution", "The registry has no such institution today. Look it up, or add it.")
        hub.seed_accounts([account])
    said = {"login": login, "role": str(role)}
    output.show(said, as_json, lambda: f"{login} may sign in as {role}.")


_Login = Annotated[str, typer.Argument(help="What the person signs in with.")]


@group.command(name="second-factor")
def second_factor(login: _Login, as_json: output.Json = False) -> None:
    """Give an account one-time codes: show the picture that the person's app takes up. It is shown once.

    Example:

        trackchild accounts second-factor meera.cwc.patna
    """
    with opened_hub() as hub:
        address = hub.people.enrol(login)
    if as_json:
        output.show({"login": login, "address": address}, as_json, lambda: "")
        return
    segno.make(address).terminal(compact=True)
    typer.echo(f"Let the person's app read this picture, or take up: {address}")


@group.command()
def revoke(login: _Login, as_json: output.Json = False) -> None:
    """End every session of a person at once.

    Example:

        trackchild accounts revoke meera.cwc.patna
    """
    with opened_hub() as hub:
        many = hub.people.revoke(login)
    output.show({"login": login, "sessions": many}, as_json, lambda: f"{many} sessions of {login} are over.")


@group.command()
def remove(login: _Login, as_json: output.Json = False) -> None:
    """Take an account away and end its sessions at once; what it did stays in the audit.

    Example:

        trackchild accounts remove meera.cwc.patna
    """
    with opened_hub() as hub:
        hub.people.remove(login)
    output.show({"removed": login}, as_json, lambda: f"{login} is removed.")
