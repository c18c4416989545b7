"""A system tried step by step: reached, proven to, every operation of its manifest called, one record read whole.

Nothing is written: ``store`` is never called, and ``push`` only where it is asked for, with a notice that says that it
is a test. What a system answers is not kept; steps name ids and codes and no word of a record.
"""

import ssl
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from adapters.base import Adapter, Capability, Gap, Words, now
from adapters.by_manifest import ByManifest
from adapters.mapping.manifest import PullList
from adapters.reaching import Outcome, Tried, failed, ok, reach, skipped
from contracts import ChildRecord, Notice, Officer, Purpose, Refused, SectionName, SectionRequest, Skipped, Unready
from contracts.exchange import Search
from contracts.live import SearchRequest
from contracts.notices import NoticeKind

T = TypeVar("T")
CASE = "test of the adapter"
#: Codes of a call that say that the hub could not prove itself.
_CREDENTIALS = frozenset({"no_secret", "wrong_credentials", "signature_needed"})


@dataclass
class _Seen:
    """What the steps so far gave to those after them."""

    words: Words | None = None
    record: ChildRecord | None = None
    refused: Refused | None = None
    """Why the hub could not prove itself, where it could not."""
    proven: bool = False
    steps: list[Tried] = field(default_factory=list)


def try_all(
    adapter: Adapter, officer: Officer, *, push: bool = False, trust: ssl.SSLContext | None = None
) -> list[Tried]:
    """Every step in order. ``officer`` is who a search and a reading are asked for; ``trust`` is for trials."""
    reached = reach(adapter.connection, trust)
    if any(step.outcome is Outcome.FAILED and step.name != "clock" for step in reached):
        return [*reached, skipped("authentication", "the system was not reached"), *_untried(adapter)]
    seen = _Seen()
    _prove(adapter, seen)
    for attempt in (_lists, _record, _inventory, _one, _search, _sections):
        if seen.refused is None:
            seen.steps += attempt(adapter, officer, seen)
    if seen.refused is not None:
        return [*reached, _authentication(adapter, seen), *_untried(adapter)]
    return [*reached, _authentication(adapter, seen), *seen.steps, *_writing(adapter, push, seen)]


def _untried(adapter: Adapter) -> list[Tried]:
    return [skipped(str(what), "an earlier step failed") for what in Capability if what in adapter.capabilities]


def _prove(adapter: Adapter, seen: _Seen) -> None:
    """What a transport does before a first call: it reads the WSDL and looks for the secret."""
    try:
        adapter.prepare()
    except Refused as refused:
        if refused.code in _CREDENTIALS:
            seen.refused = refused
        else:
            seen.steps.append(failed("description", refused.code, refused.message))


def _authentication(adapter: Adapter, seen: _Seen) -> Tried:
    if seen.refused is not None:
        return failed("authentication", seen.refused.code, seen.refused.message)
    way = adapter.manifest.connection.auth if isinstance(adapter, ByManifest) else "of its own"
    if way == "none" or adapter.connection.url.startswith("file:"):
        return skipped("authentication", "none is asked for")
    if adapter.connection.secret is None:
        return skipped("authentication", f"{way}: no secret is named, calls go out without")
    return ok("authentication", f"{way}: taken") if seen.proven else skipped("authentication", "no call was answered")


def _called(name: str, call: Callable[[], T], seen: _Seen) -> tuple[T | None, Tried | None]:
    """What a call gave, or the step that it failed with; a refused secret is kept as such."""
    try:
        got = call()
    except Refused as refused:
        if refused.code in _CREDENTIALS:
            seen.refused = refused
        else:
            seen.proven = True
        return None, failed(name, refused.code, refused.message)
    except Unready as unready:
        return None, failed(name, unready.code, unready.message)
    seen.proven = True
    return got, None


def _lists(adapter: Adapter, officer: Officer, seen: _Seen) -> Iterator[Tried]:
    if Capability.PULL not in adapter.capabilities:
        yield skipped("pull", "the system has no such call")
    elif isinstance(adapter, ByManifest) and type(adapter).pull is ByManifest.pull and adapter.manifest.pull:
        for source in adapter.manifest.pull.lists:
            yield _list(f"list {source.name}", _first_of(adapter, source), seen)
    else:
        yield _list("pull", lambda: next(iter(adapter.pull(None)), None), seen)


def _first_of(adapter: ByManifest, source: PullList) -> Callable[[], Words | Gap | None]:
    return lambda: adapter.first(source)


