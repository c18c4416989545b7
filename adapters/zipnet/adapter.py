"""The ZIPNET adapter: its manifest for words, a walk for its lists, saved pages of either site for its history.

The address decides where it reads: ``file://`` a folder of saved JSON, JSON-lines, CSV or HTML pages; a url that ends
in ``index.php`` the old site; anything else the new one. Each pull reads the last ``look_back_days`` again, since rows
are traced and corrected without a trace; what changed longer ago is seen when the whole history is ported again.
"""

import datetime
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from adapters import files, wire
from adapters.base import Adapter, Capability, Connection, Finds, Gap, Step, Words, now
from adapters.by_manifest import ByManifest
from adapters.choosing import chosen
from adapters.mapping.compile import Hooks
from adapters.mapping.manifest import FetchSection, Manifest
from adapters.rest import RestClient
from adapters.zipnet import old_site
from adapters.zipnet.listing import Crash, DataTables, Listing, OldSite
from adapters.zipnet.walk import Bad, Walk
from adapters.zipnet.words import Row, canonical, created, list_of, source_id
from contracts import Refused, Section, SectionRequest, Skipped, Unready
from contracts.codes import RecordKind
from contracts.exchange import Search
from contracts.live import SearchRequest

_DETAIL = {"missing": "/Victims/GetMissingPersonDetails/", "found": "/Victims/GetUnIdentifiedPersonDetails/"}
_OLD_PAGES = {"missing": "missing_person_search", "found": "unidentified_person_search"}
_WITHHELD = "Complainant's phone number"


def create(connection: Connection, manifest: Manifest, folder: Path, hooks: Hooks) -> Adapter:
    """What the catalogue calls."""
    return Zipnet(connection, manifest, folder, hooks)


