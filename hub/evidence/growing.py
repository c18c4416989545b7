"""Lets the audit's tree grow: every line written since gets its leaf, the new head is signed and time-stamped."""

import datetime
import os
from collections.abc import Callable
from pathlib import Path

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from contracts import Refused, TrackChildError, Unready
from hub.evidence.offline.checkpoint import LOG, Head, Signer, join
from hub.index import Store
from hub.leasing import Lease, leased

log = structlog.get_logger()
_AT_ONCE = 5_000
#: Gives the RFC 3161 token over a message, or raises ``Unready``.
Stamp = Callable[[bytes], bytes]


class Growing:
    """``signer`` None: the tree grows, but its heads are not signed, so none is kept."""

    def __init__(
        self,
        store: Store,
        signer: Signer | None,
        stamp: Stamp | None = None,
        now: Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.UTC),
    ) -> None:
        self._store, self._signer, self._stamp, self._now = store, signer, stamp, now

    def grow(self, lease_seconds: float = 60.0) -> int:
        """Take in what waits; how many lines. ``Unready`` (``already_running``) while another process does so."""
        with self._store.read() as work:
            if not work.evidence.waiting(1):
                return 0
        with leased(self._store, "audit tree", lease_seconds) as lease:
            taken = 0
            while many := self._step(lease):
                taken += many
        return taken

    def _step(self, lease: Lease) -> int:
        with self._store.write() as work:
            lease.confirm(work)
            lines = work.evidence.waiting(_AT_ONCE)
            if not lines:
                return 0
            size = work.evidence.append(lines)
            head = None if self._signer is None else Head(self._signer.verifier.name, size, work.evidence.root(size))
            if head is not None and self._signer is not None:
                work.evidence.keep_head(size, join(head, [self._signer.sign(head.body)]), self._now())
        if head is not None and self._stamp is not None:
            self._stamped(head, self._stamp)
        return len(lines)

    def _stamped(self, head: Head, stamp: Stamp) -> None:
        """Exchange goes on without the authority; that its stamp is missing stands in the database."""
        try:
            token: bytes | None = stamp(head.body.encode())
        except TrackChildError as error:
            log.warning("timestamp_missed", size=head.size, code=error.code)
            token = None
        with self._store.write() as work:
            work.evidence.stamp(head.size, token, self._now())

    def require_current(self, within: float) -> None:
        """Let the tree grow if it is behind; ``Unready`` (``audit_behind``) where a line waits longer than allowed.

        A sensitive read asks this first: what cannot be proven later is not shown.
        """
        limit = self._now() - datetime.timedelta(seconds=within)
        if self._waits_since(limit):
            try:
                self.grow()
            except TrackChildError as error:
                log.warning("audit_tree_did_not_grow", code=error.code)
            if self._waits_since(limit):
                raise Unready("audit_behind", "The audit cannot be proven just now, so nothing is shown. Try later.")

    def _waits_since(self, limit: datetime.datetime) -> bool:
        with self._store.read() as work:
            oldest = work.evidence.waiting(1)
        return bool(oldest) and oldest[0].at < limit


def new_key(path: Path) -> None:
    """Write a new private key, readable by its owner only; ``Refused`` (``key_exists``) rather than lose one."""
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        with open(path, "xb", opener=_private) as file:
            file.write(pem)
    except FileExistsError:
        raise Refused("key_exists", f"There is a file {path.name} already. Name another, or keep that key.") from None


def signer_from(path: Path, name: str, kind: int = LOG) -> Signer:
    """The key in a PEM file; ``Refused`` (``bad_signing_key``) if it is no Ed25519 key."""
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise Refused("bad_signing_key", f"The key file cannot be read ({type(error).__name__}). Check it.") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise Refused("bad_signing_key", "The key is not an Ed25519 key. Make one by `trackchild audit new-key`.")
    return Signer(name, key, kind)


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)
