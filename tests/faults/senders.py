"""Participants' systems that submit to the hub's REST door without pause, each message until it was acknowledged."""

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from contracts.exchange import SubmitRecords
from tests.faults import cycle


@dataclass
class Sent:
    """What became of the messages: number -> when its acknowledgement came (``time.monotonic``)."""

    acknowledged: dict[int, float] = field(default_factory=dict)
    refused: list[tuple[int, int]] = field(default_factory=list)
    """(message, HTTP code) of answers other than 200 and those that ask to come back."""
    unready: int = 0

    def first_after(self, moment: float) -> float | None:
        """Seconds from ``moment`` to the next acknowledgement."""
        return min((at - moment for at in self.acknowledged.values() if at > moment), default=None)


class Senders:
    """Some threads that send under the keys of two participants in turn: one searches for what the other found.

    ``per_second`` is kept by all of them together; without it they send as fast as they are answered.
    """

    def __init__(
        self, port: int, keys: dict[str, str], threads: int = 4, per_second: float | None = None, first: int = 0
    ) -> None:
        self.sent = Sent()
        self._port, self._keys = port, keys
        self._apart = 1 / per_second if per_second else 0.0
        self._next, self._due, self._lock, self._ending = first, 0.0, threading.Lock(), threading.Event()
        self._threads = [threading.Thread(target=self._work) for _ in range(threads)]

    @contextmanager
    def working(self) -> Iterator[Sent]:
        for thread in self._threads:
            thread.start()
        try:
            yield self.sent
        finally:
            self._ending.set()
            for thread in self._threads:
                thread.join()

    def _work(self) -> None:
        while not self._ending.is_set():
            with self._lock:
                number, self._next = self._next, self._next + 1
                due = self._due = max(self._due + self._apart, time.monotonic() - 1)
            self._ending.wait(max(0.0, due - time.monotonic()))
            while not self._ending.is_set() and not self._acknowledged(number):
                self._ending.wait(0.05)

    def _acknowledged(self, number: int) -> bool:
        code = self._ask(number)
        if code == 200:
            self.sent.acknowledged[number] = time.monotonic()
        elif code in (0, 429, 503):
            self.sent.unready += 1
        else:
            self.sent.refused.append((number, code))
        return code == 200

    def _ask(self, number: int) -> int:
        """The HTTP code of one attempt; 0 if none came."""
        sender, body = message(number)
        said = {"Authorization": f"Bearer {self._keys[sender]}", "Content-Type": "application/json"}
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        try:
            connection.request("POST", "/api/v1/records", body.model_dump_json(exclude_none=True), said)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        except (http.client.HTTPException, OSError):
            return 0
        finally:
            connection.close()


def message(number: int) -> tuple[str, SubmitRecords]:
    """(sender, message): every second child is one that the message before it searches for."""
    sender = ("police", "home")[number % 2]
    record = cycle.one_of_a_pair(sender, number // 2, searched=number % 2 == 0)
    return sender, SubmitRecords(message_id=f"message-{number:07}", records=[record])