class Zipnet(ByManifest):
    """Pulls missing and unidentified persons; children only are kept (``adult`` is set aside by ``translate``).

    A person whose age is not known is kept: nothing proves an adult, and a lost child must not be left out for a blank
    field. Photographs are told by address only and so cannot be referred to by hash.
    """

    def __init__(self, connection: Connection, manifest: Manifest, folder: Path, hooks: Hooks | None = None) -> None:
        super().__init__(connection, manifest, folder, hooks)
        if not self._reads_files() and not self._is_old_site():
            self.capabilities |= {Capability.SEARCH}

    def pull(self, cursor: str | None) -> Iterator[Words | Gap]:
        return self._saved(cursor) if self._reads_files() else self._live(cursor)

    def fetch(self, request: SectionRequest) -> Section:
        """``contact`` or ``profile``, live from the detail; the complainant's number stays with the police."""
        section = super().fetch(request)
        withheld = [_WITHHELD] if request.section == "contact" and not _is_found(request) else []
        return section.model_copy(update={"withheld": withheld})

    def section_form(self, request: SectionRequest) -> FetchSection:
        keyed = {"id_param": "id"} if _has_key_only(request) else {}
        path = _DETAIL["found" if _is_found(request) else "missing"]
        return super().section_form(request).model_copy(update={"path": path, **keyed})

    def record_key(self, request: SectionRequest) -> str:
        return request.ref.source_id.partition("_")[2] if _has_key_only(request) else request.ref.source_id

    def check(self) -> list[Step]:
        """Each list's first row: does it answer, is it counted, does it become a record."""
        if self._reads_files():
            return self._check_first("saved pages", self._saved(None))
        steps: list[Step] = []
        for listing in self._listings():
            if all(step.ok for step in steps):
                steps += self._check_listing(listing)
        return steps

    # Searched live ------------------------------------------------------------------------------------------------

    def search(self, request: SearchRequest) -> Finds:
        """The lists' own search form, by name and sex; it has no field for who asks and why."""
        if Capability.SEARCH not in self.capabilities:
            raise self._cannot(Capability.SEARCH)
        asked = [listing for listing in self._listings() if request.query.kind in (None, RecordKind(listing.name))]
        found = wire.together([partial(self._found, listing, request.query) for listing in asked])
        records = [record for finds in found for record in finds.records]
        return Finds(chosen(records, request.query), sum(finds.left_out for finds in found))

    def _found(self, listing: Listing, query: Search) -> Finds:
        assert isinstance(listing, DataTables)
        said = {"Name": query.name, "Sex": self._own("sexes").get(query.gender)}
        wanted = {name: value for name, value in said.items() if value}
        try:
            rows = listing.window(0, int(self._own("search_rows")), wanted).rows
        except Crash:
            raise Unready("source_unready", "the list crashes at a row of this search; try other words") from None
        whole = listing.whole(rows)
        words = [self._words(row, now(), "") for row in whole if row is not None]
        named = [one for one in words if isinstance(one, Words)]
        read = self.read_words(named)
        return Finds(read.records, read.left_out + len(whole) - len(named))

    def _is_old_site(self) -> bool:
        return self.connection.url.rstrip("/").endswith("index.php")

    # Live ---------------------------------------------------------------------------------------------------------

    def _live(self, cursor: str | None) -> Iterator[Words | Gap]:
        at: dict[str, str] = json.loads(cursor) if cursor else {}
        for listing in self._listings():
            yield from self._walked(listing, at)

    def _walked(self, listing: Listing, at: dict[str, str]) -> Iterator[Words | Gap]:
        """One list from where it was read to, less the look-back; ``at`` moves with the newest row told."""
        reached = datetime.datetime.fromisoformat(at[listing.name]) if listing.name in at else None
        look_back = datetime.timedelta(days=int(self._own("look_back_days")))
        size = int(self._own("old_page_size" if isinstance(listing, OldSite) else "page_size"))
        before = "the first"
        for row in Walk(listing, size).rows(reached - look_back if reached else None):
            if isinstance(row, Bad):
                yield Gap(f"{listing.name} row {row.number}, after {before}", row.reason, json.dumps(at))
                continue
            moment = created(row)
            if moment is not None and (reached is None or moment > reached):
                reached = moment
                at[listing.name] = moment.isoformat()
            words = self._words(row, now(), json.dumps(at))
            before = words.source_id if isinstance(words, Words) else before
            yield words

    def _listings(self) -> list[Listing]:
        client = RestClient(self.connection, self.manifest.connection)
        if self._is_old_site():
            return [
                OldSite(client, name, page, state, self._own("columns"))
                for name, page in _OLD_PAGES.items()
                for state in self._own("old_states").items()
            ]
        workers = int(self._own("detail_workers"))
        lists = self.manifest.pull.lists if self.manifest.pull else []
        return [DataTables(client, item.name, item.target, _DETAIL[item.name], workers) for item in lists]

    def _own(self, name: str) -> Any:
        return self.manifest.own[name]

    # Saved pages --------------------------------------------------------------------------------------------------

    def _saved(self, cursor: str | None) -> Iterator[Words | Gap]:
        """Rows of saved pages in the order of files and lines; the cursor is the last one's place."""
        done = json.loads(cursor) if cursor else None
        after = (done["file"], done["row"]) if done and "file" in done else None
        columns: dict[str, str] = self._own("columns")
        where = self.connection.outgoing.folder(self.connection.url)
        for saved in files.rows(where, after=after, html=lambda page: old_site.read_any(page, columns)):
            here = f'{{"file": {json.dumps(saved.file)}, "row": {saved.number}}}'
            if saved.row is None:
                yield Gap(f"{saved.file}:{saved.number}", saved.reason, here)
            elif saved.row.get("table") != "settings":
                place = f"{saved.file}:{saved.number}"
                yield self._words(canonical(saved.row) | {"@place": place}, saved.saved_at, here, place)

    # Both ---------------------------------------------------------------------------------------------------------

    def _words(self, row: Row, seen: datetime.datetime, cursor: str, place: str = "a row") -> Words | Gap:
        name, id_ = list_of(row), source_id(row)
        if name is None or id_ is None:
            return Gap(place, "no_id: the row has neither a serial number nor a key", cursor)
        row["@list"], row["@seen"] = name, seen.isoformat(timespec="seconds")
        return Words(id_, row, cursor)

    def _check_listing(self, listing: Listing) -> list[Step]:
        try:
            window = listing.window(0, 1)
        except Crash:
            return [Step(f"list {listing.name}", False, "answers 500", "its newest row may crash it; try later")]
        except (Refused, Unready) as error:
            return [Step(f"list {listing.name}", False, error.code, error.message)]
        counted = Step(f"list {listing.name}", True, f"{window.total} rows")
        first = (self._words(row, now(), "") for row in listing.whole(window.rows) if row is not None)
        return [counted, *self._check_first(listing.name, first)]

    def _check_first(self, name: str, items: Iterator[Words | Gap]) -> list[Step]:
        first = next(items, None)
        if first is None:
            return []
        if isinstance(first, Gap):
            return [Step(f"first row of {name}", False, first.reason, "look at the row at the source")]
        try:
            self.translate(first)
        except Skipped as error:
            return [Step(f"translate {name}", error.code == "adult", error.code, error.message)]
        return [Step(f"translate {name}", True, "the first row becomes a record")]


def _is_found(request: SectionRequest) -> bool:
    return request.ref.source_id.startswith("U")


def _has_key_only(request: SectionRequest) -> bool:
    return "_" in request.ref.source_id
