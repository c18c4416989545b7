"""A system that cannot tell a notice it knows says so in its manifest, and is asked by its own key; traces go along."""

import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters import catalog
from adapters.base import Adapter
from contracts import Notice, NoticeKind, Reference, Refused, Unready, tracing
from tests.faults.stubs import Stub, serving, write_adapters
from tests.loopback import connection

AT = datetime.datetime(2026, 1, 10, tzinfo=datetime.UTC)
NOTICE = Notice(
    notice_id="notice-01",
    kind=NoticeKind.MATCH_PROPOSED,
    to="xy",
    about=Reference(participant="xy", source_id="M1"),
    created_at=AT,
    text="Look.",
)


@pytest.fixture
def stub() -> Iterator[tuple[Stub, str]]:
    made = Stub(dedupes=False)
    with serving({"xy": made}) as address:
        yield made, f"{address}/xy"


def _adapter(tmp_path: Path, kind: str, url: str) -> Adapter:
    return catalog.adapter(kind, connection("xy", url), [write_adapters(tmp_path)])


def test_it_is_asked_by_the_key_of_the_notice(tmp_path: Path, stub: tuple[Stub, str]) -> None:
    adapter = _adapter(tmp_path, "plain_stub", stub[1])
    assert adapter.dedupes is False
    assert adapter.has(NOTICE) is False
    adapter.push(NOTICE)
    assert adapter.has(NOTICE) is True


def test_a_system_without_ask_cannot_tell(tmp_path: Path, stub: tuple[Stub, str]) -> None:
    adapter = _adapter(tmp_path, "stub", stub[1])
    assert adapter.dedupes is True
    assert adapter.has(NOTICE) is None


def test_a_call_that_left_and_was_broken_off_is_told_from_one_that_never_left(source: Any, tmp_path: Path) -> None:
    source.says(200, b"{}", Content_Type="application/json", Content_Length="500")
    with pytest.raises(Unready, match=r"broken_off_by_source|timed_out"):
        _adapter(tmp_path / "a", "stub", source.url).push(NOTICE)
    with pytest.raises(Unready, match="unreachable"):
        _adapter(tmp_path / "b", "stub", "http://127.0.0.1:9").push(NOTICE)


def test_the_trace_goes_along_with_a_push(source: Any, tmp_path: Path) -> None:
    source.says(200, json.dumps({}).encode(), Content_Type="application/json")
    with tracing.traced("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"):
        _adapter(tmp_path, "stub", source.url).push(NOTICE)
    assert "00-4bf92f3577b34da6a3ce929d0e0e4736-" in source.asked[-1][2]["traceparent"]


def test_a_refusal_names_field_and_rule_and_nothing_else_of_the_answer(source: Any, tmp_path: Path) -> None:
    said = {"field": "about.source_id", "rule": "unknown_record", "message": "Asha Devi is not here"}
    words = {"field": "Asha Devi", "rule": "unknown_record", "message": "x"}
    named = [{"field": "Asha", "rule": "unknown_record"}, {"field": "about.source_id", "rule": "Asha"}]
    source.says(422, {"problems": [said, words, *named]}, Content_Type="application/problem+json")
    with pytest.raises(Refused) as refused:
        _adapter(tmp_path, "stub", source.url).push(NOTICE)
    assert [(one.field, one.rule) for one in refused.value.problems] == [("about.source_id", "unknown_record")]
    assert "Asha" not in str(refused.value.fault())


@pytest.mark.parametrize("body", [b"[]", b"{", b'{"problems": 3}', b'{"problems": [{"field": 1}]}'])
def test_a_refusal_that_names_nothing_is_still_one(source: Any, tmp_path: Path, body: bytes) -> None:
    source.says(422, body)
    with pytest.raises(Refused) as refused:
        _adapter(tmp_path, "stub", source.url).push(NOTICE)
    assert refused.value.problems == []
