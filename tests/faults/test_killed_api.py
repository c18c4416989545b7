"""Killed between the commit of a message and its reply: who asks again gets that very reply, and it has one effect."""

import http.client
import socket
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from contracts.codes import RecordKind, Status
from contracts.exchange import SubmitRecords
from hub.doors.soap import bridge
from hub.settings import Settings
from portal.web.server import listen
from tests.faults import answering, cycle
from tests.faults.copies import Copies
from tests.faults.ends import ended
from tests.faults.figures import LONG, database_of, stated
from tests.faults.forked import KILLED, started
from tests.faults.forked import ended as exit_of

_CASES = 500 if LONG else 8
_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_DOORS = {"REST": ("/api/v1/records", "application/json"), "SOAP": ("/soap", "text/xml; charset=utf-8")}


@dataclass
class Client:
    """A participant's system; ``part`` is what came of a reply that broke off."""

    port: int
    key: str
    part: bytes = b""

    def ask(self, number: int) -> bytes | None:
        """The whole reply to message ``number``, or None if it did not come whole."""
        path, kind = _DOORS[_door(number)]
        said = {"Authorization": f"Bearer {self.key}", "Content-Type": kind, "X-Trial": str(number)}
        connection, self.part = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30), b""
        try:
            connection.request("POST", path, _body(number), said | {"Idempotency-Key": f"key-{number:06}"})
            answer = connection.getresponse()
            self.part = answer.read()
            assert answer.status == 200, self.part
            return self.part
        except http.client.IncompleteRead as broken:
            self.part = broken.partial
        except (http.client.HTTPException, ConnectionError):
            pass
        finally:
            connection.close()
        return None


def test_a_message_asked_again_after_a_kill_gets_the_same_bytes(database_url: str, adapters: Path) -> None:
    settings = cycle.settled(database_url, adapters, "http://127.0.0.1:9")
    key = cycle.keys_of(settings, "home")["home"]
    copies = Copies(database_url)
    calm, struck = (settings.model_copy(update={"database": copies.fresh(name)}) for name in ("calm", "struck"))
    with stated("killed_api", database_of(database_url)) as row, listen("127.0.0.1", 0) as listening:
        client = Client(listening.getsockname()[1], key)
        expected = _undisturbed(calm, listening, client)
        said = _struck(struck, listening, client)
        differing = sum(two != [one, one] for one, two in zip(expected, said, strict=True))
        row.cases = len(expected)
        row.figures = {"replies that differ": differing}
        assert differing == 0
        assert ended(struck.database, {}) == ended(calm.database, {})
    for name in ("calm", "struck"):
        copies.drop(name)


def _undisturbed(settings: Settings, listening: socket.socket, client: Client) -> list[bytes]:
    """What a hub answers that nobody kills."""
    process = started(answering.serve, settings, listening)
    said = [client.ask(number) for number in range(_CASES)]
    process.kill()
    exit_of(process)
    assert None not in said
    return [one for one in said if one is not None]


def _struck(settings: Settings, listening: socket.socket, client: Client) -> list[list[bytes | None]]:
    """What is answered to each message when it is asked again, twice, after its process was killed.

    The next process, which the next message will end, answers at the same address, as under systemd.
    """
    again: list[list[bytes | None]] = []
    for number in range(_CASES + 1):
        place = answering.PLACES[number % len(answering.PLACES)]
        process, begun = started(answering.serve, settings, listening, str(number), place), client.part
        if number:
            again.append([client.ask(number - 1), client.ask(number - 1)])
            assert client.part.startswith(begun)
        if number < _CASES:
            assert client.ask(number) is None
            assert bool(client.part) == (place == "half of the reply sent")
        else:
            process.kill()
        assert exit_of(process) == KILLED
    return again


def _door(number: int) -> str:
    return "REST" if number // 4 % 2 == 0 else "SOAP"


def _body(number: int) -> bytes:
    """A message of one child, in the door's own form; some of the first are searched for, so that pairs are found."""
    record = cycle.found("home", f"F{number}", number % 3)
    if number in (1, 2, 7):
        record = record.model_copy(update={"kind": RecordKind.MISSING, "status": Status.REPORTED})
    message = SubmitRecords(message_id=f"message-{number:06}", records=[record])
    if _door(number) == "REST":
        return message.model_dump_json(exclude_none=True).encode()
    envelope = etree.Element(f"{{{_SOAP}}}Envelope")
    etree.SubElement(envelope, f"{{{_SOAP}}}Body").append(bridge.element(message))
    return bytes(etree.tostring(envelope, encoding="utf-8"))
