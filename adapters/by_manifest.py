"""The adapter of every system that data can describe: a manifest, a transport, and no Python of its own."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as Mapped
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from adapters import files, listing, paging, wire
from adapters.base import Adapter, Capability, Connection, Finds, Gap, Listed, Receipt, Step, Words
from adapters.choosing import chosen
from adapters.mapping.compile import Hooks, Mapping, Note, dig
from adapters.mapping.manifest import Ask, Call, FetchSection, LiveSearch, Manifest, PullList, Push, StoreSection, Told
from adapters.mapping.tables import folded, table
from adapters.rest import RestTransport
from adapters.sections import section_of, taken, writing_fields
from contracts import (
    ChildRecord,
    Notice,
    Refused,
    Section,
    SectionRequest,
    SectionWriting,
    SectionWritten,
    Skipped,
    Unready,
)
from contracts.live import SearchRequest

_SOURCE_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$")
Row = dict[str, Any]
#: Rows of one search answer that are read as records at most; a search that fits more must be narrowed.
_MOST_ROWS = 200
_BREATH = 20


class Transport(Protocol):
    """What a manifest's calls need of REST or SOAP."""

    def ask(self, call: Call, params: dict[str, Any], source_id: str | None = None) -> Any: ...

    def tell(
        self, call: Call, fields: Row, message_id: str, known: tuple[int, ...], source_id: str | None = None
    ) -> tuple[int, Any]: ...

    def check(self) -> list[Step]: ...

    def prepare(self) -> None: ...

    def rest(self) -> None: ...


