"""Databases that begin alike: each trial of a fault gets a copy of one that was prepared."""

import shutil
from pathlib import Path

from sqlalchemy import create_engine, make_url, text


class Copies:
    """Copies of the database at ``url``, which nobody may have open meanwhile; each takes the place of the last."""

    def __init__(self, url: str) -> None:
        self._from = make_url(url)
        self._postgresql = self._from.get_backend_name() == "postgresql"

    def fresh(self, name: str = "copy") -> str:
        """URL of a new copy."""
        assert self._from.database is not None
        to = self._from.set(database=f"{self._from.database}_{name}")
        self._copy(self._from.database, str(to.database))
        return to.render_as_string(hide_password=False)

    def _copy(self, prepared: str, copy: str) -> None:
        if not self._postgresql:
            for leftover in (f"{copy}-wal", f"{copy}-shm"):
                Path(leftover).unlink(missing_ok=True)
            shutil.copyfile(prepared, copy)
            return
        self.drop(copy.removeprefix(f"{prepared}_"))
        self._server(f"CREATE DATABASE {copy} TEMPLATE {prepared} STRATEGY FILE_COPY")

    def drop(self, name: str = "copy") -> None:
        """Remove a copy from the server."""
        if self._postgresql:
            self._server(f"DROP DATABASE IF EXISTS {self._from.database}_{name} WITH (FORCE)")

    def _server(self, statement: str) -> None:
        engine = create_engine(self._from.set(database="postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()
