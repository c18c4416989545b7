"""What every adapter promises, tested on every folder the catalogue finds, against its own running look-alike.

A folder inherits these by being there. It needs ``manifest.toml``, ``node/`` and ``samples/*.jsonl``: synthetic rows in
the node's load form, ``{"table": NAME, ...columns}``, one JSON object a line, which the node is started with. The rows
that the adapter pulls from it are the owner's words on which the promises are tested.
"""

import copy
import datetime
import itertools
import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
import requests

from adapters import catalog, wire
from adapters.base import Adapter, Capability, Gap, Words
from contracts import (
    ChildRecord,
    Notice,
    NoticeKind,
    Officer,
    Purpose,
    Reference,
    Refused,
    SectionChange,
    SectionName,
    SectionRequest,
    SectionWriting,
    Skipped,
    Unready,
)
from contracts.exchange import Search
from contracts.live import SearchRequest
from tests.loopback import connection


class Blocking:
    """A wire that makes each call as it comes, and nothing beside it."""

    def send(self, sent: wire.Sent) -> wire.Got:
        answer = requests.request(sent.method, sent.url, headers=dict(sent.headers), data=sent.body, timeout=10)
        return wire.Got(answer.status_code, answer.headers, answer.content)

    def together(self, calls: Sequence[Callable[[], Any]]) -> list[Any]:
        return [call() for call in calls]

    def breathe(self) -> None:
        return None


NOW = datetime.datetime(2026, 11, 20, tzinfo=datetime.UTC)
CANARY = "Zzleakzz"


@pytest.fixture(scope="module", params=catalog.kinds())
def node(request: pytest.FixtureRequest, start_node: Callable[..., Any]) -> Any:
    return start_node(request.param)


@pytest.fixture(scope="module")
def pulled(node: Any) -> list[Words | Gap]:
    return list(node.adapter().pull(None))


@pytest.fixture(scope="module")
def words(pulled: list[Words | Gap]) -> list[Words]:
    return [item for item in pulled if isinstance(item, Words)]


@pytest.fixture(scope="module")
def records(node: Any, words: list[Words]) -> list[ChildRecord]:
    return list(translated(node.adapter(), words))


def translated(adapter: Adapter, words: list[Words]) -> Iterator[ChildRecord]:
    for item in words:
        try:
            yield adapter.translate(item)
        except Skipped:
            continue


def told(adapter: Adapter, item: Words) -> Any:
    """What becomes of a row: the record without when it was seen, or the code and problems it is set aside with."""
    try:
        return adapter.translate(item)
    except Skipped as error:
        return error.code, [problem.model_dump() for problem in error.problems]


def request_for(record: ChildRecord, section: SectionName, purpose: Purpose) -> SectionRequest:
    officer = Officer(id="si.test", role="Child Welfare Police Officer", institution="dl:ps:kapashera")
    return SectionRequest(
        request_id="request-0001", ref=record.ref, section=section, purpose=purpose, case="FIR 105/2026",
        officer=officer, asked_at=NOW,
    )  # fmt: skip


def notice_about(record: ChildRecord, notice_id: str = "notice-0001") -> Notice:
    return Notice(
        notice_id=notice_id, kind=NoticeKind.MATCH_PROPOSED, to=record.ref.participant, about=record.ref,
        other=Reference(participant="other", source_id="X-1"), match_id="match-0001", bits=9.5, probability=0.9,
        model="test", created_at=NOW, text="A found child may be the one you search for.",
    )  # fmt: skip


def writing_for(record: ChildRecord) -> SectionWriting:
    return SectionWriting(
        write_id="writing-0001", ref=record.ref, section=SectionName.PROFILE, seen="0", purpose=Purpose.CARE,
        case="FIR 1/2026", officer=Officer(id="cwc.member", role="Member, CWC"), asked_at=NOW,
        changes=[SectionChange(name="name", value="Ravi")],
    )  # fmt: skip


def search_for(purpose: Purpose = Purpose.INQUIRY, **criteria: Any) -> SearchRequest:
    officer = Officer(id="si.test", role="Child Welfare Police Officer", institution="dl:ps:kapashera")
    return SearchRequest(
        request_id="question-0001", query=Search(**criteria), purpose=purpose, case="FIR 105/2026",
        officer=officer, asked_at=NOW,
    )  # fmt: skip


def needs(adapter: Adapter, capability: Capability) -> None:
    if capability not in adapter.capabilities:
        pytest.skip(f"has no {capability}")


