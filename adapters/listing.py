"""What a manifest's ``[[inventory.lists]]`` and ``one`` say: the ids a system has, and one of its records."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from adapters import paging
from adapters.base import Gap, Listed, Words
from adapters.mapping.compile import dig
from adapters.mapping.dates import moment_in
from adapters.mapping.manifest import Call, Inventory, InventoryList, PullList
from contracts import Refused

Asks = Callable[[PullList], paging.Ask]
_SOURCE_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$")


class Asked(Protocol):
    """What asks for one record."""

    def ask(self, call: Call, params: dict[str, Any], source_id: str | None = None) -> Any: ...


def listed(inventory: Inventory, asks: Asks, cursor: str | None, zone: str) -> Iterator[Listed | Gap]:
    """Every row of the lists as its id, version and moment; the cursor is a list, a page of it and its token."""
    names = [source.name for source in inventory.lists]
    name, page, token = json.loads(cursor) if cursor else (names[0], 0, None)
    first = names.index(name) if name in names else 0
    for number, source in enumerate(inventory.lists[first:]):
        start: tuple[int, str | None] = (page, token) if number == 0 else (0, None)
        for row, at in paging.pages(source, asks(source), start):
            yield _listed(source, row, json.dumps([source.name, *at]), zone)


def _listed(source: InventoryList, row: dict[str, Any], cursor: str, zone: str) -> Listed | Gap:
    source_id = str(dig(row, source.id.split(".")) or "").strip()
    if not _SOURCE_ID.match(source_id):
        return Gap(f"{source.name} row", "no_id: the row has no usable id", cursor)
    version = dig(row, source.version.split(".")) if source.version else None
    changed = dig(row, source.changed.split(".")) if source.changed else None
    try:
        moment = None if changed in (None, "") else moment_in(str(changed), zone, source.format)
    except ValueError:
        moment = None
    return Listed(source_id, cursor, source.name, None if version in (None, "") else str(version), moment)


def count(inventory: Inventory, asks: Asks) -> int | None:
    """What the lists say they hold together; None unless each says it."""
    said = [_count(source, asks(source)) for source in inventory.lists]
    numbers = [number for number in said if number is not None]
    return sum(numbers) if len(numbers) == len(said) else None


def _count(source: InventoryList, ask: paging.Ask) -> int | None:
    found = dig(ask({}), source.count.split(".")) if source.count else None
    return found if isinstance(found, int) else None


def one(source: PullList, transport: Asked, source_id: str) -> Words | None:
    """One record of a list as its pull would give it; None where it has none of that id."""
    form = source.one
    if form is None:
        return None
    try:
        answer = transport.ask(form, {form.id_param: source_id} if form.id_param else {}, source_id)
    except Refused as refused:
        if refused.code == "not_there":
            return None
        raise
    row = dig(answer, form.record.split(".")) if form.record else answer
    return Words(source_id, {"@list": source.name, **row}, "") if isinstance(row, dict) else None