class ByManifest(Adapter):
    """``ByManifest(connection, manifest, folder, hooks)``; capabilities are the sections the manifest has.

    ``unused`` counts what was said and could not be used (field, rule), over the adapter's life.
    """

    def __init__(self, connection: Connection, manifest: Manifest, folder: Path, hooks: Hooks | None = None) -> None:
        super().__init__(connection)
        self.manifest, self.folder = manifest, folder
        self.mapping = mapping_of(manifest, hooks)
        self.capabilities = offered(manifest)
        self.over_wire = manifest.connection.transport in ("rest", "soap")
        self.unused: Counter[Note] = Counter()
        self.leaves: Callable[[PullList, Row], bool] = lambda source, row: False
        """Whether a list is left at a row; and what is done before each page is asked for (``adapters.spanning``)."""
        self.before_page: Callable[[], None] = lambda: None
        self._transport: Transport | None = None

    @property
    def transport(self) -> Transport:
        """REST or SOAP, made when first needed: translating needs none."""
        if self._transport is None:
            self._transport = self.connect()
        return self._transport

    def connect(self) -> Transport:
        """The manifest's transport to the connection's address."""
        if self.manifest.connection.transport == "soap":
            from adapters.soap import SoapTransport  # a fifth of a second that no other system needs

            return SoapTransport(self.connection, self.manifest.connection, self.folder)
        if self.manifest.connection.transport == "rest":
            return RestTransport(self.connection, self.manifest.connection)
        if self.manifest.connection.transport == "database":
            from adapters.database import DatabaseTransport  # SQLAlchemy, which no other system needs

            return DatabaseTransport(self.connection)
        raise Refused("files_only", "saved files can only be read; this system takes no calls")

    def prepare(self) -> None:
        if self.over_wire:
            self.transport.prepare()

    # What the port asks -------------------------------------------------------------------------------------------

    def check(self) -> list[Step]:
        """Try the transport, then the first row of each list, then translating it."""
        steps = [] if self._reads_files() else self.transport.check()
        for source in self.manifest.pull.lists if self.manifest.pull else []:
            if not all(step.ok for step in steps):
                return steps
            steps += self._check_list(source)
        return steps

    def pull(self, cursor: str | None) -> Iterator[Words | Gap]:
        if self.manifest.pull is None:
            raise self._cannot(Capability.PULL)
        return self._pull_files(cursor) if self._reads_files() else self._pull_lists(cursor)

    def translate(self, words: Words) -> ChildRecord:
        if self.manifest.pull is None:
            raise self._cannot(Capability.PULL)
        record, notes = self.mapping.record(self.connection.participant, words.source_id, words.body)
        if notes:
            self.unused.update(notes)
        return record

    def inventory(self, cursor: str | None) -> Iterator[Listed | Gap]:
        if self.manifest.inventory is None:
            raise self._cannot(Capability.INVENTORY)
        return listing.listed(self.manifest.inventory, self._asks, cursor, self.manifest.adapter.timezone)

    def count(self) -> int | None:
        return None if self.manifest.inventory is None else listing.count(self.manifest.inventory, self._asks)

    def one(self, source_id: str) -> Words | None:
        if Capability.ONE not in self.capabilities or self.manifest.pull is None:
            raise self._cannot(Capability.ONE)
        found = (listing.one(source, self.transport, source_id) for source in self.manifest.pull.lists)
        return next((words for words in found if words is not None), None)

    def push(self, notice: Notice) -> Receipt:
        if self.manifest.push is None:
            raise self._cannot(Capability.PUSH)
        push = self.manifest.push
        status, answer = self.transport.tell(
            push, self._fields(push, notice), notice.notice_id, tuple(push.known_status)
        )
        foreign = dig(answer, push.receipt.split(".")) if push.receipt else None
        known = status in push.known_status or (push.known is not None and _true(dig(answer, push.known.split("."))))
        if push.receipt and foreign in (None, "") and not known:
            raise Unready("not_confirmed", "the source answered without saying that it took the notice; try later")
        return Receipt(None if foreign is None else _clean(foreign), known)

    @property
    def dedupes(self) -> bool:  # type: ignore[override]
        return self.manifest.push is None or self.manifest.push.dedupes

    def rest(self) -> None:
        if self._transport is not None:
            self._transport.rest()

    def has(self, notice: Notice) -> bool | None:
        ask = self.manifest.push.ask if self.manifest.push else None
        if ask is None:
            return None
        said = self._all_told(ask.fields, notice.model_dump(mode="json", exclude_none=True))
        if ask.operation is None:
            return self._has_by_rest(ask, said)
        return bool(dig(self.transport.ask(ask, said), ask.found.split(".")))

    def _has_by_rest(self, ask: Ask, said: Row) -> bool:
        try:
            return bool(dig(self.transport.ask(ask, said), ask.found.split(".")))
        except Refused as refused:
            if refused.code == "not_there" and {404, 410} & set(ask.missing_status):
                return False
            raise

    def fetch(self, request: SectionRequest) -> Section:
        form, key = self.section_form(request), self.record_key(request)
        asked = request.model_dump(mode="json")
        params = self._all_told(form.asker, asked)
        if form.id_param:
            params[form.id_param] = key
        answer = self.transport.ask(form, params, key)
        written = self.manifest.store.sections.get(request.section) if self.manifest.store else None
        return section_of(form, answer, request, self.manifest.adapter.timezone, written.entries if written else {})

    def store(self, writing: SectionWriting) -> SectionWritten:
        form = self._writing_form(writing)
        fields = self._all_told(form.asker, writing.model_dump(mode="json")) | writing_fields(form, writing)
        known = tuple({*form.overtaken_status, *form.denied_status, *form.unfit_status})
        status, answer = self.transport.tell(form, fields, writing.write_id, known, writing.ref.source_id)
        return taken(form, status, answer, writing, self.manifest.adapter.timezone)

    def _writing_form(self, writing: SectionWriting) -> StoreSection:
        if self.manifest.store is None:
            raise self._cannot(Capability.STORE)
        form = self.manifest.store.sections.get(writing.section)
        if form is None:
            raise Refused("section_not_written", f"this system takes no writing in the section {writing.section}")
        return form

    def section_form(self, request: SectionRequest) -> FetchSection:
        """How the section is asked for; raises ``Refused`` (code ``no_such_section``) for one the system has not."""
        if self.manifest.fetch is None:
            raise self._cannot(Capability.FETCH)
        section = self.manifest.fetch.sections.get(request.section)
        if section is None:
            raise Refused("no_such_section", f"this system does not give the section {request.section}")
        return section

    def record_key(self, request: SectionRequest) -> str:
        """By which id the owner's calls know the record: the source id, unless the system has another."""
        return request.ref.source_id

    def search(self, request: SearchRequest) -> Finds:
        form = self.manifest.search
        if form is None:
            raise self._cannot(Capability.SEARCH)
        answer = self.transport.ask(form, self._all_told(form.fields, request.model_dump(mode="json")))
        found = self.read_words(self._answered(form, answer))
        return Finds(chosen(found.records, request.query), found.left_out)

    def read_words(self, items: Iterable[Words | Gap]) -> Finds:
        """Rows of a search as records; adults are no children, and what else cannot be read is counted."""
        records, left_out = [], 0
        for number, words in enumerate(islice(items, _MOST_ROWS), start=1):
            if isinstance(words, Gap):
                raise Unready("unexpected_answer", "a row of the answer has no id; check the manifest's id")
            try:
                records.append(self.translate(words))
            except Skipped as skipped:
                left_out += skipped.code != "adult"
            if number % _BREATH == 0:
                wire.breathe()
        return Finds(records, left_out)

    def _answered(self, form: LiveSearch, answer: Any) -> list[Words | Gap]:
        """The rows of an answer, each with the list whose fields and id it has."""
        lists = {source.name: source for source in self.manifest.pull.lists} if self.manifest.pull else {}
        found: list[Words | Gap] = []
        for part in form.answers:
            rows = dig(answer, part.records.split(".")) if part.records else answer
            if rows is None and form.operation is not None:
                rows = []  # SOAP leaves an empty list out
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise Unready("unexpected_answer", "the answer holds no rows where the manifest says; check records")
            found += [item(lists[part.list], row, number, "") for number, row in enumerate(rows, start=1)]
        return found

    # How it pulls -------------------------------------------------------------------------------------------------

    def _reads_files(self) -> bool:
        return self.manifest.connection.transport == "files" or self.connection.url.startswith("file:")

    def _pull_lists(self, cursor: str | None) -> Iterator[Words | Gap]:
        at: dict[str, str | None] = json.loads(cursor) if cursor else {}
        for source in self.manifest.pull.lists if self.manifest.pull else []:
            rows = paging.read(source, self._asks(source), at.get(source.name), self.manifest.adapter.timezone)
            for number, (row, position) in enumerate(rows, start=1):
                if self.leaves(source, row):
                    break
                at[source.name] = position
                yield item(source, row, number, json.dumps(at))

    def _asks(self, source: PullList) -> paging.Ask:
        def ask(params: dict[str, Any]) -> Any:
            self.before_page()
            return self.transport.ask(source, params)

        return ask

    def _pull_files(self, cursor: str | None) -> Iterator[Words | Gap]:
        """Saved pages; the cursor is list, file and row number."""
        done: dict[str, Any] = json.loads(cursor) if cursor else {}
        lists = self.manifest.pull.lists if self.manifest.pull else []
        names = [source.name for source in lists]
        first = names.index(done["list"]) if done.get("list") in names else 0
        for source in lists[first:]:
            after = (done["file"], done["row"]) if done.get("list") == source.name else None
            pattern = source.path if source.path and "/" not in source.path else "*"
            folder = self.connection.outgoing.folder(self.connection.url)
            for saved in files.rows(folder, pattern=pattern, after=after, records=source.records):
                here = json.dumps({"list": source.name, "file": saved.file, "row": saved.number})
                if saved.row is None:
                    yield Gap(f"{saved.file}:{saved.number}", saved.reason, here)
                elif len(lists) == 1 or saved.row.get("table", source.name) == source.name:
                    yield item(source, saved.row, saved.number, here)

    def _check_list(self, source: PullList) -> list[Step]:
        try:
            first = self.first(source)
        except (Refused, Unready) as error:
            return [Step(f"list {source.name}", False, error.code, error.message)]
        if first is None:
            return [Step(f"list {source.name}", True, "empty")]
        if isinstance(first, Gap):
            return [Step(f"list {source.name}", False, first.reason, "check id and records in the manifest")]
        return [Step(f"list {source.name}", True, "answers"), self._check_words(source, first)]

    def first(self, source: PullList) -> Words | Gap | None:
        """The first row of a list; None where it is empty. Raises as a pull does."""
        if self._reads_files():
            return next((one for one in self._pull_files(None) if _of_list(one, source)), None)
        row = next(paging.read(source, self._asks(source), None, self.manifest.adapter.timezone), None)
        return item(source, row[0], 1, "") if row else None

    def _check_words(self, source: PullList, words: Words) -> Step:
        try:
            self.translate(words)
        except Skipped as error:
            return Step(f"translate {source.name}", error.code == "adult", error.code, error.message)
        return Step(f"translate {source.name}", True, "the first row becomes a record")

    def _fields(self, push: Push, notice: Notice) -> Row:
        said = notice.model_dump(mode="json", exclude_none=True)
        return self._all_told(push.fields, said)

    def _all_told(self, fields: Mapped[str, str | Told], said: Row) -> Row:
        return {name: value for name, told in fields.items() if (value := self._told(told, said)) is not None}

    def _told(self, told: str | Told, said: Row) -> Any:
        if isinstance(told, str):
            return dig(said, told.split("."))
        if told.source is None:
            return told.value
        value = dig(said, told.source.split("."))
        words = table(told.table, self.manifest.codes) if told.table else None
        return value if words is None or value is None else words.get(folded(str(value)), value)


