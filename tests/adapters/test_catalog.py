"""The catalogue: folders found by their manifest, outside ones too, each problem named."""

from pathlib import Path
from typing import Any

import pytest

from adapters import catalog
from adapters.base import Capability, Gap, Words
from adapters.mapping import ManifestError
from contracts import Notice, NoticeKind, Officer, Purpose, Reference, Refused, SectionName, SectionRequest
from contracts.codes import Gender
from tests.loopback import connection

MANIFEST = """
[adapter]
kind = "home_register"
title = "A register nobody wrote Python for"
languages = { Deva = "hi" }

[connection]
transport = "rest"
auth = "bearer"

[pull]
[[pull.lists]]
name = "children"
path = "/children"
records = "rows"
id = "no"
since = { param = "changed_since", field = "changed" }
paging = { style = "page", param = "page", size_param = "size", size = 2 }

[push]
path = "/alerts"
receipt = "number"
known_status = [409]
[push.fields]
id = { from = "notice_id" }
sort = { from = "kind", table = "notice" }
child = { from = "about.source_id" }

[fetch.sections.contact]
path = "/children/{id}/contact"
asker = { why = "purpose", who = "officer.id" }
changed_at = "changed"
fields = { "Telephone of the home" = "phone", "In charge" = "person.name" }

[fields]
kind = { value = "resident" }
status = { value = "in_care" }
recorded_at = { from = "changed", as = "datetime", required = true }
names = { from = "name", as = "names" }
gender = { from = "sex", as = "code", table = "gender" }

[codes.gender]
"1" = "M"

[codes.notice]
match_proposed = "possible"
"""
ROWS = [{"no": f"H-{n}", "name": "राम Ram", "sex": 1, "changed": f"2026-02-1{n // 2}T10:00:00+05:30"} for n in range(5)]


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "adapters" / "home_register"
    folder.mkdir(parents=True)
    (folder / "manifest.toml").write_text(MANIFEST, encoding="utf-8")
    return tmp_path / "adapters"


def test_a_folder_is_an_adapter_by_its_manifest(outside: Path) -> None:
    assert {"zipnet", "state_police", "pri", "cci"} <= set(catalog.kinds())
    assert "home_register" not in catalog.kinds()
    assert "home_register" in catalog.kinds([outside])
    assert "home_register" in catalog.kinds([outside / "home_register"])
    assert catalog.problems([outside]) == []


def test_an_unknown_kind_is_refused_by_naming_those_there_are() -> None:
    with pytest.raises(Refused, match=r"no_such_adapter: .*zipnet"):
        catalog.manifest("nowhere")


def test_the_packages_own_folder_wins_over_an_outside_one_of_its_name(tmp_path: Path) -> None:
    (tmp_path / "zipnet").mkdir()
    (tmp_path / "zipnet" / "manifest.toml").write_text(MANIFEST)
    assert catalog.manifest("zipnet", [tmp_path]).adapter.kind == "zipnet"


def test_a_manifest_without_python_is_a_whole_adapter(outside: Path, source: Any) -> None:
    def answer(path: str) -> tuple[int, dict[str, str], bytes]:
        import json
        from urllib.parse import parse_qs, urlsplit

        parts = urlsplit(path)
        asked = {key: value[0] for key, value in parse_qs(parts.query).items()}
        said: Any = {"number": 17}
        if parts.path == "/children":
            fitting = [row for row in ROWS if str(row["changed"]) >= asked.get("changed_since", "")]
            start = (int(asked["page"]) - 1) * int(asked["size"])
            said = {"rows": fitting[start : start + int(asked["size"])]}
        elif parts.path == "/children/H-1/contact":
            said = {"phone": "011", "person": {"name": "Asha"}, "changed": "2026-02-01T00:00:00Z", "secret": "x"}
        return 200, {"Content-Type": "application/json"}, json.dumps(said).encode()

    source.answer = answer
    adapter = catalog.adapter("home_register", connection("home", source.url, "key"), [outside])
    assert adapter.capabilities == {Capability.PULL, Capability.PUSH, Capability.FETCH}
    pulled = list(adapter.pull(None))
    assert [item.source_id for item in pulled if isinstance(item, Words)] == [f"H-{n}" for n in range(5)]
    record = adapter.translate(pulled[1])  # type: ignore[arg-type]
    assert ([n.text for n in record.names], record.names[0].lang, record.gender) == (["राम", "Ram"], "hi", Gender.MALE)

    notice = Notice(
        notice_id="notice-1", kind=NoticeKind.MATCH_PROPOSED, to="home", about=record.ref,
        created_at=record.recorded_at, text="x",
    )  # fmt: skip
    assert adapter.push(notice).foreign_id == "17"
    assert source.asked[-1][3] == b'{"id": "notice-1", "sort": "possible", "child": "H-1"}'

    asked = SectionRequest(
        request_id="request-1", ref=record.ref, section=SectionName.CONTACT, purpose=Purpose.CARE, case="1",
        officer=Officer(id="a.b", role="CWPO"), asked_at=record.recorded_at,
    )  # fmt: skip
    section = adapter.fetch(asked)
    assert [(f.label, f.value) for f in section.fields] == [("Telephone of the home", "011"), ("In charge", "Asha")]
    assert source.asked[-1][1] == "/children/H-1/contact?why=care&who=a.b"
    with pytest.raises(Refused, match="no_such_section"):
        adapter.fetch(asked.model_copy(update={"section": SectionName.MEDICAL}))
    assert [step.ok for step in adapter.check()] == [True, True]


