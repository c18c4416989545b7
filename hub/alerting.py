"""One alert as an incident opens and one as it ends: in the log, and posted or mailed to the hub's operators."""

import datetime
from collections.abc import Callable

import requests
import structlog

from adapters import deadline
from adapters.outgoing import OPEN_INTERNET, Outgoing
from contracts import Refused
from hub.index import Store
from hub.index.alerts import Alert
from hub.mail_server import sent, written
from hub.patience import wait_after
from hub.settings import Settings

log = structlog.get_logger()
_SECONDS = 10
_AT_ONCE = 50


class Alerting:
    """``url`` and ``mail`` None: the log alone. Told at least once; ``id`` is the same each time.

    ``mail`` takes an alert and says whether the mail server has it.
    """

    def __init__(
        self,
        store: Store,
        url: str | None,
        now: Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.UTC),
        outgoing: Outgoing = OPEN_INTERNET,
        mail: Callable[[Alert], bool] | None = None,
    ) -> None:
        self._mail = mail
        self._store, self._url, self._now, self._outgoing = store, url, now, outgoing

    def tell(self) -> int:
        """Tell what nobody was told of yet; how many."""
        with self._store.read() as work:
            due = work.alerts.due(self._now(), _AT_ONCE)
        return sum(self._tell(one) for one in due)

    def _tell(self, alert: Alert) -> bool:
        posted = self._url is None or _posted(self._url, alert, self._outgoing)
        mailed = self._mail is None or self._mail(alert)
        arrived = posted and mailed
        with self._store.write() as work:
            if arrived:
                work.alerts.told(alert.seq, self._now())
            else:
                work.alerts.again(alert.seq, self._now() + wait_after(alert.attempts))
        if arrived:
            log.warning("alert", incident=alert.incident, what=alert.what, phase=alert.phase, code=alert.code)
        return arrived


def by_mail(settings: Settings) -> Callable[[Alert], bool] | None:
    """How an alert is mailed by the settings; None where they name no address."""
    to = settings.alert_mail
    if to is None:
        return None

    def mailed(alert: Alert) -> bool:
        words = (alert.participant, alert.what, alert.phase, alert.code, alert.detail)
        lines = [*(one for one in words if one), alert.at.isoformat(), f"Incident {alert.incident}"]
        subject = f"TrackChild hub: {alert.participant} {alert.what} {alert.phase}"
        message = written(settings, to, subject, "\n".join(lines) + "\n", f"alert-{alert.seq}")
        return sent(settings, message, f"alert-{alert.seq}")

    return mailed


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