_mappings: dict[tuple[int, Hooks], tuple[Manifest, Mapping]] = {}


def mapping_of(manifest: Manifest, hooks: Hooks | None = None) -> Mapping:
    """The manifest compiled; once for a manifest that stays."""
    key = (id(manifest), hooks or Hooks())
    if key not in _mappings:
        _mappings[key] = (manifest, Mapping(manifest, hooks))  # the manifest is held, so that its id stays its own
    return _mappings[key][1]


def offered(manifest: Manifest) -> frozenset[Capability]:
    """What a manifest says its system can do."""
    sections = {
        Capability.PULL: manifest.pull,
        Capability.PUSH: manifest.push,
        Capability.FETCH: manifest.fetch,
        Capability.STORE: manifest.store,
        Capability.SEARCH: manifest.search,
        Capability.INVENTORY: manifest.inventory,
        Capability.ONE: manifest.pull if manifest.pull and all(one.one for one in manifest.pull.lists) else None,
    }
    return frozenset(capability for capability, section in sections.items() if section is not None)


def item(source: PullList, row: Row, number: int, cursor: str) -> Words | Gap:
    """A row as words; as a gap where it has no usable id."""
    said = dig(row, source.id.split("."))
    source_id = "" if said is None else str(said).strip()
    if not _SOURCE_ID.match(source_id):
        return Gap(f"{source.name} row {number}", "no_id: the row has no id of letters, digits and . _ : / -", cursor)
    return Words(source_id, {"@list": source.name, **row}, cursor)


def _of_list(one: Words | Gap, source: PullList) -> bool:
    return isinstance(one, Gap) or one.body.get("@list") == source.name


def _clean(foreign: Any) -> str:
    """An id as every database can keep it: no control characters, no half letters, at most 200."""
    return "".join(letter for letter in str(foreign)[:200] if letter.isprintable())


def _true(value: Any) -> bool:
    return value is True or str(value).strip().lower() in ("true", "yes", "1", "duplicate")
