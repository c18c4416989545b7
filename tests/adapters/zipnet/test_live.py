"""The adapter against a running look-alike: both sites, poison, restless ties, growth, alerts and live reads."""

import datetime
import itertools
import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import requests

from adapters import catalog
from adapters.base import Gap, Words
from adapters.zipnet.node.store import Store, missing_persons
from contracts import (
    Notice,
    NoticeKind,
    Officer,
    Purpose,
    Reference,
    Refused,
    SectionName,
    SectionRequest,
    Skipped,
    Unready,
)
from tests.loopback import connection

NOW = datetime.datetime(2026, 11, 20, tzinfo=datetime.UTC)
START = datetime.date(2026, 1, 1)
POISON = {7, 8, 150, 333}


def missing(number: int, **told: Any) -> dict[str, Any]:
    day = (START + datetime.timedelta(days=number // 60)).strftime("%d/%m/%Y")  # sixty rows share a moment
    return {
        "table": "missing_persons", "MissingPersonId": number, "SerialNumber": f"MP-202601{number:06d}",
        "CreatedOn": day, "State": ("DELHI", "HARYANA")[number % 2], "District": "SOUTH WEST",
        "PoliceStation": "KAPSHERA", "FIRNo": str(number), "DD_Date": day, "MissingFrom": "Bus stand",
        "TracingStatus": "Untraced", "Name": f"Ravi राम {number}", "Sex": "Male", "AgeFrom": 9, "AgeTo": 10,
        "MissingDate": day, "ComplainantPhoneNo": "9000000001", "ContactPerson": "Asha",
        "Remarks": "Ask the SHO, 9000000002", **told,
    }  # fmt: skip


def found(number: int) -> dict[str, Any]:
    return {
        "table": "unidentified_persons", "UnIdentifiedPersonId": number, "UIPFSerialNumber": f"UIPF-202601{number:06d}",
        "CreatedOn": "05/01/2026", "State": "DELHI", "PoliceStation": "SAROJINI NAGAR", "DDNo": f"{number}A",
        "FoundDateTime": "04/01/2026 09:30", "FoundPlace": "Railway station", "Sex": "Male", "AgeFrom": 8, "AgeTo": 9,
    }  # fmt: skip


@pytest.fixture(scope="module")
def node(start_node: Callable[..., Any]) -> Any:
    rows = [missing(n, Poison=n in POISON) for n in range(1, 401)] + [found(n) for n in range(1, 31)]
    return start_node("zipnet", rows)


@pytest.fixture
def setting(node: Any) -> Any:
    """``setting("casing", "camel")`` until the test ends."""
    store = Store(node.database)
    usual = {"casing": "pascal", "ties": "steady", "charset": "utf-8"}

    def put(name: str, value: str) -> None:
        store.add([{"table": "settings", "name": name, "value": value}])

    yield put
    for name, value in usual.items():
        put(name, value)
    store.close()


def serials(items: list[Words | Gap]) -> list[str]:
    return [item.source_id for item in items if isinstance(item, Words)]


WANTED = [f"MP-202601{n:06d}" for n in range(1, 401) if n not in POISON] + [f"UIPF-202601{n:06d}" for n in range(1, 31)]


def test_every_row_is_pulled_oldest_first_and_each_poison_row_is_named(node: Any) -> None:
    pulled = list(node.adapter().pull(None))
    assert serials(pulled) == WANTED
    gaps = [item for item in pulled if isinstance(item, Gap)]
    assert [gap.row for gap in gaps] == [
        "missing row 6, after MP-202601000006", "missing row 7, after MP-202601000006",
        "missing row 149, after MP-202601000149", "missing row 332, after MP-202601000332",
    ]  # fmt: skip
    assert len(pulled) == 430  # n in, n accounted for


def test_what_only_the_detail_says_is_in_the_record(node: Any) -> None:
    adapter = node.adapter()
    record = adapter.translate(next(adapter.pull(None)))
    assert [name.text for name in record.names] == ["Ravi", "राम"]
    assert (record.birth.age_from_months, record.event.on, record.diaries[0].number) == (108, START, "1")


def test_an_answer_in_camel_case_is_the_same_words_and_needs_no_detail(node: Any, setting: Any) -> None:
    adapter = node.adapter()
    usual = {r.ref.source_id: r.ref.version for r in map(adapter.translate, itertools.islice(adapter.pull(None), 5))}
    setting("casing", "camel")
    camel = {r.ref.source_id: r.ref.version for r in map(adapter.translate, itertools.islice(adapter.pull(None), 5))}
    assert camel == usual


def test_rows_of_one_moment_in_another_order_each_time_are_all_told(start_node: Callable[..., Any]) -> None:
    restless = {"table": "settings", "name": "ties", "value": "restless"}
    node = start_node("zipnet", [restless, *(missing(n) for n in range(1, 401))])
    assert Counter(serials(list(node.adapter().pull(None)))) == Counter(f"MP-202601{n:06d}" for n in range(1, 401))


def test_rows_that_arrive_while_it_is_pulled_are_told_once(start_node: Callable[..., Any]) -> None:
    node = start_node("zipnet", [missing(n) for n in range(1, 251)])
    store = Store(node.database)
    pull, told = node.adapter().pull(None), []
    for number in range(300, 340):
        told += [item.source_id for item in itertools.islice(pull, 6)]
        store.add([missing(number, CreatedOn="01/06/2026")])
    told += [item.source_id for item in pull]
    store.close()
    assert len(told) == len(set(told))
    assert set(told) >= {f"MP-202601{n:06d}" for n in range(1, 251)}
    again = serials(list(node.adapter().pull('{"missing": "2026-06-01T00:00:00+05:30"}')))
    assert set(told) | set(again) == {f"MP-202601{n:06d}" for n in [*range(1, 251), *range(300, 340)]}


def test_a_row_traced_without_a_trace_is_seen_again_within_the_look_back(start_node: Callable[..., Any]) -> None:
    node = start_node("zipnet", [missing(n) for n in range(1, 61)])
    adapter = node.adapter()
    first = [item for item in adapter.pull(None) if isinstance(item, Words)]
    store = Store(node.database)
    store.add([missing(5, TracingStatus="Traced")])
    store.close()
    again = {
        item.source_id: adapter.translate(item) for item in adapter.pull(first[-1].cursor) if isinstance(item, Words)
    }
    before = {item.source_id: adapter.translate(item) for item in first}
    changed = [key for key in again if again[key].ref.version != before[key].ref.version]
    assert changed == ["MP-202601000005"]
    assert again[changed[0]].status == "traced"
    assert again[changed[0]].recorded_at >= before[changed[0]].recorded_at


def test_the_old_site_tells_the_same_children(node: Any, setting: Any) -> None:
    adapter = catalog.adapter("zipnet", connection("zipnet", f"{node.url}/index.php"))
    for charset in ("utf-8", "windows-1252"):
        setting("charset", charset)
        pulled = list(adapter.pull(None))
        lost = set(WANTED) - set(serials(pulled))
        assert Counter(serials(pulled)) == Counter(set(WANTED) - lost)
        # A page is three rows, and a row that crashes takes its page with it: all of them are named.
        assert len(pulled) == 430
        assert len(lost) <= 2 * len(POISON)
        two = (item for item in pulled if isinstance(item, Words) and item.source_id == "MP-202601000002")
        record = adapter.translate(next(two))
        assert [name.text for name in record.names] == ["Ravi", "राम"]
        assert record.event.place is not None
        assert record.event.place.state == 7


def test_pages_saved_from_either_site_are_read_as_its_history(node: Any, tmp_path: Any) -> None:
    list_page = requests.get(f"{node.url}/index.php", params={"page": "missing_person_search", "Page_No": 40})
    (tmp_path / "page_1.html").write_bytes(list_page.content)
    zoom = {"page": "missing_person_search", "criteria": "zoom", "Serial_No": "MP-202601000020"}
    (tmp_path / "page_2.html").write_bytes(requests.get(f"{node.url}/index.php", params=zoom).content)
    form = {"start": "0", "length": "10"}
    answer = requests.post(f"{node.url}/Victims/GetMissingPersonsData/", data=form)
    (tmp_path / "page_10.json").write_bytes(answer.content)
    adapter = catalog.adapter("zipnet", connection("zipnet", tmp_path.as_uri()))
    pulled = list(adapter.pull(None))
    assert serials(pulled)[3] == "MP-202601000020"
    assert serials(pulled)[4:] == [f"MP-202601{n:06d}" for n in range(400, 390, -1)]
    assert len(serials(pulled)) == 14
    for cut, item in enumerate(pulled):
        assert list(adapter.pull(item.cursor)) == pulled[cut + 1 :]
    assert [step.ok for step in adapter.check()] == [True]


def test_an_alert_is_kept_once_under_the_notices_id(node: Any) -> None:
    notice = Notice(
        notice_id="notice-77", kind=NoticeKind.MATCH_PROPOSED, to="zipnet",
        about=Reference(participant="zipnet", source_id=WANTED[0]),
        other=Reference(participant="cci-dl", source_id="C-1"),
        match_id="match-0077", probability=0.93, created_at=NOW, text="A child in care may be the one.",
    )  # fmt: skip
    adapter = node.adapter()
    first, second = adapter.push(notice), adapter.push(notice)
    assert (first.already_known, second.already_known, first.foreign_id) == (False, True, second.foreign_id)
    inbox = requests.get(f"{node.url}/Alerts/Inbox/", headers={"X-Api-Key": "hub:open sesame"}).json()["data"]
    kept = [alert for alert in inbox if alert["NoticeId"] == "notice-77"]
    assert len(kept) == 1
    assert (kept[0]["AlertType"], kept[0]["SerialNumber"], kept[0]["OtherSystem"]) == (
        "POSSIBLE MATCH",
        WANTED[0],
        "cci-dl",
    )
    assert requests.get(f"{node.url}/Alerts/Inbox/").status_code == 401


def section(source_id: str, name: SectionName) -> SectionRequest:
    return SectionRequest(
        request_id="request-1", ref=Reference(participant="zipnet", source_id=source_id), section=name,
        purpose=Purpose.MATCH_REVIEW, case="match-0077", officer=Officer(id="si.test", role="CWPO"), asked_at=NOW,
    )  # fmt: skip


def test_contact_and_profile_are_read_live_and_the_complainants_number_is_withheld(node: Any) -> None:
    adapter = node.adapter()
    contact = adapter.fetch(section(WANTED[0], SectionName.CONTACT))
    labels = {field.label: field.value for field in contact.fields}
    assert (labels["Police station"], labels["Contact person"]) == ("KAPSHERA", "Asha")
    assert contact.withheld == ["Complainant's phone number"]
    assert "9000000001" not in contact.model_dump_json()
    profile = adapter.fetch(section(WANTED[-1], SectionName.PROFILE))
    assert {f.label: f.value for f in profile.fields}["Found at"] == "Railway station"
    assert adapter.fetch(section("UP_3", SectionName.PROFILE)).fields
    with pytest.raises(Refused, match="no_such_section"):
        adapter.fetch(section(WANTED[0], SectionName.MEDICAL))
    with pytest.raises(Unready):
        adapter.fetch(section("MP-202601000007", SectionName.PROFILE))


def test_adults_are_set_aside_and_counted(start_node: Callable[..., Any]) -> None:
    node = start_node("zipnet", [missing(n, AgeFrom=5 * n, AgeTo=5 * n) for n in range(1, 9)])
    adapter, codes = node.adapter(), Counter[str]()
    for item in adapter.pull(None):
        try:
            adapter.translate(item)
            codes["kept"] += 1
        except Skipped as error:
            codes[error.code] += 1
    assert codes == {"kept": 3, "adult": 5}


def test_the_same_file_is_loaded_once(tmp_path: Any) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(missing(1)))
    store = Store(f"sqlite:///{tmp_path / 'node.sqlite'}")
    store.load(path)
    store.add([missing(1, TracingStatus="Traced")])
    store.load(path)
    row = store.one(missing_persons, id=1)
    assert row is not None
    assert row["TracingStatus"] == "Traced"
    with pytest.raises(KeyError):
        store.add([{"table": "missing_persons", "MissingPersonId": 2, "Surname": "x"}])
    with pytest.raises(KeyError):
        store.add([{"table": "nowhere"}])
    store.close()
