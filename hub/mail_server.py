"""The mail server of the settings: takes one message, or says by its kind what failed."""

import smtplib
import ssl
from email.message import EmailMessage

import structlog

from hub.settings import Settings

log = structlog.get_logger()
_SECONDS = 20


def sent(settings: Settings, message: EmailMessage, what: str) -> bool:
    """Whether the server took ``message``, which the log calls ``what``; without a server nothing is taken."""
    if settings.smtp_host is None:
        return False
    try:
        with _server(settings, settings.smtp_host) as server:
            server.send_message(message)
    except (smtplib.SMTPException, OSError) as error:
        # By its kind alone: a server's answer may repeat an address.
        log.warning("mail_not_sent", mail=what, error=type(error).__name__)
        return False
    return True


def written(settings: Settings, to: str, subject: str, text: str, number: str) -> EmailMessage:
    """A message whose id is the same at every attempt, so that a mailbox can tell one that came twice."""
    message = EmailMessage()
    message["From"], message["To"] = settings.mail_from, to
    message["Subject"] = " ".join(subject.split())
    message["Message-ID"] = f"<{number}@{settings.mail_from.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


def _server(settings: Settings, host: str) -> smtplib.SMTP:
    port, secure = settings.smtp_port, settings.smtp_security
    context = ssl.create_default_context()
    if secure == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=_SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=_SECONDS)
        if secure == "starttls":
            server.starttls(context=context)
    if settings.smtp_user is not None:
        password = settings.smtp_password
        server.login(settings.smtp_user, password.get_secret_value() if password else "")
    return server
