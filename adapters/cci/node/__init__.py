"""Software for child care institutions, a system of its own: many homes, their residents and eFiles, by REST."""

from collections.abc import Callable
from pathlib import Path

from adapters.cci.node.app import application
from adapters.cci.node.register import Register
from adapters.lookalike.listening import listen
from adapters.lookalike.starting import fitting, say_ready


def serve(
    *,
    port: int,
    database: str,
    load: Path | None = None,
    key: str | None = None,
    announce: Callable[[str], None] = say_ready,
) -> None:
    """Listen on 127.0.0.1 until SIGTERM or SIGINT.

    ``key`` is the operator's bearer token, none lets all call; staff of a home come in with passes of their own.
    """
    register = Register(database, key)
    if load is not None:
        with fitting(load):
            register.load(load)
    listen(application(register), port, announce)
    register.close()
