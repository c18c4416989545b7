"""A state police system of its own: missing children and recovered persons, by SOAP 1.1, in its own words."""

from collections.abc import Callable
from pathlib import Path

from a2wsgi import WSGIMiddleware

from adapters.lookalike.listening import listen
from adapters.lookalike.starting import fitting, say_ready
from adapters.state_police.node.door import Door
from adapters.state_police.node.register import Register


def serve(
    *,
    port: int,
    database: str,
    load: Path | None = None,
    key: str | None = None,
    announce: Callable[[str], None] = say_ready,
) -> None:
    """Listen on 127.0.0.1 until SIGTERM or SIGINT; ``key`` is the ``user:password`` asked for, or a PEM bundle
    to sign by; none lets all call.
    """
    register = Register(database)
    if load is not None:
        with fitting(load):
            register.load(load)
    listen(WSGIMiddleware(Door(register, key), workers=8), port, announce)
    register.close()
