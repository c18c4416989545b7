"""A ZIPNET look-alike of its own: own words, own database, own port, and the real one's bad habits on request."""

from collections.abc import Callable
from pathlib import Path

from adapters.lookalike.listening import listen
from adapters.lookalike.starting import fitting, say_ready
from adapters.zipnet.node.app import build
from adapters.zipnet.node.store import Store


def serve(
    *,
    port: int,
    database: str,
    load: Path | None = None,
    key: str | None = None,
    announce: Callable[[str], None] = say_ready,
) -> None:
    """Run until SIGTERM or SIGINT. ``port`` 0 is any free one; ``load`` is taken in once, before listening.

    ``key`` is asked for (X-Api-Key) by the alerts inbox; the lists are public, as ZIPNET's are.
    """
    store = Store(database)
    try:
        if load is not None:
            with fitting(load):
                store.load(load)
        listen(build(store, key), port, announce)
    finally:
        store.close()
