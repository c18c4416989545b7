"""Which adapter a command means: a participant of the registry, a kind with an address, or a manifest's file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from contracts import Refused

if TYPE_CHECKING:
    from adapters.base import Adapter
    from adapters.by_manifest import ByManifest

System = Annotated[
    str, typer.Argument(help="A participant of the registry; or, with --url, an adapter's kind or a manifest's file.")
]
Url = Annotated[str | None, typer.Option(help="Address of a system that is not registered yet.")]
Secret = Annotated[str | None, typer.Option(help="Where its secret lies: env:NAME or file:PATH.")]


def named(system: str, url: str | None, secret: str | None) -> "Adapter":
    """The adapter; one with ``--url`` reaches what the machine's own console reaches."""
    from adapters import catalog
    from adapters.base import Connection
    from adapters.outgoing import ANYWHERE
    from hub.settings import from_environment
    from portal.cli.opened import opened_hub
    from registry import secrets

    if url is None:
        require_participant(system)
        with opened_hub() as hub:
            return hub.systems.adapter(system)
    path = manifest_file(system)
    name = (path.parent.name if path else system).replace("_", "-").lower()
    connection = Connection(name, url, secret and secrets.read(secret), outgoing=ANYWHERE)
    if path is not None:
        return catalog.of_file(path, connection)
    return catalog.adapter(system, connection, from_environment().adapters)


def require_participant(system: str) -> None:
    """``Refused`` (``no_address``) where a manifest is named and no address."""
    if manifest_file(system) is not None:
        raise Refused("no_address", "A manifest alone has no address. Give the system's with --url.")


def manifest_file(named: str) -> Path | None:
    """The file if a manifest or its folder is meant, else None."""
    path = Path(named)
    if path.is_dir() and (path / "manifest.toml").is_file():
        return (path / "manifest.toml").resolve()
    return path.resolve() if path.suffix == ".toml" and path.is_file() else None


def with_manifest(made: "Adapter") -> "ByManifest":
    """The same; ``Refused`` (``no_manifest``) for one that is Python alone."""
    from adapters.by_manifest import ByManifest

    if not isinstance(made, ByManifest):
        raise Refused("no_manifest", "This adapter has no manifest of its own to preview.")
    return made
