"""The ledger of erasures: a file outside the database, added to only, that a restored backup is held against.

A line is the whole erasure as JSON, without a word or number of the child. It is on the disk before the erasure counts:
what is in the ledger and was not erased after all was ordered to be.
"""

import datetime
import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from contracts import Refused
from hub.index.erasing import Erasure

_DAMAGED = "A line of the ledger of erasures is not whole. Restore the file from its copy."


class Ledger:
    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def exists(self) -> bool:
        return self.path.exists()

    def add(self, erasures: Iterable[Erasure]) -> None:
        """Append, and have it on the disk. ``Refused`` (``ledger_not_writable``)."""
        text = "".join(json.dumps(vars(one) | {"at": one.at.isoformat()}) + "\n" for one in erasures)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            message = "The ledger of erasures cannot be written, so nothing was erased. See TRACKCHILD_ERASURES."
            raise Refused("ledger_not_writable", message) from None

    def read(self) -> list[Erasure]:
        """Everything that was erased, oldest first; ``Refused`` (``ledger_damaged``)."""
        if not self.exists:
            return []
        return [_erasure(line) for line in self.path.read_text().splitlines() if line.strip()]


def joined(ledgers: Sequence[Ledger]) -> dict[str, Erasure]:
    """Hub's number -> erasure, of several ledgers: each machine on which somebody erased has its own."""
    return {one.hub_id: one for ledger in ledgers for one in ledger.read()}


def _erasure(line: str) -> Erasure:
    try:
        said = json.loads(line)
        return Erasure(**said | {"at": datetime.datetime.fromisoformat(said["at"])})
    except (ValueError, TypeError, KeyError):
        raise Refused("ledger_damaged", _DAMAGED) from None
