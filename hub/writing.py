"""The live writing of one section: audited before the owner is asked, passed on, never kept."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from adapters.base import Capability
from contracts import (
    Officer,
    Purpose,
    Reference,
    Refused,
    SectionChange,
    SectionName,
    SectionWriting,
    SectionWritten,
    Unready,
)
from contracts.errors import TrackChildError, problems_of
from hub.access import Act, Caller, require_purpose, require_section
from hub.reading import AtOwners, line_of, record_of


@dataclass(frozen=True)
class Draft:
    """What somebody wrote of one section: ``changes`` by the owner's names, None takes an entry away.

    ``write_id`` is the draft's own: sent twice, it is written once. ``seen`` is the version that was before them.
    """

    write_id: str
    seen: str
    changes: Mapping[str, str | None]


class Writing(AtOwners):
    """The system of a participant that can be written to is told."""

    def section(
        self, caller: Caller, hub_id: str, section: SectionName, draft: Draft, purpose: Purpose, case: str
    ) -> SectionWritten:
        """Have the owner write. The line in the audit is there before; without it nothing is asked.

        Raises ``Refused`` (``not_allowed``, ``section_not_allowed``, ``purpose_not_allowed``, ``no_case_stated``,
        ``unknown_case``, ``bad_writing``, ``owner_cannot_be_written``, ``section_overtaken``, or the owner's own) and
        ``Unready`` (the owner's own, ``owner_failed``, ``audit_behind``).
        """
        caller.require(Act.WRITE_SECTION)
        purpose, case = require_purpose(caller, purpose, case)
        self._require_proof()
        with self._store.read() as work:
            record, tied = record_of(work, caller, hub_id)
        officer = require_section(caller, section, tied, Act.WRITE_SECTION)
        writing = self._writing(record.ref, officer, section, draft, purpose, case)
        line = line_of(officer, section, purpose, case, hub_id, Act.WRITE_SECTION)
        return self._noted(line, "written", lambda: self._ask(writing))

    def _writing(
        self, ref: Reference, officer: Officer, section: SectionName, draft: Draft, purpose: Purpose, case: str
    ) -> SectionWriting:
        try:
            return SectionWriting(
                write_id=draft.write_id,
                ref=ref,
                section=section,
                seen=draft.seen,
                changes=[SectionChange(name=name, value=value) for name, value in draft.changes.items()],
                purpose=purpose,
                case=case,
                officer=officer,
                asked_at=self._now(),
            )
        except ValidationError as error:
            said = "What was written does not fit: an entry has at most 4,000 letters. Shorten it and send it again."
            raise Refused("bad_writing", said, problems_of(error)) from None

    def _ask(self, writing: SectionWriting) -> SectionWritten:
        adapter = self._adapter_for(writing.ref.participant, Capability.STORE)
        if adapter is None:
            said = "The owner's system takes no writing from the hub. Tell the owner directly."
            raise Refused("owner_cannot_be_written", said)
        try:
            return adapter.store(writing)
        except TrackChildError:
            raise
        except Exception as error:
            # What went wrong may repeat what was written: only its kind is passed on.
            said = f"Writing at the owner failed ({type(error).__name__}). Send it again later."
            raise Unready("owner_failed", said) from None


def draft_key(secret: str, caller: Caller) -> bytes:
    """32 bytes by which this person's browser closes its drafts; drawn from the hub's secret, so kept nowhere."""
    caller.require(Act.WRITE_SECTION)
    return hmac.digest(secret.encode(), f"draft {caller.id}".encode(), hashlib.sha256)
