"""The guard reads no more than it may, from whoever sends it, and never hands on half a message."""

import asyncio
import json
from collections.abc import Iterable, MutableMapping
from typing import Any

import pytest
from starlette.responses import Response

from contracts import Refused
from hub.doors.guard import Guard, Limits, check_text
from hub.doors.rest import refused


class Exchange:
    """One request through a guard, piece by piece, without a server."""

    def __init__(self, pieces: Iterable[bytes], told: int | None = None, broken: bool = False, stalls: bool = False):
        self.pieces, self.broken, self.stalls = list(pieces), broken, stalls
        self.headers = [(b"content-type", b"application/json")]
        if told is not None:
            self.headers.append((b"content-length", str(told).encode()))
        self.asked_for = 0
        self.passed: list[bytes] = []
        self.sent: list[MutableMapping[str, Any]] = []

    def run(self, limits: Limits) -> dict[str, Any]:
        scope = {"type": "http", "method": "POST", "headers": self.headers}
        asyncio.run(Guard(self._app, "application/json", refused, limits)(scope, self._receive, self._send))
        return {"http": self.sent[0]["status"], "code": json.loads(self.sent[1]["body"] or b"{}").get("code")}

    async def _receive(self) -> MutableMapping[str, Any]:
        if self.asked_for == len(self.pieces):
            if self.broken:
                return {"type": "http.disconnect"}
            await asyncio.sleep(60)
        piece = self.pieces[self.asked_for]
        self.asked_for += 1
        last = self.asked_for == len(self.pieces) and not self.broken and not self.stalls
        return {"type": "http.request", "body": piece, "more_body": not last}

    async def _send(self, message: MutableMapping[str, Any]) -> None:
        self.sent.append(message)

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        self.passed.append(scope["body"])
        assert (await receive())["body"] == scope["body"]
        assert (await receive())["type"] == "http.disconnect"
        assert dict(scope["headers"])[b"content-length"] == str(len(scope["body"])).encode()
        await Response(b"{}")(scope, receive, send)


LIMITS = Limits(body_bytes=100, body_seconds=5)


def test_a_whole_message_is_handed_on_once_in_one_piece() -> None:
    exchange = Exchange([b'{"a":', b"1}"])
    assert exchange.run(LIMITS)["http"] == 200
    assert exchange.passed == [b'{"a":1}']


def test_a_message_of_just_the_limit_is_taken_and_one_byte_more_is_not() -> None:
    assert Exchange([b"x" * 60, b"x" * 40], told=100).run(LIMITS)["http"] == 200
    assert Exchange([b"x" * 60, b"x" * 41]).run(LIMITS) == {"http": 413, "code": "body_too_large"}


@pytest.mark.parametrize("told", [None, 5, 10_000_000])
def test_reading_stops_at_the_limit_whatever_length_was_told(told: int | None) -> None:
    exchange = Exchange([b"x" * 30] * 1000, told=told)
    assert exchange.run(LIMITS) == {"http": 413, "code": "body_too_large"}
    assert exchange.asked_for == 4
    assert exchange.passed == []


def test_a_length_that_is_no_number_is_refused() -> None:
    exchange = Exchange([b"{}"])
    exchange.headers.append((b"content-length", b"-1"))
    assert exchange.run(LIMITS)["code"] == "body_too_large"


def test_half_a_message_is_never_handed_on() -> None:
    exchange = Exchange([b'{"a":1}'], broken=True)
    assert exchange.run(LIMITS) == {"http": 400, "code": "broken_off"}
    assert exchange.passed == []


def test_a_sender_who_stalls_is_not_waited_for() -> None:
    exchange = Exchange([b'{"a":'], stalls=True)
    assert exchange.run(Limits(body_bytes=100, body_seconds=0.05)) == {"http": 408, "code": "slow_body"}
    assert exchange.passed == []


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", "utf8", None])
def test_utf_8_is_taken_under_its_names(charset: str | None) -> None:
    check_text("<?xml version='1.0' encoding='UTF-8'?><a>सीता</a>".encode(), charset)


@pytest.mark.parametrize("name", ["latin-1", "utf-16", "utf-7", "", "zebu"])
def test_any_other_character_set_is_refused(name: str) -> None:
    with pytest.raises(Refused, match="wrong_charset"):
        check_text(b"{}", name)
