"""What a source has, record by record: by its inventory where it keeps one, else by reading the whole of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import ValidationError

from adapters.base import Adapter, Capability, Gap, Words
from contracts import ChildRecord, Skipped
from hub.index.reconciliations import Seen


@dataclass(frozen=True)
class Look:
    """One row of the source: what it is (None: it could not be given), its record if it was read, where to resume."""

    seen: Seen | None
    record: ChildRecord | None
    cursor: str


def how_of(adapter: Adapter) -> str:
    """``inventory`` or ``pull``."""
    return "inventory" if Capability.INVENTORY in adapter.capabilities else "pull"


def listed(adapter: Adapter, how: str, cursor: str | None) -> Iterator[Look]:
    """Every record of the source from ``cursor`` on; ``Unready`` where the source breaks off."""
    return by_inventory(adapter, cursor) if how == "inventory" else by_pull(adapter, cursor)


def by_inventory(adapter: Adapter, cursor: str | None) -> Iterator[Look]:
    for item in adapter.inventory(cursor):
        if isinstance(item, Gap):
            yield Look(None, None, item.cursor)
        else:
            place, version = item.place[:40], item.version and item.version[:64]
            yield Look(Seen(item.source_id, place, version, item.changed_at), None, item.cursor)


def by_pull(adapter: Adapter, cursor: str | None) -> Iterator[Look]:
    """The whole source read and translated, and nothing of it taken in."""
    for item in adapter.pull(cursor):
        yield Look(None, None, item.cursor) if isinstance(item, Gap) else read(adapter, item)


def read(adapter: Adapter, words: Words) -> Look:
    """One record in its owner's words, as the hub would keep it; ``aside`` says why it would not."""
    place = str(words.body.get("@list", ""))[:40]
    try:
        record = adapter.translate(words)
    except Skipped as skipped:
        return Look(Seen(words.source_id, place, aside=skipped.code[:80]), None, words.cursor)
    except ValidationError:
        return Look(Seen(words.source_id, place, aside="contract_refused"), None, words.cursor)
    except Exception:  # a defect of the adapter on one row: the pull lays it aside and says so
        return Look(Seen(words.source_id, place, aside="translate_failed"), None, words.cursor)
    if record.ref.participant != adapter.connection.participant:
        return Look(Seen(words.source_id, place, aside="own_namespace"), None, words.cursor)
    seen = Seen(record.ref.source_id, place, record.ref.version, record.recorded_at)
    return Look(seen, record, words.cursor)