def test_its_manifest_holds(node: Any) -> None:
    assert [p for p in catalog.problems() if p.field.startswith(f"{node.kind}:")] == []
    assert catalog.manifest(node.kind).adapter.kind == node.kind


def test_its_samples_are_in_the_load_form(node: Any) -> None:
    rows = [json.loads(line) for path in catalog.samples(node.kind) for line in path.read_text("utf-8").splitlines()]
    assert rows
    assert all(isinstance(row, dict) and isinstance(row.get("table"), str) for row in rows)


def test_every_step_of_its_check_is_well(node: Any) -> None:
    steps = node.adapter().check()
    assert steps
    assert [step for step in steps if not step.ok] == []


def test_its_words_are_plain_json_under_an_id_of_the_owner(words: list[Words]) -> None:
    assert words
    for item in words:
        assert json.loads(json.dumps(item.body, allow_nan=False)) == item.body
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}", item.source_id)


def test_every_sample_becomes_a_record_or_is_set_aside_with_field_and_rule(node: Any, words: list[Words]) -> None:
    adapter = node.adapter()
    kept = 0
    for item in words:
        try:
            record = adapter.translate(item)
        except Skipped as error:
            assert error.code
            assert error.problems, f"{error.code} names no field"
            assert all(problem.rule for problem in error.problems)
        else:
            kept += 1
            assert (record.ref.participant, record.ref.source_id) == ("tester", item.source_id)
    assert kept


def test_translating_is_pure(node: Any, words: list[Words]) -> None:
    one, other = node.adapter(), node.adapter()
    for item in words:
        before = copy.deepcopy(item.body)
        first = told(one, item)
        assert item.body == before
        assert first == told(one, item) == told(other, Words(item.source_id, json.loads(json.dumps(before)), ""))


def test_translating_needs_no_source(node: Any, words: list[Words]) -> None:
    away = catalog.adapter(node.kind, connection("tester", "http://127.0.0.1:9", "hub:open sesame"))
    near = node.adapter()
    assert [told(away, item) for item in words] == [told(near, item) for item in words]


def test_a_row_that_is_set_aside_never_leaks_what_it_said(node: Any, words: list[Words]) -> None:
    adapter = node.adapter()
    for item in words[:40]:
        for key, value in item.body.items():
            if key.startswith("@") or not isinstance(value, str):
                continue
            try:
                adapter.translate(Words(item.source_id, {**item.body, key: f"{CANARY} {value} {CANARY}" * 3}, ""))
            except Skipped as error:
                assert CANARY.lower() not in f"{error} {error.problems} {error.fault()}".lower()


def test_the_version_follows_the_words_and_not_the_moment(node: Any, words: list[Words]) -> None:
    def versions(items: list[Words]) -> dict[str, str]:
        return {record.ref.source_id: record.ref.version for record in translated(node.adapter(), items)}

    again = [item for item in node.adapter().pull(None) if isinstance(item, Words)]
    assert versions(again) == versions(words)


