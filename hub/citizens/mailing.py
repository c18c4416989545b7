"""Letters by e-mail: owed in the same transaction as their cause, sent by SMTP at least once, with backoff."""

import datetime
import json
from collections.abc import Callable

from hub.flow import utc_now
from hub.index import Store
from hub.index.citizens import Owed
from hub.mail_server import sent, written
from hub.patience import wait_after
from hub.settings import Settings

_AT_ONCE = 50
_ATTEMPTS = 30


class Mailing:
    """Without ``TRACKCHILD_SMTP_HOST`` nothing is sent, and letters wait until there is one."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        now: Callable[[], datetime.datetime] = utc_now,
    ) -> None:
        self._store, self._settings, self._now = store, settings, now

    def send(self) -> int:
        """Send what is due; how many arrived at the mail server."""
        if self._settings.smtp_host is None:
            return 0
        with self._store.read() as work:
            due = work.citizens.due(self._now(), _AT_ONCE, _ATTEMPTS)
        return sum(self._settled(one) for one in due)

    def _settled(self, owed: Owed) -> bool:
        arrived = self._sent(owed)
        with self._store.write() as work:
            if arrived:
                work.citizens.sent(owed.seq, self._now())
            else:
                work.citizens.again(owed.seq, self._now() + wait_after(owed.attempts))
        return arrived

    def _sent(self, owed: Owed) -> bool:
        said = json.loads(owed.words)
        number = f"{owed.report_id}.{owed.seq}"
        message = written(self._settings, said["to"], said["subject"], said["text"], number)
        return sent(self._settings, message, str(owed.seq))
