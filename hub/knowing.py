"""Whose machine asks: by its key, its certificate or its signature; and by what the hub signs its answers."""

from adapters.signing import Identity, identity
from contracts import Refused
from hub.access import Caller, machine
from hub.flow import Flow
from hub.index import Store
from registry import Registry


class Knowing:
    """The part of ``Hub`` that the doors ask first."""

    store: Store
    registry: Registry
    flow: Flow
    _identity: Identity | None

    def participant_by_key(self, key: str) -> Caller:
        """Who holds ``key``; raises ``Refused`` with code ``wrong_key``."""
        found = self.registry.participant_by_key(key)
        if found.certificates and not found.bearer:
            raise Refused("signature_needed", "This participant signs its messages; its key alone is not taken.")
        return machine(found)

    def holder_of_key(self, key: str) -> Caller:
        """Who holds ``key``, whatever else it must prove itself by; raises ``Refused`` with code ``wrong_key``."""
        return machine(self.registry.participant_by_key(key))

    def participant_by_certificate(self, certificate: str) -> Caller:
        """Whose certificate (base64 DER) it is; raises ``Refused`` with code ``unknown_certificate``."""
        found = self.registry.participants.of_certificate(certificate)
        if found is None:
            raise Refused("unknown_certificate", "This certificate is registered for nobody. Have it registered first.")
        return machine(found)

    def certificate_named(self, participant: str, fingerprint: str) -> str:
        """A participant's certificate (base64 DER) by its SHA-256; ``Refused`` (``unknown_certificate``)."""
        found = self.registry.participants.get(participant)
        for text in found.certificates if found is not None else ():
            if identity.fingerprint(text) == fingerprint:
                return text
        raise Refused("unknown_certificate", "This certificate is registered for nobody. Have it registered first.")

    def take_signature(self, caller: Caller, value: str) -> None:
        """Note that a signature was seen; raises ``Refused`` (``replayed``) if it was before, at any process."""
        with self.store.write() as work:
            if not work.replies.first(namespace(caller), value, self.flow.now()):
                raise Refused("replayed", "This very message came before. Sign each message anew, a repeated one too.")

    def signs(self) -> Identity | None:
        """By what the hub signs its answers; None where ``TRACKCHILD_SIGNING_KEY`` is not set."""
        return self._identity


def namespace(caller: Caller) -> str:
    """Whose keys they are; people have none."""
    return caller.participant.id if caller.participant is not None else "-"
