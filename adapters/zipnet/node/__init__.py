"""A ZIPNET look-alike of its own: own words, own database, own port, and the real one's bad habits on request."""

from pathlib import Path

from adapters.lookalike.listening import listen
from adapters.zipnet.node.app import build
from adapters.zipnet.node.store import Store


def serve(*, port: int, database: str, load: Path | None = None, key: str | None = None) -> None:
    """Run until SIGTERM or SIGINT. ``port`` 0 is any free one; ``load`` is taken in once, before listening.

    ``key`` is asked for (X-Api-Key) by the alerts inbox; the lists are public, as ZIPNET's are.
    """
    store = Store(database)
    try:
        if load is not None:
            store.load(load)
        listen(build(store, key), port)
    finally:
        store.close()
