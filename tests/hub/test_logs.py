"""Logs carry listed keys only."""

import json
import logging
import sys

import pytest
import structlog

from contracts import tracing
from hub.doors.faults import shown
from hub.logs import configure, only_allowed, with_trace


@pytest.fixture
def logging_restored() -> object:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = before[0], before[1]
    structlog.reset_defaults()


def test_what_is_not_listed_is_dropped() -> None:
    event = only_allowed(None, "info", {"event": "received", "participant": "zipnet", "name": "Asha", "record": {}})
    assert event == {"event": "received", "participant": "zipnet"}


def test_a_long_value_is_cut() -> None:
    assert len(only_allowed(None, "info", {"event": "x", "code": "y" * 999})["code"]) == 200


def test_an_exception_becomes_the_name_of_its_type() -> None:
    try:
        raise KeyError("Asha")
    except KeyError:
        event = only_allowed(None, "error", {"event": "failed", "exc_info": True})
    assert event == {"event": "failed", "error": "KeyError"}


def test_what_is_logged_within_a_trace_names_it() -> None:
    assert with_trace(None, "info", {"event": "x"}) == {"event": "x"}
    with tracing.traced("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"):
        event = only_allowed(None, "info", with_trace(None, "info", {"event": "x"}))
    assert event["trace"] == "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.mark.parametrize("said", [None, "nonsense", "00-" + "0" * 32 + "-00f067aa0ba902b7-01", "00-short-x-01"])
def test_a_trace_that_is_none_is_begun_anew(said: str | None) -> None:
    with tracing.traced(said) as first, tracing.traced(tracing.current()) as inner:
        assert first == inner
        assert len(first) == 32
    assert tracing.current() is None


@pytest.mark.usefixtures("logging_restored")
def test_neither_our_logs_nor_those_of_libraries_repeat_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logging.getLogger().handlers[:] = []
    configure("json", "info")
    structlog.get_logger().info("received", participant="zipnet", name="Asha")
    logging.getLogger("some.library").error("could not parse <name>Asha</name>")
    try:
        raise ValueError("Asha")
    except ValueError:
        logging.getLogger("uvicorn.error").exception("failed")
    said = capsys.readouterr().err
    assert '"participant": "zipnet"' in said
    assert "some.library (message withheld)" in said
    assert "uvicorn.error failed" in said
    assert "Asha" not in said
    assert sys.stderr is not None


@pytest.mark.usefixtures("logging_restored")
def test_the_number_that_a_sender_is_told_to_report_is_found_in_the_log_with_its_place(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure("json", "info")
    try:
        raise ValueError("Asha")
    except ValueError as error:
        told = shown(error).fault.message
    (line,) = capsys.readouterr().err.splitlines()
    logged = json.loads(line)
    assert logged["incident"] in told
    assert logged["where"].startswith("test_logs.py:")
    assert logged["error"] == "ValueError"
    assert "Asha" not in line


@pytest.mark.usefixtures("logging_restored")
def test_where_a_page_failed_is_in_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger().handlers[:] = []
    configure("console", "info")
    logging.getLogger("portal.web.errors").error("a page failed: %s in %s", "ValueError", "case.py:12")
    assert "a page failed: ValueError in case.py:12" in capsys.readouterr().err


@pytest.mark.usefixtures("logging_restored")
def test_a_log_that_is_no_terminal_holds_no_colours(capsys: pytest.CaptureFixture[str]) -> None:
    configure("console", "info")
    structlog.get_logger().info("received", participant="zipnet")
    assert "\x1b" not in capsys.readouterr().err
