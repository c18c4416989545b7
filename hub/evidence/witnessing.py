"""Witnesses: participants that keep the hub's heads, check that each goes on from the last, and sign what they saw."""

import base64
import datetime
from collections.abc import Callable
from pathlib import Path

from contracts import Participant, Refused
from contracts.evidence import AuditHead, CosignAuditHead, Cosigned, GetAuditHead
from hub.evidence.offline import merkle
from hub.evidence.offline.checkpoint import Head, Malformed, Signer, Verifier, join, part
from hub.index import Store


class Heads:
    """The hub's side."""

    def __init__(
        self,
        store: Store,
        now: Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.UTC),
    ) -> None:
        self._store, self._now = store, now

    def head(self, wanted: GetAuditHead) -> AuditHead:
        """The newest head with its proof from ``since``. ``Refused`` (``heads_not_signed``, ``unknown_head``)."""
        with self._store.read() as work:
            kept = work.evidence.head()
            if kept is None:
                raise Refused("heads_not_signed", "This hub signs no heads of its audit. Tell its operator.")
            if wanted.since is not None and not 0 < wanted.since <= kept.size:
                raise Refused("unknown_head", "The audit was never of that size. Keep your head and call for help.")
            old = wanted.since
            proof = [] if old is None else merkle.consistency(old, kept.size, work.evidence.node)
        text = [base64.b64encode(hash_).decode() for hash_ in proof]
        return AuditHead(size=kept.size, checkpoint=kept.checkpoint, consistency=text, signed_at=kept.at)

    def cosign(self, witness: Participant, said: CosignAuditHead) -> Cosigned:
        """Keep a witness's signature. ``Refused``: ``no_witness_key``, ``unknown_head``, ``wrong_cosignature``."""
        key = _key_of(witness)
        with self._store.read() as work:
            kept = work.evidence.head(said.size)
        if kept is None:
            raise Refused("unknown_head", "There is no head of that size. Take the newest from GetAuditHead.")
        head, _ = part(kept.checkpoint)
        if not key.verify(head.body, said.cosignature):
            raise Refused("wrong_cosignature", "The cosignature does not fit the head and your registered key.")
        with self._store.write() as work:
            work.evidence.cosign(said.size, key.name, said.cosignature, self._now())
        return Cosigned(size=said.size, witness=key.name)


def _key_of(witness: Participant) -> Verifier:
    if witness.witness_key is None:
        raise Refused("no_witness_key", "No key of yours is registered for this. Give yours to the hub's operator.")
    try:
        return Verifier.read(witness.witness_key)
    except Malformed as error:
        raise Refused("no_witness_key", f"The key registered for you is unusable. {error}") from None


class Witness:
    """A participant's side: ``state`` is the file in which the heads seen so far stand, newest last."""

    def __init__(self, hub_key: Verifier, signer: Signer, state: Path) -> None:
        self._hub, self._signer, self._state = hub_key, signer, state

    def since(self) -> int | None:
        """Size of the last head seen."""
        last = self._last()
        return None if last is None else last.size

    def saw(self, told: AuditHead, now: datetime.datetime) -> str | None:
        """Check that the head is signed and goes on from the last one; keep and sign it; None if nothing is new.

        ``Refused`` (``bad_checkpoint``, ``head_not_signed``, ``audit_rewritten``): nothing is kept or signed then.
        """
        try:
            head, signatures = part(told.checkpoint)
        except Malformed as error:
            raise Refused("bad_checkpoint", str(error)) from None
        if head.origin != self._hub.name or not any(self._hub.verify(head.body, line) for line in signatures):
            raise Refused(
                "head_not_signed", "The head is not signed by the hub's key. Check the key, then call for help."
            )
        last = self._last()
        if last is not None and not _goes_on(last, head, told.consistency):
            raise Refused(
                "audit_rewritten", "The audit does not go on from the head you saw. Keep both, call for help."
            )
        if last is not None and last.size == head.size:
            return None
        line = self._signer.sign(head.body, int(now.timestamp()))
        with self._state.open("a", encoding="utf-8") as file:
            file.write(join(head, [*signatures, line]) + "\n")
        return line

    def _last(self) -> Head | None:
        seen = read_heads(self._state)
        return part(seen[-1])[0] if seen else None


def read_heads(state: Path) -> list[str]:
    """The checkpoints in a witness's file; ``Refused`` (``bad_checkpoint``) if it holds something else."""
    text = state.read_text("utf-8") if state.exists() else ""
    blocks = text.split("\n\n")
    heads = [f"{body}\n\n{signatures}\n" for body, signatures in zip(blocks[0::2], blocks[1::2], strict=False)]
    try:
        for one in heads:
            part(one)
    except Malformed as error:
        raise Refused("bad_checkpoint", f"A head in the witness's file cannot be read. {error}") from None
    return heads


def _goes_on(last: Head, head: Head, consistency: list[str]) -> bool:
    proof = [base64.b64decode(one) for one in consistency]
    return merkle.verify_consistency(last.size, head.size, last.root, head.root, proof)
