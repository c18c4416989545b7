"""The desk of the public appeals: their CAP messages and the feed of them, for anybody."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from xml.etree import ElementTree as ET

import registry
from contracts import AreaKind, Permission
from contracts.atom import Entry, Feed, feed
from contracts.pfif import document as pfif_document
from hub.access import Caller, require_permission
from hub.appeals import cap, pfif
from hub.appeals.issuing import LASTS, Issuing, card_at
from hub.flow import utc_now
from hub.index import Store, Work
from hub.index.appeals import CANCEL, Message, Shown
from hub.settings import Settings
from hub.showing import listed
from registry import states

PER_PAGE = 100
_CANCEL_LASTS = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Wanted:
    """What a reader of the PFIF feed asks for."""

    version: str = "1.4"
    min_entry_date: datetime.datetime | None = None
    person_record_id: str | None = None
    max_results: int = 10
    skip: int = 0
    notes: bool = True


class Appeals:
    """``base`` is the address under which the asker reaches the portal, e.g. ``https://hub.example.in``."""

    def __init__(
        self, store: Store, directory: registry.Registry, settings: Settings,
        now: Callable[[], datetime.datetime] = utc_now,
    ) -> None:  # fmt: skip
        self._store, self._registry, self._now = store, directory, now
        self._sender = cap.Sender(settings.public_domain, settings.alert_status)
        self._url = settings.public_url
        self.issuing = Issuing(store, settings.index_secret.get_secret_value().encode(), now)

    def cap_message(self, identifier: str, base: str) -> ET.Element | None:
        """One CAP message; None for one that there is not, or that says what may be shown no longer."""
        with self._store.read() as work:
            found = work.appeals.one(identifier=identifier)
            told = None if found is None else self._told(work, *found, self._url or base)
        return None if told is None else cap.alert(told, self._sender)

    def cap_feed(self, page: int, base: str) -> ET.Element:
        """A page (from 1) of the Atom feed of CAP messages that hold now, newest first."""
        base = self._url or base
        with self._store.read() as work:
            pairs = work.appeals.newest(PER_PAGE + 1, (page - 1) * PER_PAGE)
            entries = [self._entry(told, base) for pair in pairs[:PER_PAGE] if (told := self._told(work, *pair, base))]
        here = f"{base}/public/alerts.atom"
        about = Feed(
            id=f"urn:trackchild:{self._sender.domain}:alerts",
            title="Missing children: alerts (CAP 1.2)",
            author=self._sender.domain,
            updated=max((entry.updated for entry in entries), default=self._now()),
            self_link=here if page == 1 else f"{here}?page={page}",
            next_link=f"{here}?page={page + 1}" if len(pairs) > PER_PAGE else None,
        )
        return feed(about, entries)

    def pfif_feed(self, wanted: Wanted, base: str, caller: Caller | None = None) -> ET.Element:
        """An Atom feed of PFIF persons: oldest first from ``min_entry_date``, else newest first.

        ``caller`` is a participant that asks by its key and sees what its role opens; ``Refused`` (``not_permitted``).
        """
        if caller is not None:
            require_permission(caller, Permission.SEARCH)
        base = self._url or base
        with self._store.read() as work:
            shared = [one for pair in self._wanted(work, wanted) if (one := self._shared(*pair, base, caller))]
        entries = [
            Entry(
                id=f"pfif:{one.record_id}",
                title=(one.card and one.card.name) or one.record_id,
                updated=one.message.sent,
                content=pfif_document(wanted.version, [pfif.person(wanted.version, one, wanted.notes)]),
            )
            for one in shared
        ]
        return feed(
            Feed(
                id=f"urn:trackchild:{self._sender.domain}:persons",
                title="Missing children (PFIF)",
                author=self._sender.domain,
                updated=max((entry.updated for entry in entries), default=self._now()),
                self_link=f"{base}/public/pfif/persons.atom",
            ),
            entries,
        )

    def _wanted(self, work: Work, wanted: Wanted) -> list[tuple[Message, Shown | None]]:
        if wanted.person_record_id is not None:
            domain, _, local = wanted.person_record_id.partition("/")
            one = work.appeals.one(public_id=local) if domain == self._sender.domain else None
            return [] if one is None else [one]
        if wanted.min_entry_date is not None:
            return work.appeals.since(wanted.min_entry_date, wanted.max_results, wanted.skip)
        return work.appeals.newest(wanted.max_results, wanted.skip)

    def _shared(self, message: Message, shown: Shown | None, base: str, caller: Caller | None) -> pfif.Shared | None:
        """What a person is written from; None where it may be shown no more and the placeholder does not stand yet."""
        if message.kind == CANCEL:
            return pfif.Shared(self._sender.domain, message, message.sent)
        if shown is None or not self.issuing.says(message, shown):
            return None
        card = card_at(shown, message.sent)
        owner = self._registry.participants.get(card.participant)
        return pfif.Shared(
            self._sender.domain,
            message,
            min(shown.record.expires_at or message.sent + LASTS, message.sent + LASTS),
            card,
            "unknown" if owner is None else owner.name,
            f"{base}/public/missing/{card.public_id}",
            None if caller is None else listed(caller, shown.record),
        )

    def _entry(self, told: cap.Told, base: str) -> Entry:
        message = told.message
        return Entry(
            id=f"urn:trackchild:{self._sender.domain}:alert:{message.identifier}",
            title=cap.title(told),
            updated=message.sent,
            link=f"{base}/public/alerts/{message.identifier}",
            link_type=cap.MIME,
        )

    def _told(self, work: Work, message: Message, shown: Shown | None, base: str) -> cap.Told | None:
        """What a message is written from; None where it may be shown no more."""
        earlier, area = work.appeals.before(message), self._area(message.state, message.district)
        if message.kind == CANCEL:
            return cap.Told(message, earlier, area, message.sent + _CANCEL_LASTS)
        if shown is None or not self.issuing.says(message, shown):
            return None
        card = card_at(shown, message.sent)
        owner = self._registry.participants.get(card.participant)
        web = f"{base}/public/missing/{card.public_id}"
        return cap.Told(message, earlier, area, message.sent + LASTS, card, None if owner is None else owner.name, web)

    def _area(self, state: int | None, district: int | None) -> cap.Area:
        known = None if state is None else states.by_code(state)
        if known is None:
            return cap.Area("India", (("ISO3166-1", "IN"),))
        codes = (("ISO3166-2", known.iso), ("LGD-state", str(known.lgd)))
        named = None if district is None else self._registry.areas.by_lgd(AreaKind.DISTRICT, district)
        if named is None:
            return cap.Area(known.name, codes)
        return cap.Area(f"{named.name}, {known.name}", (*codes, ("LGD-district", str(district))))
