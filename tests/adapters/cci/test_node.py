"""The homes' software keeps eFiles in versions, tells who changed what, and overwrites nobody's writing."""

import http.client
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from adapters.cci.node.forms import Form, forms
from adapters.cci.node.register import Register

CHILD = {"home_unit": "DL-CHB-ALP", "category": "CNCP", "last_modified": "2026-01-01T00:00:00+05:30"}
READER = {"purpose": "CARE", "case_ref": "CWC/1", "officer_id": "cw.1", "designation": "Case worker"}
numbers = itertools.count(1)


@dataclass(frozen=True)
class File:
    """One new resident's schooling section, as a case worker's browser reaches it."""

    url: str
    number: str
    register: Register

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        sent = {
            "Authorization": "Bearer hub:open sesame",
            **{name.replace("_", "-"): tag for name, tag in headers.items()},
        }
        return requests.request(method, f"{self.url}/api/residents/{self.number}{path}", json=body, headers=sent)

    def read(self, **changed: Any) -> requests.Response:
        return self.call("POST", "/efile/schooling/read", {**READER, **changed})

    def write(self, content: dict[str, str], seen: str = '"0"', by: str = "Neha") -> requests.Response:
        return self.call("PUT", "/efile/schooling", {"content": content, "written_by": by}, If_Match=seen)

    def outcomes(self) -> list[str]:
        return [row["outcome"] for row in self.register.all("access_log") if row["admission_no"] == self.number]


@pytest.fixture(scope="module")
def node(start_node: Callable[[str], Any]) -> Any:
    return start_node("cci")


@pytest.fixture(scope="module")
def register(node: Any) -> Iterator[Register]:
    opened = Register(node.database)
    yield opened
    opened.close()


@pytest.fixture
def file(node: Any, register: Register) -> File:
    number = f"DL-CHB-ALP/2026/9{next(numbers):03d}"  # with slashes, as homes write them
    register.take([{"table": "resident", "admission_no": number, **CHILD}])
    return File(node.url, number, register)


def test_a_section_is_written_in_versions_and_the_history_says_who_changed_what(file: File) -> None:
    assert file.write({"level": "UPTO_V"}).headers["ETag"] == '"1"'
    assert file.write({"level": "V_TO_VIII", "progress": "Good"}, '"1"', "Imran").headers["ETag"] == '"2"'
    history = file.call("GET", "/efile/schooling/revisions").json()["revisions"]
    assert [(one["revision"], one["written_by"], one["changed"]) for one in history] == [
        (2, "Imran", ["level", "progress"]),
        (1, "Neha", ["level"]),
    ]


def test_what_somebody_else_wrote_meanwhile_is_not_overwritten(file: File) -> None:
    file.write({"level": "UPTO_V"})
    assert file.write({"level": "ILLITERATE"}, '"0"').status_code == 412
    assert file.read().json()["entries"] == {"Level of education": "UPTO_V"}


def test_a_version_that_was_never_given_cannot_be_written_upon(file: File) -> None:
    file.write({"level": "UPTO_V"})
    assert file.write({"level": "ILLITERATE"}, '"7"').status_code == 412
    assert file.write({"level": "ILLITERATE"}, '"newest"').status_code == 422


def test_an_unchanged_section_is_not_sent_again_and_the_reading_is_noted_all_the_same(file: File) -> None:
    file.write({"level": "UPTO_V"})
    answer = file.call("POST", "/efile/schooling/read", READER, If_None_Match='"1"')
    assert (answer.status_code, answer.content) == (304, b"")
    assert file.outcomes() == ["given"]


@pytest.mark.parametrize("missing", ["purpose", "case_ref", "officer_id", "designation"])
def test_nobody_reads_without_purpose_case_and_officer(file: File, missing: str) -> None:
    file.write({"level": "UPTO_V"})
    body = {key: value for key, value in READER.items() if key != missing}
    answer = file.call("POST", "/efile/schooling/read", body)
    assert answer.status_code == 422
    assert answer.json()["wrong"] == [{"field": f"body.{missing}", "rule": "missing"}]


def test_a_purpose_nobody_defined_is_denied_and_noted(file: File) -> None:
    assert file.read(purpose="CURIOSITY").status_code == 403
    assert file.outcomes() == ["denied: purpose"]


def test_unknown_entries_and_sections_are_named_back_and_nothing_is_written(file: File) -> None:
    assert "no entry shoe_size" in file.write({"shoe_size": "4"}).json()["detail"]
    assert file.call("PUT", "/efile/horoscope", {"content": {}, "written_by": "x"}).status_code == 404
    assert file.read(purpose="ENQUIRY").status_code == 404
    assert file.outcomes() == ["nothing kept"]


def test_who_cares_for_the_child_reads_an_empty_section_with_what_may_be_written(file: File) -> None:
    told = file.read().json()
    assert (told["revision"], told["entries"]) == (0, {})
    assert told["form"][0] == {"entry": "level", "label": "Level of education", "part": "", "choices": None}


def test_a_resident_is_not_sent_again_unless_changed(file: File) -> None:
    tag = file.call("GET", "").headers["ETag"]
    assert file.call("GET", "", If_None_Match=tag).status_code == 304


@pytest.mark.parametrize(
    ("name", "value", "status"), [("Content-Length", "1100000", 413), ("Transfer-Encoding", "chunked", 411)]
)
def test_a_request_that_is_too_long_or_does_not_say_how_long_it_is_is_refused_unread(
    node: Any, name: str, value: str, status: int
) -> None:
    line = http.client.HTTPConnection(node.url.removeprefix("http://"), timeout=20)
    line.putrequest("POST", "/api/notices")
    line.putheader(name, value)
    line.endheaders()
    assert line.getresponse().status == status
    line.close()


def test_an_efile_row_with_an_unknown_entry_is_not_loaded(register: Register) -> None:
    row = {"table": "efile", "admission_no": "CHB-1", "section": "schooling", "revision": 1, "written_by": "x"}
    with pytest.raises(KeyError, match="section schooling has no entry shoe_size"):
        register.take([{**row, "written_at": "2026", "content": {"shoe_size": "4"}}])


@pytest.mark.parametrize("name", sorted(forms()))
def test_an_audit_is_shown_no_entry_of_any_section(name: str) -> None:
    form = forms()[name]
    content = dict.fromkeys(form.entries, "something")
    assert form.shown(content, "AUDIT", in_conflict_with_law=False) == ([], list(form.entries))


def test_a_form_that_guards_an_entry_it_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="must name known entries"):
        Form(title="t", entries={"a": "A"}, sensitive={"b": frozenset({"CARE"})})
