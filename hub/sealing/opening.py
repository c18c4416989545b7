"""The safe of a hub as its settings and its database say: made at the first start, required at every later one."""

import structlog

from hub.index import Store, Work
from hub.index.safe import Safe
from hub.sealing.keyring import Keyring, missing

log = structlog.get_logger()
#: The hub's own key, for hashes of what was sent.
TAGS = "tags"


def open_safe(store: Store, reference: str) -> None:
    """Give the store its safe: a new hub whose key is named closes from its first record on, an existing one from the
    moment that ``trackchild encryption start`` was said, without a restart; ``none`` leaves a new hub open.

    Raises ``Refused``: ``encryption_key_missing``, ``bad_key_reference``, ``bad_encryption_key``.
    """
    keyring = None if reference == "none" else Keyring(reference)
    with store.write() as work:
        if work.keys.is_switched_on():
            if keyring is None or not keyring.exists:
                raise missing()
            work.keys.check(keyring)
            store.safe = Safe(keyring)
        elif keyring is not None and work.keys.is_new():
            keyring.make()
            store.safe = _begun(work, keyring)
            log.info("encryption_begun", key_at=keyring.reference, to_do="keep a copy of the key apart from backups")
        elif keyring is not None:
            store.safe = Safe(keyring, on=False)
            log.warning("not_encrypted", to_do="trackchild encryption start; see docs/security.md")


def _begun(work: Work, keyring: Keyring) -> Safe:
    """A new hub's safe, with a key of its own."""
    safe = Safe(keyring)
    safe.make_hub_key(work.connection, TAGS)
    work.keys.switch_on()
    return safe
