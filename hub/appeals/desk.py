"""The desk of the public appeals: their CAP messages and the feed of them, for anybody."""

import datetime
from collections.abc import Callable
from xml.etree import ElementTree as ET

import registry
from contracts import AreaKind
from contracts.atom import Entry, Feed, feed
from hub.appeals import cap
from hub.appeals.issuing import LASTS, Issuing, card_at
from hub.index import Store, Work
from hub.index.appeals import CANCEL, Message, Shown
from hub.settings import Settings
from registry import states

PER_PAGE = 100
_CANCEL_LASTS = datetime.timedelta(days=1)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


class Appeals:
    """``base`` is the address under which the asker reaches the portal, e.g. ``https://hub.example.in``."""

    def __init__(
        self, store: Store, directory: registry.Registry, settings: Settings,
        now: Callable[[], datetime.datetime] = _now,
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
