"""The audit's proofs as the hub offers them: grown and signed by the clock, verified, exported, shown to witnesses."""

from collections.abc import Sequence
from functools import cached_property, partial
from pathlib import Path

from contracts import Participant, Refused
from hub.evidence import stamping
from hub.evidence.exporting import export
from hub.evidence.growing import Growing, signer_from
from hub.evidence.offline.checkpoint import LOG, Malformed, Signer, Verifier
from hub.evidence.verifying import Progress, Verified, Verifying
from hub.evidence.witnessing import Heads
from hub.index import Store
from hub.settings import Settings


class Proofs:
    """Joined once, in ``hub.app``. Keys are read when they are first needed."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings = store, settings
        self.heads = Heads(store)

    @cached_property
    def signer(self) -> Signer | None:
        """The hub's key and name; None where none is set."""
        path = self._settings.audit_key
        return None if path is None else signer_from(path, self._settings.audit_name, LOG)

    @cached_property
    def _growing(self) -> Growing:
        url = self._settings.timestamp_url
        stamp = None if url is None else partial(stamping.stamp, url, outgoing=self._settings.outgoing)
        return Growing(self._store, self.signer, stamp)

    def grow(self) -> int:
        """See ``Growing.grow``."""
        return self._growing.grow(self._settings.lease_seconds)

    def require_current(self) -> None:
        """See ``Growing.require_current``."""
        self._growing.require_current(self._settings.audit_behind_seconds)

    def verify(
        self,
        keys: Sequence[str],
        witnesses: Sequence[Participant],
        witnessed: Sequence[str] = (),
        authority: Path | None = None,
        progress: Progress | None = None,
    ) -> Verified:
        """Compute the whole audit anew. ``keys`` are trusted beside today's own. ``Refused`` (``bad_verifier_key``)."""
        own = [] if self.signer is None else [self.signer.verifier]
        told = [*keys, *(one.witness_key for one in witnesses if one.witness_key is not None)]
        fits = partial(stamping.fits, authority=authority)
        verifying = Verifying(self._store, [*own, *map(read_key, told)], witnessed, fits)
        return verifying.run(progress)

    def export(self, path: Path, *, notice: str | None = None, hub_id: str | None = None) -> int:
        """See ``exporting.export``; what waits is taken into the tree first."""
        self.grow()
        return export(self._store, path, notice=notice, hub_id=hub_id)


def read_key(text: str) -> Verifier:
    """A verifier key; ``Refused`` (``bad_verifier_key``) if it is none."""
    try:
        return Verifier.read(text)
    except Malformed as error:
        raise Refused("bad_verifier_key", str(error)) from None
