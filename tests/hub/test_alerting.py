"""Operators are mailed as an incident opens and as it ends, each once and until the mail server has it."""

import datetime
from pathlib import Path

from hub.app import Hub
from hub.settings import Settings
from tests.mailbox import Mailbox

NOW = datetime.datetime(2026, 11, 25, 9, 0, tzinfo=datetime.UTC)


def hub_of(tmp_path: Path, mailbox: Mailbox) -> Hub:
    return Hub.open(
        Settings(
            database=f"sqlite:///{tmp_path / 'hub.sqlite'}",
            alert_mail="duty@scrb.example",
            mail_from="hub@trackchild.example",
            smtp_host="127.0.0.1",
            smtp_port=mailbox.port,
            smtp_security="none",
        )
    )


def opened(hub: Hub) -> None:
    with hub.store.write() as work:
        work.alerts.opened("lane:police-br", "police-br", "does_not_answer", "timed_out", NOW)


def test_the_opening_and_the_end_of_an_incident_are_mailed_once_each(tmp_path: Path, mailbox: Mailbox) -> None:
    hub = hub_of(tmp_path, mailbox)
    opened(hub)
    assert (hub.alerting.tell(), hub.alerting.tell()) == (1, 0)
    with hub.store.write() as work:
        work.alerts.ended("lane:police-br", "police-br", "does_not_answer", None, NOW)
    assert hub.alerting.tell() == 1
    hub.close()
    (to, first), (_, last) = mailbox.letters
    assert to == ["duty@scrb.example"]
    assert first["Subject"] == "TrackChild hub: police-br does_not_answer opened"
    assert "timed_out" in mailbox.text(0)
    assert last["Subject"].endswith("ended")
    assert first["Message-ID"] != last["Message-ID"]


def test_what_the_mail_server_turns_away_is_told_later(tmp_path: Path, mailbox: Mailbox) -> None:
    hub = hub_of(tmp_path, mailbox)
    opened(hub)
    mailbox.refuses = 1
    assert hub.alerting.tell() == 0
    with hub.store.write() as work:
        (waiting,) = work.alerts.due(datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1), 10)
    assert waiting.attempts == 1
    hub.close()
    assert mailbox.letters == []