def test_saved_pages_are_pulled_by_the_same_manifest(outside: Path, tmp_path: Path) -> None:
    import json

    saved = tmp_path / "saved"
    saved.mkdir()
    (saved / "a.json").write_text(json.dumps({"rows": ROWS[:3]}))
    (saved / "b.jsonl").write_text("\n".join(json.dumps(row) for row in ROWS[3:]) + '\n{"no": ""}\n')
    adapter = catalog.adapter("home_register", connection("home", saved.as_uri()), [outside])
    pulled = list(adapter.pull(None))
    assert [item.source_id for item in pulled[:5] if isinstance(item, Words)] == [f"H-{n}" for n in range(5)]
    assert isinstance(pulled[5], Gap)
    for cut, item in enumerate(pulled):
        assert list(adapter.pull(item.cursor)) == pulled[cut + 1 :]


def test_an_outside_folder_may_bring_its_own_translate(outside: Path) -> None:
    path = outside / "home_register" / "translate.py"
    path.write_text("def before(body):\n    return {**body, 'name': body['name'].upper()}\n")
    adapter = catalog.adapter("home_register", connection("home", "http://127.0.0.1:9", "key"), [outside])
    record = adapter.translate(Words("H-1", {**ROWS[1], "name": "ram"}, ""))
    assert record.names[0].text == "RAM"


@pytest.mark.parametrize(
    ("file", "text", "rule"),
    [
        ("translate.py", "x = 1\n", "empty_translate"),
        ("translate.py", "raise RuntimeError('no')\n", "unreadable_translate"),
        ("manifest.toml", "[adapter", "unreadable"),
        ("manifest.toml", MANIFEST.replace('"home_register"', '"other_register"'), "wrong_kind"),
        ("manifest.toml", MANIFEST.replace("[connection]", 'contract = "9.0"\n[connection]'), "other_contract"),
        ("manifest.toml", MANIFEST.replace('as = "names"', 'as = "nmaes"'), "no_such_converter"),
    ],
)
def test_what_is_wrong_with_a_folder_is_named_for_the_doctor(outside: Path, file: str, text: str, rule: str) -> None:
    (outside / "home_register" / file).write_text(text, encoding="utf-8")
    found = catalog.problems([outside])
    assert [problem.rule for problem in found] == [rule]
    assert found[0].field.startswith("home_register: ")


def test_a_manifest_that_was_mended_is_read_again(outside: Path) -> None:
    path = outside / "home_register" / "manifest.toml"
    path.write_text("[adapter", encoding="utf-8")
    with pytest.raises(ManifestError):
        catalog.manifest("home_register", [outside])
    path.write_text(MANIFEST, encoding="utf-8")
    assert catalog.manifest("home_register", [outside]).adapter.title.startswith("A register")


def test_a_kind_without_a_node_is_refused() -> None:
    assert callable(catalog.node("zipnet"))
    with pytest.raises(Refused, match="no_such_adapter"):
        catalog.node("nowhere")


def test_a_reference_is_the_participants_not_the_adapters(outside: Path) -> None:
    record = catalog.adapter("home_register", connection("home", "http://127.0.0.1:9"), [outside]).translate(
        Words("H-1", ROWS[1], "")
    )
    assert record.ref == Reference(participant="home", source_id="H-1", version=record.ref.version)
