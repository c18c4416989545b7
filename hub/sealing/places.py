"""Where a hub keeps what must not lie in its database, unless a setting names another place."""

import hashlib
import os
from pathlib import Path
from urllib.parse import urlsplit

_SQLITE = "sqlite:///"
_MEMORY = ("", ":memory:")


def beside(database: str, what: str) -> Path:
    """A file that belongs to a database: beside that of SQLite; of PostgreSQL in the user's own data
    (``$XDG_DATA_HOME/trackchild``), named by the database and a hash of where it runs. ``database`` is its URL."""
    if database.startswith(_SQLITE) and (name := database.removeprefix(_SQLITE).partition("?")[0]) not in _MEMORY:
        path = Path(name)
        return path.with_name(f"{path.name}.{what}")
    told = urlsplit(database)
    where = f"{told.hostname}:{told.port}{told.path}?{told.query}"
    name = f"{told.path.strip('/').replace('/', '-') or 'hub'}-{hashlib.sha256(where.encode()).hexdigest()[:8]}.{what}"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "trackchild" / name


def is_in_memory(database: str) -> bool:
    """Whether nothing of it outlives its process."""
    return database.startswith("sqlite:") and database.removeprefix(_SQLITE).partition("?")[0] in (
        *_MEMORY,
        "sqlite://",
    )
