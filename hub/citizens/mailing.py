"""Letters by e-mail: owed in the same transaction as their cause, sent by SMTP at least once, with backoff."""

import datetime
import json
import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage

import structlog

from hub.index import Store
from hub.index.citizens import Owed
from hub.settings import Settings

log = structlog.get_logger()
_AT_ONCE = 50
_SECONDS = 20
_ATTEMPTS = 30
_LONGEST = datetime.timedelta(hours=1)


class Mailing:
    """Without ``TRACKCHILD_SMTP_HOST`` nothing is sent, and letters wait until there is one."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        now: Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.UTC),
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
                wait = min(datetime.timedelta(seconds=10 * 2 ** min(owed.attempts, 10)), _LONGEST)
                work.citizens.again(owed.seq, self._now() + wait)
        return arrived

    def _sent(self, owed: Owed) -> bool:
        try:
            with self._server() as server:
                server.send_message(self._message(owed))
        except (smtplib.SMTPException, OSError) as error:
            # By its kind alone: a server's answer may repeat an address.
            log.warning("mail_not_sent", mail=owed.seq, error=type(error).__name__)
            return False
        return True

    def _message(self, owed: Owed) -> EmailMessage:
        said = json.loads(owed.words)
        message = EmailMessage()
        message["From"], message["To"] = self._settings.mail_from, said["to"]
        message["Subject"] = " ".join(said["subject"].split())
        # The same at every attempt, so that a mailbox can tell a letter that came twice.
        message["Message-ID"] = f"<{owed.report_id}.{owed.seq}@{self._settings.mail_from.partition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(said["text"])
        return message

    def _server(self) -> smtplib.SMTP:
        host, port, secure = self._settings.smtp_host or "", self._settings.smtp_port, self._settings.smtp_security
        context = ssl.create_default_context()
        if secure == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=_SECONDS, context=context)
        else:
            server = smtplib.SMTP(host, port, timeout=_SECONDS)
            if secure == "starttls":
                server.starttls(context=context)
        if self._settings.smtp_user is not None:
            password = self._settings.smtp_password
            server.login(self._settings.smtp_user, password.get_secret_value() if password else "")
        return server
