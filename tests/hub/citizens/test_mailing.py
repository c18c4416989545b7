"""Letters by e-mail against a real mail server."""

import datetime
from email.header import decode_header, make_header

from hub.app import Hub
from hub.citizens import Letter
from hub.citizens.mailing import Mailing
from hub.settings import Settings
from tests.hub.citizens.conftest import GAYA, officer, report
from tests.mailbox import Mailbox


def mailing(hub: Hub, box: Mailbox, later: float = 0) -> Mailing:
    """By the settings of an operator, at a moment so many seconds from now."""
    settings = Settings(smtp_host="127.0.0.1", smtp_port=box.port, smtp_security="none", mail_from="hub@example.in")
    now = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=later)
    return Mailing(hub.store, settings, lambda: now)


def owe(hub: Hub) -> str:
    return hub.citizens.report(
        report(mail="asha@example.in"), None, lambda number: Letter("रिपोर्ट मिली", f"संख्या: {number}")
    )


def test_the_sender_gets_the_number_and_later_that_an_officer_has_it(hub: Hub, mailbox: Mailbox) -> None:
    number = owe(hub)
    assert mailing(hub, mailbox, 1).send() == 1
    to, first = mailbox.letters[0]
    assert to == ["asha@example.in"]
    assert str(make_header(decode_header(first["Subject"]))) == "रिपोर्ट मिली"
    assert number in mailbox.text(0)
    [(kept, _)] = hub.citizens.waiting(officer(GAYA))
    hub.citizens.take(officer(GAYA), kept.report_id, lambda said: Letter("taken", "An officer has it"))
    assert mailing(hub, mailbox, 2).send() == 1
    assert "An officer has it" in mailbox.text(1)


def test_a_letter_that_was_turned_away_is_sent_later_under_the_same_id_and_then_forgotten(
    hub: Hub, mailbox: Mailbox
) -> None:
    owe(hub)
    mailbox.refuses = 1
    assert mailing(hub, mailbox, 1).send() == 0
    assert mailing(hub, mailbox, 2).send() == 0  # not before its time
    assert mailing(hub, mailbox, 60).send() == 1
    assert mailing(hub, mailbox, 600).send() == 0
    with hub.store.read() as work:
        [kept] = work.connection.exec_driver_sql("select words, attempts from mails").all()
    assert tuple(kept) == (b"", 1)


def test_without_a_mail_server_a_letter_waits(hub: Hub, mailbox: Mailbox) -> None:
    owe(hub)
    assert hub.mailing.send() == 0
    assert mailing(hub, mailbox, 1).send() == 1


def test_a_server_that_is_not_there_is_tried_again(hub: Hub, mailbox: Mailbox) -> None:
    owe(hub)
    nobody = Mailbox(port=1)
    assert mailing(hub, nobody, 1).send() == 0
    assert mailing(hub, mailbox, 60).send() == 1


def test_a_subject_of_two_lines_adds_no_header(hub: Hub, mailbox: Mailbox) -> None:
    hub.citizens.report(
        report(mail="asha@example.in"), None, lambda number: Letter("one\nBcc: everybody@example.in", "text")
    )
    assert mailing(hub, mailbox, 1).send() == 1
    assert mailbox.letters[0][0] == ["asha@example.in"]
    assert mailbox.letters[0][1]["Bcc"] is None
