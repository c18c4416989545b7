"""A saved sample of any format becomes a manifest that reads it."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from adapters import catalog
from adapters.base import Connection, Words
from adapters.mapping.reading import getter
from adapters.outgoing import ANYWHERE
from adapters.proposing.proposal import Proposal, write
from contracts import Refused, Unready

Propose = Callable[..., Proposal]
ROWS: list[dict[str, Any]] = [
    {"SrNo": f"BR/{n}", "ChildName": "Ravi Kumar", "FthrNm": "Mohan", "Sex": "MF"[n % 2], "AgeYrs": 7 + n % 5,
     "DtOfMissing": f"{1 + n:02d}/03/2024", "PSName": "Gaya Sadar", "DistName": "Gaya", "HtCm": 120 + n,
     "Status": ["Untraced", "Traced", "With CID"][n % 3], "LastUpd": "2024-03-05 10:00", "ContactNo": "9876543210",
     "Zqx": "?"}
    for n in range(12)
]  # fmt: skip


def _csv(path: Path) -> None:
    with path.open("w", newline="") as lines:
        writer = csv.DictWriter(lines, ROWS[0].keys())
        writer.writeheader()
        writer.writerows(ROWS)


def _xlsx(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Missing children of the district"])
    sheet.append(list(ROWS[0]))
    for row in ROWS:
        sheet.append(list(row.values()))
    book.save(path)


def _xml(path: Path) -> None:
    rows = "".join("<Child>" + "".join(f"<{k}>{v}</{k}>" for k, v in row.items()) + "</Child>" for row in ROWS)
    path.write_text(f'<r:Register xmlns:r="urn:x"><Made>2024</Made>{rows}</r:Register>')


def _html(path: Path) -> None:
    head = "".join(f"<th>{title}</th>" for title in ROWS[0])
    rows = "".join("<tr>" + "".join(f"<td>{value}</td>" for value in row.values()) + "</tr>" for row in ROWS)
    path.write_text(f"<table><tr><td>menu</td></tr></table><table><tr>{head}</tr>{rows}</table>")


WRITERS = {
    "missing.csv": _csv,
    "missing.xlsx": _xlsx,
    "missing.xml": _xml,
    "missing.html": _html,
    "missing.json": lambda path: path.write_text(json.dumps({"data": ROWS})),
    "missing.jsonl": lambda path: path.write_text("\n".join(map(json.dumps, ROWS))),
}


@pytest.mark.parametrize("name", WRITERS)
def test_a_sample_is_proposed_and_the_proposal_reads_all_of_it(tmp_path: Path, propose: Propose, name: str) -> None:
    WRITERS[name](tmp_path / name)  # type: ignore[no-untyped-call]
    made = propose("sample", tmp_path / name)
    assert made.problems == []
    write(made, tmp_path / "adapters" / "system_xy")
    adapter = catalog.adapter(
        "system_xy", Connection("police-xy", (tmp_path / name).as_uri(), outgoing=ANYWHERE), [tmp_path / "adapters"]
    )
    records = [adapter.translate(words) for words in adapter.pull(None) if isinstance(words, Words)]
    assert len(records) == len(ROWS)
    first = records[0]
    assert (first.ref.source_id, first.names[0].text, first.gender) == ("BR/0", "Ravi Kumar", "M")
    assert first.relatives[0].names[0].text == "Mohan"
    assert first.event.place is not None and first.event.place.raw == "Gaya Sadar, Gaya"
    assert [record.status for record in records[:3]] == ["untraced", "traced", "reported"]


def test_every_field_without_a_place_is_named_and_words_without_a_code_wait_for_one(
    tmp_path: Path, propose: Propose
) -> None:
    _csv(tmp_path / "missing.csv")
    made = propose("sample", tmp_path / "missing.csv")
    assert [(seen.path, why.split(";")[0]) for seen, why in made.drafts[0].unmapped] == [
        ("ContactNo", "a phone number stays with its owner"),
        ("Zqx", "not understood: give it a line, or leave it out"),
    ]
    assert '# TODO "With CID" = "..."' in made.text
    assert "9876543210" not in made.text and "Ravi" not in made.text, "of values only words of code lists are written"


def test_a_folder_of_files_is_a_list_each(tmp_path: Path, propose: Propose) -> None:
    saved = tmp_path / "saved"
    saved.mkdir()
    _csv(saved / "missing.csv")
    found = [
        {
            "found_no": f"F{n}",
            "sex": "F",
            "found_on": "2024-05-01",
            "found_at": "Gaya Junction",
            "height": 100,
            "hair colour": "Black",
        }
        for n in range(3)
    ]
    (saved / "found.json").write_text(json.dumps(found))
    made = propose("sample", saved)
    assert {draft.rows.name: draft.lines["kind"] for draft in made.drafts} == {
        "missing": {"value": "missing"},
        "found": {"value": "found"},
    }


def test_a_folder_written_before_is_left_as_it_is(tmp_path: Path, propose: Propose) -> None:
    _csv(tmp_path / "missing.csv")
    made = propose("sample", tmp_path / "missing.csv")
    write(made, tmp_path / "a" / "system_xy")
    with pytest.raises(Refused, match="is there already"):
        write(made, tmp_path / "a" / "system_xy")
    write(made, tmp_path / "a" / "system_xy", over=True)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.csv", b"", "empty_sample"),
        ("broken.xlsx", b"PK no", "unreadable_file"),
        ("broken.xml", b"<a><b></a>", "unreadable_file"),
        (
            "dtd.xml",
            b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a><b><c>&x;</c></b></a>',
            "unreadable_file",
        ),
    ],
)
def test_a_sample_that_cannot_be_read_is_refused_with_what_to_do(
    tmp_path: Path, propose: Propose, name: str, content: bytes, code: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Refused) as refused:
        propose("sample", tmp_path / name)
    assert refused.value.code == code


def test_a_sample_that_is_not_there_says_so(tmp_path: Path, propose: Propose) -> None:
    with pytest.raises(Unready, match="not there"):
        propose("sample", tmp_path / "nothing.csv")


def test_headings_with_full_stops_are_columns_like_any_other(tmp_path: Path, propose: Propose) -> None:
    sample = tmp_path / "missing.csv"
    sample.write_text("Ref. No.,Name,FIR No.,Distt.\nA12,Ramesh Kumar,12/2024,Gaya\n", "utf-8")
    made = propose("sample", sample)
    assert 'id = "Ref. No."' in made.text and '{ from = "FIR No.", as = "diary"' in made.text
    assert not [one for one in made.problems if "from" in one.field or "id" in one.field]
    assert getter("FIR No.", fold=False)({"FIR No.": "12/2024"}) == "12/2024"
    assert getter("FIR No.", fold=True)({"fir no.": "12/2024"}) == "12/2024"
    assert getter("a.b", fold=False)({"a": {"b": 1}}) == 1
