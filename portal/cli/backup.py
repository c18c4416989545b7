"""``trackchild backup`` and ``trackchild restore``: the whole database in one file, and back."""

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer.core import TyperGroup

from contracts import Refused
from portal.cli import output

if TYPE_CHECKING:
    from hub.backup import Manifest


class _MakeByDefault(TyperGroup):
    """``trackchild backup PATH`` is ``trackchild backup make PATH``."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        if args and args[0] not in self.commands and args[0] != "--help":
            args = ["make", *args]
        return super().parse_args(ctx, args)


group = typer.Typer(
    name="backup",
    cls=_MakeByDefault,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="Write the whole database into one checked file, while the hub works.\n\n"
    "`trackchild backup FOLDER --keep 14` is `trackchild backup make FOLDER --keep 14`.",
)
_File = Annotated[Path, typer.Argument(help="A backup's file.", exists=True, dir_okay=False)]


def add_to(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.add_typer(group)
    app.command()(restore)


@group.command()
def make(
    path: Annotated[Path, typer.Argument(help="A new file, or a folder in which it is named by the time.")],
    keep: Annotated[int | None, typer.Option(min=1, help="Of a folder, remove all but so many of the newest.")] = None,
    as_json: output.Json = False,
) -> None:
    """Write a backup of the database as it is now, and read it again. The hub goes on meanwhile.

    Examples:

        trackchild backup before-the-upgrade.zip

        trackchild backup make /var/backups/trackchild --keep 14
    """
    from hub import backup
    from hub.index import Store
    from hub.settings import from_environment

    if keep is not None and not path.is_dir():
        raise Refused("not_a_folder", "--keep is for a folder of backups. Name one that is there.")
    target = path / backup.name_of(datetime.datetime.now(datetime.UTC)) if path.is_dir() else path
    store = Store.at(from_environment().database, 1)
    try:
        with output.progress("Rows copied", as_json) as advance:
            made = backup.make(store, target, advance)
    finally:
        store.close()
    if keep is not None:
        backup.forget_older(path, keep)
    _show(target, made, as_json)


@group.command()
def verify(file: _File, as_json: output.Json = False) -> None:
    """Read all of a backup and compare it with its checksums.

    Example:

        trackchild backup verify before-the-upgrade.zip
    """
    from hub import backup

    with output.progress("Rows read", as_json) as advance:
        found = backup.verify(file, advance)
    _show(file, found, as_json)


def restore(
    file: _File,
    force: Annotated[bool, typer.Option("--force", help="Although the database is not empty: it is lost.")] = False,
    keys: Annotated[Path | None, typer.Option(help="The children's keys; else the newest beside the backup.")] = None,
    ledger: Annotated[list[Path] | None, typer.Option(help="Ledgers of erasures besides this hub's own.")] = None,
    as_json: output.Json = False,
) -> None:
    """Fill an empty database from a backup, whichever of the two databases it was made on; all of it or nothing.
    What was erased since does not come back.

    Stop every process of the hub first. Examples:

        trackchild --database sqlite:///again.db restore before-the-upgrade.zip

        trackchild --database postgresql+psycopg://hub@db/trackchild restore before-the-upgrade.zip --force
    """
    from hub import backup
    from hub.erasing.ledger import Ledger
    from hub.index import Store
    from hub.settings import from_environment

    settings = from_environment()
    ledgers = [Ledger(path) for path in (settings.ledger, *(ledger or []))]
    store = Store.at(settings.database, 1)
    try:
        with output.progress("Rows restored", as_json) as advance:
            restored = backup.restore(store, file, force, advance, ledgers, keys)
    finally:
        store.close()
    _show(file, restored, as_json)


def _show(file: Path, manifest: "Manifest", as_json: bool) -> None:
    told = {
        "file": str(file),
        "bytes": file.stat().st_size,
        "taken_at": manifest.taken_at,
        "made_by": manifest.made_by,
        "migration": manifest.migration,
        "database": manifest.backend,
        "rows": manifest.rows,
        "records": next((table.rows for table in manifest.tables if table.name == "records"), 0),
    }
    output.show(told, as_json, lambda: output.table("Backup", ("what", "value"), list(told.items())))
