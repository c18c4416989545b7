"""Software for child care institutions, a system of its own: many homes, their residents and eFiles, by REST."""

from pathlib import Path

from adapters.cci.node.app import application
from adapters.cci.node.register import Register
from adapters.lookalike.listening import listen


def serve(*, port: int, database: str, load: Path | None = None, key: str | None = None) -> None:
    """Listen on 127.0.0.1 until SIGTERM or SIGINT; ``key`` is the bearer token asked for, none lets all call."""
    register = Register(database)
    if load is not None:
        register.load(load)
    listen(application(register, key), port)
    register.close()
