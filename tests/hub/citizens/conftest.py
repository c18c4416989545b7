"""A hub, people of the police, a picture with metadata, and a real mail server on the loopback."""

import asyncio
import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP
from PIL import Image

from contracts import Officer
from hub.access import Caller, Role, Scope, person
from hub.app import Hub
from hub.citizens import CitizenReport
from hub.settings import Settings

BIHAR, GAYA, PATNA = 10, 196, 212


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    opened = Hub.open(Settings(database=f"sqlite:///{tmp_path / 'hub.sqlite'}"))
    yield opened
    opened.close()


def officer(*districts: int, role: Role = Role.OFFICER) -> Caller:
    return person(Officer(id="sho", role=role.value), role, Scope(districts=frozenset(districts)))


def report(**said: Any) -> CitizenReport:
    usual = {"kind": "saw", "state": BIHAR, "district": GAYA, "place": "Gaya junction, platform 4"}
    return CitizenReport.model_validate(usual | said)


def picture(size: tuple[int, int] = (2_000, 1_000), form: str = "JPEG", **more: Any) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(made, form, **more)
    return made.getvalue()


@dataclass
class Mailbox:
    """What a mail server took; ``refuses``: how many letters more it turns away first."""

    port: int = 0
    refuses: int = 0
    letters: list[tuple[list[str], Message]] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.refuses:
            self.refuses -= 1
            return "451 Try again later"
        self.letters.append((envelope.rcpt_tos, message_from_bytes(envelope.content)))
        return "250 OK"

    def text(self, which: int) -> str:
        payload = self.letters[which][1].get_payload(decode=True)
        assert isinstance(payload, bytes)
        return payload.decode()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A real SMTP server on a free port of the loopback."""
    box, loop = Mailbox(), asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(lambda: SMTP(box, loop=loop), "127.0.0.1", 0))
    box.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield box
    loop.call_soon_threadsafe(server.close)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