def test_resuming_from_every_cursor_misses_none(node: Any, pulled: list[Words | Gap]) -> None:
    def key(item: Words | Gap) -> tuple[str, ...]:
        return ("gap", item.row) if isinstance(item, Gap) else (str(item.body.get("@list")), item.source_id)

    step = max(1, len(pulled) // 25)
    for cut in [*range(0, len(pulled), step), len(pulled) - 1]:
        again = {key(item) for item in node.adapter().pull(pulled[cut].cursor)}
        assert {key(item) for item in pulled[cut + 1 :] if isinstance(item, Words)} <= again, cut


def test_being_told_twice_has_one_effect(node: Any, records: list[ChildRecord]) -> None:
    adapter = node.adapter()
    needs(adapter, Capability.PUSH)
    notice = notice_about(records[0])
    first, second = adapter.push(notice), node.adapter().push(notice)
    assert not first.already_known
    assert second.already_known
    assert second.foreign_id == first.foreign_id
    assert adapter.push(notice_about(records[0], "notice-0002")).foreign_id != first.foreign_id


def test_a_section_is_read_live_with_the_requests_reference(node: Any, records: list[ChildRecord]) -> None:
    adapter = node.adapter()
    needs(adapter, Capability.FETCH)
    fetch = catalog.manifest(node.kind).fetch
    assert fetch is not None
    waiting = set(fetch.sections)
    for record, section, purpose in itertools.product(records, sorted(waiting), Purpose):
        if section not in waiting:
            continue
        asked = request_for(record, section, purpose)
        try:
            answer = adapter.fetch(asked)
        except Refused:
            continue  # not for this purpose, or not of this child: the owner's right
        assert (answer.ref, answer.section) == (asked.ref, asked.section)
        waiting.discard(section)
    assert waiting == set()


def test_a_record_that_is_not_there_is_refused(node: Any, records: list[ChildRecord]) -> None:
    adapter = node.adapter()
    needs(adapter, Capability.FETCH)
    ref = records[0].ref.model_copy(update={"source_id": "NOWHERE-1"})
    unknown = records[0].model_copy(update={"ref": ref})
    for section in SectionName:
        with pytest.raises(Refused):
            adapter.fetch(request_for(unknown, section, Purpose.MATCH_REVIEW))


def test_what_it_pulls_is_found_live_by_name_under_the_same_reference(node: Any, records: list[ChildRecord]) -> None:
    adapter = node.adapter()
    needs(adapter, Capability.SEARCH)
    named = [record for record in records if record.names and not record.ended][:12]
    assert named
    for record in named:
        found = adapter.search(search_for(name=record.names[0].text, limit=100)).records
        assert record.ref.source_id in {one.ref.source_id for one in found}
        assert {one.ref.participant for one in found} == {"tester"}


def test_a_search_keeps_to_what_is_asked(node: Any, records: list[ChildRecord]) -> None:
    adapter = node.adapter()
    needs(adapter, Capability.SEARCH)
    assert adapter.search(search_for(name="Zzyzx Qwxyz")).records == []
    for kind, gender in {(record.kind, record.gender) for record in records if record.gender}:
        found = adapter.search(search_for(kind=kind, gender=gender, limit=100)).records
        assert {(one.kind, one.gender) for one in found} <= {(kind, gender)}
    assert len(adapter.search(search_for(limit=1)).records) == 1
    everybody = adapter.search(search_for(limit=100)).records
    assert not any(record.ended for record in everybody)


def test_a_search_over_a_wire_finds_the_same(node: Any) -> None:
    adapter = node.adapter()
    needs(adapter, Capability.SEARCH)
    asked = search_for(limit=100)
    with wire.over(Blocking()):
        over = adapter.search(asked)
    assert [one.ref.source_id for one in over.records] == [r.ref.source_id for r in adapter.search(asked).records]


def test_a_wrong_secret_is_refused(node: Any, records: list[ChildRecord]) -> None:
    with pytest.raises(Refused) as caught:
        node.adapter(secret="hub:wrong").push(notice_about(records[0], "notice-0003"))
    assert caught.value.code == "wrong_credentials"


def test_a_source_that_is_away_is_unready(node: Any, records: list[ChildRecord]) -> None:
    away = catalog.adapter(node.kind, connection("tester", "http://127.0.0.1:9", "hub:open sesame", 2))
    with pytest.raises(Unready):
        list(away.pull(None))
    with pytest.raises(Unready):
        away.push(notice_about(records[0]))
    failed = [step for step in away.check() if not step.ok]
    assert failed
    assert all(step.detail and step.to_do for step in failed)


def test_what_it_does_not_declare_raises(node: Any, records: list[ChildRecord]) -> None:
    adapter = node.adapter()
    calls: dict[Capability, Callable[[], Any]] = {
        Capability.PULL: lambda: list(adapter.pull(None)),
        Capability.PUSH: lambda: adapter.push(notice_about(records[0])),
        Capability.FETCH: lambda: adapter.fetch(request_for(records[0], SectionName.PROFILE, Purpose.CARE)),
        Capability.SEARCH: lambda: adapter.search(search_for(name="Ravi")),
        Capability.STORE: lambda: adapter.store(writing_for(records[0])),
    }
    assert adapter.capabilities
    for capability in set(calls) - adapter.capabilities:
        with pytest.raises(NotImplementedError):
            calls[capability]()


def test_one_record_asked_for_by_its_id_says_what_the_list_says_and_an_unknown_one_is_none(
    node: Any, words: list[Words], records: list[ChildRecord]
) -> None:
    adapter = node.adapter()
    if Capability.ONE not in adapter.capabilities:
        return
    seen = {record.ref.source_id: record for record in records}
    for source_id in list(seen)[:5]:
        one = adapter.one(source_id)
        assert one is not None
        assert adapter.translate(one) == seen[source_id]
    assert adapter.one("NO/SUCH/99999") is None
