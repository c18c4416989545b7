"""``trackchild encryption``: whether the database is encrypted, closing one that is not, another key."""

from typing import Annotated

import typer

from portal.cli import output
from portal.cli.opened import opened_hub

group = typer.Typer(
    name="encryption", no_args_is_help=True, rich_markup_mode="markdown", help="Encryption of the database at rest."
)

_Retire = Annotated[
    bool, typer.Option("--retire", help="Forget the older keys, which the backups of before need: make one at once.")
]


@group.command()
def status(as_json: output.Json = False) -> None:
    """Whether new words are closed, what still lies in clear, and by which keys.

    Example:

        trackchild encryption status
    """
    with opened_hub() as hub:
        found = output.plain(hub.encrypting.standing())
    rows = [("new words are closed", found["on"]), ("key-encryption key at", found["key_at"])]
    rows += [(f"in clear: {name}", many) for name, many in found["in_clear"].items()]
    rows += [(f"children's keys under {one['kek']}", one["many"]) for one in found["children"]]
    output.show(found, as_json, lambda: output.table("Encryption at rest", ("what", "value"), rows))


@group.command()
def start(as_json: output.Json = False) -> None:
    """Encrypt an existing database while the hub works; may be ended and said again.

    Every process must know the key before: set TRACKCHILD_ENCRYPTION_KEY, restart them one by one, then say this once.

    Example:

        TRACKCHILD_ENCRYPTION_KEY=file:/etc/trackchild/kek trackchild encryption start
    """
    with opened_hub() as hub:
        with output.progress("Rows", as_json) as advance:
            done = hub.encrypting.start(advance)
        left = hub.encrypting.standing()
    told = {"rows": done, "in_clear": sum(left.in_clear.values()), "key_at": left.key_at, "to_do": "back up the key"}
    output.show(told, as_json, lambda: output.table("Encrypted", ("what", "value"), list(told.items())))


@group.command()
def rotate(retire: _Retire = False, as_json: output.Json = False) -> None:
    """Wrap every key by a new key-encryption key while the hub works.

    Example:

        trackchild encryption rotate
    """
    with opened_hub() as hub, output.progress("Keys", as_json) as advance:
        new = hub.encrypting.rotate(retire, advance)
    told = {"key": new, "older_keys": "forgotten" if retire else "kept", "to_do": "back up the key and the database"}
    output.show(told, as_json, lambda: output.table("Rotated", ("what", "value"), list(told.items())))
