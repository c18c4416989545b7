"""Encryption of a hub that works: what stands, closing an existing database, another key-encryption key."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from contracts import Refused
from hub.index import Store
from hub.index.closing import TABLES
from hub.index.keys import KeyCount
from hub.index.safe import Safe
from hub.sealing.keyring import Keyring
from hub.sealing.opening import TAGS

Progress = Callable[[int, int | None], None]
log = structlog.get_logger()
_AT_ONCE = 500
_MOST_PASSES = 5


@dataclass(frozen=True)
class Standing:
    """Whether new words are closed, what still lies in clear, and by which key-encryption keys children's keys are."""

    on: bool
    key_at: str
    in_clear: dict[str, int]
    children: list[KeyCount]
    closes: str | None


class Encrypting:
    def __init__(self, store: Store, reference: str) -> None:
        self._store, self._reference = store, reference

    def standing(self) -> Standing:
        with self._store.read() as work:
            on = work.keys.is_switched_on()
            return Standing(on, self._reference, work.closing.open_rows(), work.keys.counts(), work.keys.closing())

    def start(self, progress: Progress = lambda *_: None) -> int:
        """Close everything that an existing hub holds in clear while it works; rows looked at.

        Every process must know where the key is before: one that does not writes on in clear and cannot read what is
        closed. May be ended and said again: it goes on. Raises ``Refused`` (``no_key_named``).
        """
        self._switch_on(self._keyring())
        done = 0
        for _ in range(_MOST_PASSES):
            done += self._pass(progress, done)
            if not any(self.standing().in_clear.values()):
                break
        self._store.vacuum()
        return done

    def _switch_on(self, keyring: Keyring) -> None:
        keyring.make()
        if not isinstance(self._store.safe, Safe):
            self._store.safe = Safe(keyring, on=False)
        with self._store.write() as work:
            if not work.keys.is_switched_on():
                work.keys.close_by(keyring.current)
                self._store.safe.make_hub_key(work.connection, TAGS)
                work.keys.switch_on()
                log.warning("encryption_begun", key_at=keyring.reference, to_do="keep a copy of the key")

    def _pass(self, progress: Progress, before: int) -> int:
        done = 0
        for name in TABLES:
            many: int | None = 0
            while many is not None:
                with self._store.write() as work:
                    many = work.closing.some(name, _AT_ONCE)
                done += many or 0
                progress(before + done, None)
        tagged = 1
        while tagged:
            with self._store.write() as work:
                tagged = work.closing.tag_some(_AT_ONCE)
        return done

    def rotate(self, retire: bool = False, progress: Progress = lambda *_: None) -> str:
        """Wrap every key by a new key-encryption key while the hub works; its id. ``retire``: forget the older ones,
        which backups' keys of before need. Raises ``Refused``: ``not_encrypted``, ``key_kept_elsewhere``."""
        keyring = self._keyring()
        with self._store.write() as work:
            if not work.keys.is_switched_on():
                raise Refused(
                    "not_encrypted", "The database is not encrypted. Say `trackchild encryption start` first."
                )
            work.keys.close_by(_next_key(keyring, work.keys.closing()))
            work.keys.rewrap_own(keyring)
        done = 0
        while self._others(keyring.current):
            with self._store.write() as work:
                many = work.keys.rewrap(keyring, _AT_ONCE)
            done += many
            progress(done, None)
            if not many:
                time.sleep(0.05)  # others hold the rest at this moment
        for older in keyring.ids[:-1] if retire else []:
            keyring.retire(older)
        return keyring.current

    def _others(self, new: str) -> bool:
        with self._store.read() as work:
            return any(one.kek != new for one in work.keys.counts())

    def _keyring(self) -> Keyring:
        if self._reference == "none":
            raise Refused("no_key_named", "Say by TRACKCHILD_ENCRYPTION_KEY where the key is, to every process.")
        return Keyring(self._reference)


def _next_key(keyring: Keyring, closing: str | None) -> str:
    """A new one; or the last line, where somebody put it there since, or a rotation was ended after it did."""
    if closing is not None and keyring.current != closing:
        return keyring.current
    return keyring.add()
