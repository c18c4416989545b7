"""Alert, update or cancel: one message for each change of what the public is shown of missing children."""

import datetime
import hashlib
import hmac
from collections.abc import Callable

from hub.finding import INDIA, card_of
from hub.index import Store, Work
from hub.index.appeals import CANCEL, Message, Shown
from hub.reports import PublicCard

ALERT, UPDATE = "Alert", "Update"
LASTS = datetime.timedelta(days=30)
"""How long an alert stands unless it is told again."""
_TOLD_AGAIN = datetime.timedelta(days=27)
_CANCEL_KEPT = datetime.timedelta(days=30)
_AT_ONCE = 200


class Issuing:
    """``run`` in one process at a time (``hub.clock`` sees to it)."""

    def __init__(self, store: Store, secret: bytes, now: Callable[[], datetime.datetime]) -> None:
        self._store, self._secret, self._now = store, secret, now

    def run(self) -> int:
        """Tell all that is to be told, what is taken back first; how many messages were written."""
        steps = (self._take_back, self._tell, self._tell_again)
        told = sum(self._to_the_end(step) for step in steps)
        with self._store.write() as work:
            work.appeals.forget(self._now() - _CANCEL_KEPT)
        return told

    def _to_the_end(self, step: Callable[[Work, datetime.datetime], tuple[int, int]]) -> int:
        total, looked_at = 0, _AT_ONCE
        while looked_at == _AT_ONCE:
            with self._store.write() as work:
                looked_at, told = step(work, self._moment(work))
            total += told
        return total

    def _take_back(self, work: Work, sent: datetime.datetime) -> tuple[int, int]:
        over = work.appeals.over(_AT_ONCE)
        for message in over:
            work.appeals.say(message.public_id, CANCEL, sent, (message.state, message.district))
        return len(over), len(over)

    def _tell(self, work: Work, sent: datetime.datetime) -> tuple[int, int]:
        changed = work.appeals.unseen(_AT_ONCE)
        return len(changed), sum(self._told(work, shown, last, sent) for shown, last in changed)

    def _told(self, work: Work, shown: Shown, last: Message | None, sent: datetime.datetime) -> bool:
        stands = last is not None and last.kind != CANCEL
        if last is not None and stands and self.says(last, shown):
            work.appeals.same(last, shown.updated)
            return False
        self._say(work, shown, UPDATE if stands else ALERT, sent)
        return True

    def _tell_again(self, work: Work, sent: datetime.datetime) -> tuple[int, int]:
        ageing = work.appeals.ageing(sent - _TOLD_AGAIN, _AT_ONCE)
        for shown, _message in ageing:
            self._say(work, shown, UPDATE, sent)
        return len(ageing), len(ageing)

    def _say(self, work: Work, shown: Shown, kind: str, sent: datetime.datetime) -> None:
        card = card_at(shown, sent)
        digest = self._digest(shown, sent)
        work.appeals.say(shown.public_id, kind, sent, (card.state, card.district), digest, shown.updated)

    def _moment(self, work: Work) -> datetime.datetime:
        """Whole seconds, as both standards tell them; never before what was sent already."""
        now = self._now().replace(microsecond=0)
        return max(now, work.appeals.last_sent() or now)

    def says(self, message: Message, shown: Shown) -> bool:
        """Whether the entry still says what the message said."""
        return message.digest is not None and hmac.compare_digest(message.digest, self._digest(shown, message.sent))

    def _digest(self, shown: Shown, sent: datetime.datetime) -> bytes:
        said = f"{card_at(shown, sent).model_dump_json()} {shown.record.expires_at}"
        return hmac.digest(self._secret, said.encode(), hashlib.sha256)


def card_at(shown: Shown, sent: datetime.datetime) -> PublicCard:
    """The public card as a message tells it: the age is that of the day it was sent."""
    return card_of(shown.public_id, shown.record, sent.astimezone(INDIA).date())
