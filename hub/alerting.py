"""One alert as an incident opens and one as it ends: in the log, and posted to where the hub's operators are told."""

import datetime
from collections.abc import Callable

import requests
import structlog

from adapters import deadline
from adapters.outgoing import OPEN_INTERNET, Outgoing
from contracts import Refused
from hub.index import Store
from hub.index.alerts import Alert

log = structlog.get_logger()
_SECONDS = 10
_AT_ONCE = 50
_LONGEST = datetime.timedelta(hours=1)


class Alerting:
    """``url`` None: the log alone. Told at least once; ``id`` is the same each time."""

    def __init__(
        self,
        store: Store,
        url: str | None,
        now: Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.UTC),
        outgoing: Outgoing = OPEN_INTERNET,
    ) -> None:
        self._store, self._url, self._now, self._outgoing = store, url, now, outgoing

    def tell(self) -> int:
        """Tell what nobody was told of yet; how many."""
        with self._store.read() as work:
            due = work.alerts.due(self._now(), _AT_ONCE)
        return sum(self._tell(one) for one in due)

    def _tell(self, alert: Alert) -> bool:
        arrived = self._url is None or _posted(self._url, alert, self._outgoing)
        with self._store.write() as work:
            if arrived:
                work.alerts.told(alert.seq, self._now())
            else:
                wait = min(datetime.timedelta(seconds=10 * 2 ** min(alert.attempts, 10)), _LONGEST)
                work.alerts.again(alert.seq, self._now() + wait)
        if arrived:
            log.warning("alert", incident=alert.incident, what=alert.what, phase=alert.phase, code=alert.code)
        return arrived


def _posted(url: str, alert: Alert, outgoing: Outgoing) -> bool:
    body = {
        "id": f"alert-{alert.seq}",
        "incident": alert.incident,
        "participant": alert.participant,
        "what": alert.what,
        "phase": alert.phase,
        "code": alert.code,
        "detail": alert.detail,
        "at": alert.at.isoformat(),
    }
    try:
        with deadline.session(outgoing) as session:
            return session.post(url, json=body, timeout=_SECONDS, allow_redirects=False).status_code < 300
    except requests.RequestException:
        return False
    except Refused as error:
        log.error("alert_url_refused", code=error.code)
        return False