def _list(name: str, call: Callable[[], Words | Gap | None], seen: _Seen) -> Tried:
    first, wrong = _called(name, call, seen)
    if wrong is not None:
        return wrong
    if first is None:
        return ok(name, "answers, and is empty")
    if isinstance(first, Gap):
        return failed(name, first.reason, "check id and records of this list in the manifest")
    seen.words = seen.words or first
    return ok(name, "answers with rows")


def _record(adapter: Adapter, officer: Officer, seen: _Seen) -> Iterator[Tried]:
    if seen.words is None:
        yield skipped("record translated", "there is no row to translate")
        return
    try:
        seen.record = adapter.translate(seen.words)
    except Skipped as skip:
        adult = skip.code == "adult"
        where = f"{skip.problems[0].field}: {skip.problems[0].rule}" if skip.problems else skip.code
        yield (skipped if adult else _unmapped)("record translated", "the first is an adult" if adult else where)
        return
    yield ok("record translated", "the first row becomes a record")


def _unmapped(name: str, where: str) -> Tried:
    return failed(name, where, "mend [fields] of the manifest; `trackchild adapter preview` shows the row beside it")


def _inventory(adapter: Adapter, officer: Officer, seen: _Seen) -> Iterator[Tried]:
    if Capability.INVENTORY in adapter.capabilities:
        first, wrong = _called("inventory", lambda: next(iter(adapter.inventory(None)), None), seen)
        yield wrong or ok("inventory", "answers" if first is not None else "answers, and is empty")


def _one(adapter: Adapter, officer: Officer, seen: _Seen) -> Iterator[Tried]:
    if Capability.ONE not in adapter.capabilities:
        return
    words = seen.words
    if words is None:
        yield skipped("one record", "no id is known to ask for")
        return
    found, wrong = _called("one record", lambda: adapter.one(words.source_id), seen)
    if wrong is None and found is None:
        wrong = failed("one record", "not found, though the list has it", "check [pull.lists.one]: path, id_param")
    yield wrong or ok("one record", "fetched by its id")


def _search(adapter: Adapter, officer: Officer, seen: _Seen) -> Iterator[Tried]:
    if Capability.SEARCH not in adapter.capabilities:
        return
    asked = SearchRequest(
        request_id=str(uuid.uuid4()), query=Search(name="Asha", limit=1), purpose=Purpose.AUDIT, case=CASE,
        officer=officer, asked_at=now(),
    )  # fmt: skip
    finds, wrong = _called("search", lambda: adapter.search(asked), seen)
    if finds is not None and finds.left_out:
        wrong = failed("search", f"{finds.left_out} rows found cannot be read", "check [search] and [fields]")
    yield wrong or ok("search", "answers")


def _sections(adapter: Adapter, officer: Officer, seen: _Seen) -> Iterator[Tried]:
    if Capability.FETCH not in adapter.capabilities:
        return
    named = adapter.manifest.fetch.sections if isinstance(adapter, ByManifest) and adapter.manifest.fetch else {}
    for section in named:
        if seen.record is None:
            yield skipped(f"section {section}", "no record is known to read it of")
        elif seen.refused is None:
            yield _section(adapter, section, seen.record, officer, seen)


def _section(adapter: Adapter, section: SectionName, record: ChildRecord, officer: Officer, seen: _Seen) -> Tried:
    asked = SectionRequest(
        request_id=str(uuid.uuid4()), ref=record.ref, section=section, purpose=Purpose.AUDIT, case=CASE,
        officer=officer, asked_at=now(),
    )  # fmt: skip
    got, wrong = _called(f"section {section}", lambda: adapter.fetch(asked), seen)
    return wrong or ok(f"section {section}", f"{len(got.fields) if got else 0} entries read")


def _writing(adapter: Adapter, push: bool, seen: _Seen) -> Iterator[Tried]:
    if Capability.STORE in adapter.capabilities:
        yield skipped("store", "a test writes nothing at the owner")
    if Capability.PUSH not in adapter.capabilities:
        return
    record = seen.record
    if not push:
        yield skipped("push", "not sent; --push sends one notice that says that it is a test")
    elif record is None:
        yield skipped("push", "no record is known that a notice could be about")
    else:
        receipt, wrong = _called("push", lambda: adapter.push(_notice(record)), seen)
        yield wrong or ok("push", "taken" if receipt and receipt.foreign_id else "taken, without an id of its own")


def _notice(record: ChildRecord) -> Notice:
    """About the owner's own first record, and of no match: the mildest kind there is."""
    return Notice(
        notice_id=f"test-{uuid.uuid4()}", kind=NoticeKind.MATCH_WITHDRAWN, to=record.ref.participant, about=record.ref,
        created_at=now(), text="TEST of the connection by the hub's operator. There is nothing to do.",
    )  # fmt: skip
