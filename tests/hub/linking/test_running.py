"""Two files linked: what is read, what is set aside, what is written, and that it says why."""

import csv
import json
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest

from contracts import Refused
from hub.linking.asked import Asked
from hub.linking.running import linked
from hub.matching import Model, prepare, score
from tests.hub.linking.conftest import LEFT, MAPPING, RIGHT, Make, as_lines, as_plain
from tests.hub.matching.people import a_record, named


def pairs(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_plain_people_of_any_age_find_each_other(plain: Make) -> None:
    asked = plain(one_in=10.0)
    report = linked(asked)
    first = {
        row["left_id"]: row["right_id"] for row in pairs(asked.out) if row["rank"] == "1" and float(row["bits"]) > 0
    }
    assert first == {"a1": "b1", "a2": "b2"}
    assert (report.left, report.right, report.rejected) == (3, 3, {})
    assert report.kept == len(pairs(asked.out))


def test_prior_and_evidence_add_up_to_the_score_to_the_last_bit(plain: Make) -> None:
    asked = plain()
    linked(asked)
    for row in pairs(asked.out):
        evidence = json.loads(row["evidence"])
        total = evidence.pop("prior")
        for _, bits in evidence.values():
            total += bits
        assert total == float(row["bits"])


def test_a_birth_before_1950_is_compared_where_people_of_any_age_are_linked(plain: Make) -> None:
    asked = plain()
    linked(asked)
    row = next(row for row in pairs(asked.out) if row["left_id"] == "a1" and row["right_id"] == "b1")
    assert json.loads(row["evidence"])["age"][0] == "close"


def test_a_mapping_may_leave_adults_out(plain: Make) -> None:
    seen = '"event.on" = { from = "seen", as = "date" }\n'
    left, right = (text.replace("sex\n", "sex,seen\n").replace("F\n", "F,2024-01-01\n").replace("M\n", "M,2024-01-01\n")
                   for text in (LEFT, RIGHT))  # fmt: skip
    report = linked(plain(left=left, right=right, mapping='[adapter]\nadults = "skip"\n' + MAPPING + seen))
    assert (report.left, report.right, report.rejected) == (3, 2, {"right: birth: adult": 1})
    assert report.unused == {"left: birth: placeholder_date": 1, "right: birth: placeholder_date": 1}


def test_records_of_the_contract_give_the_pairs_and_bits_of_score(tmp_path: Path) -> None:
    left, right = a_record("missing", names=named("Rakesh Yadav")), a_record("found", names=named("राकेश यादव"))
    (tmp_path / "l.jsonl").write_text(as_lines([left]), encoding="utf-8")
    (tmp_path / "r.jsonl").write_text(as_lines([right]), encoding="utf-8")
    linked(Asked(tmp_path / "l.jsonl", tmp_path / "r.jsonl", tmp_path / "out.jsonl", least_bits=-30))
    told = json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))
    whole = score(Model.load(), prepare(left), prepare(right))
    assert (told["left_id"], told["bits"], told["probability"]) == ("police-br:1", whole.bits, whole.probability)
    assert told["evidence"]["name"] == ["same", next(one.bits for one in whole.evidence if one.field == "name")]


def test_the_left_is_searched_for_whatever_its_kind(tmp_path: Path) -> None:
    # Without names they meet by state and time only, and only one who is searched for looks ahead in time.
    told = {"gender": "M", "birth": {"year": 2012, "basis": "documented"}}
    before, after = (
        a_record("resident", **told, event={"on": day, "place": {"state": 10, "district": district}})
        for day, district in (("2020-01-01", 190), ("2020-06-01", 191))
    )
    for name, record in (("l", before), ("r", after)):
        (tmp_path / f"{name}.jsonl").write_text(as_lines([record]), encoding="utf-8")
    report = linked(Asked(tmp_path / "l.jsonl", tmp_path / "r.jsonl", tmp_path / "out.csv", least_bits=-90))
    assert report.kept == 1


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_the_same_people_in_any_form_give_the_same_pairs(plain: Make, tmp_path: Path, suffix: str) -> None:
    usual = plain()
    linked(usual)
    rows = list(csv.DictReader(LEFT.splitlines()))
    left = tmp_path / f"people.{suffix}"
    if suffix == "parquet":
        pyarrow.parquet.write_table(pa.Table.from_pylist(rows), left)
    else:
        lines = LEFT if suffix == "csv" else "".join(json.dumps(row) + "\n" for row in rows)
        left.write_text(lines, encoding="utf-8")
    linked(Asked(left, usual.right, tmp_path / "other.csv", columns=usual.columns, least_bits=-15))
    assert (tmp_path / "other.csv").read_bytes() == usual.out.read_bytes()


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_every_form_of_the_pairs_says_the_same(plain: Make, tmp_path: Path, suffix: str) -> None:
    linked(plain())
    linked(plain(out=tmp_path / f"pairs.{suffix}"))
    plain_rows = pairs(tmp_path / "pairs.csv")
    if suffix == "parquet":
        rows: list[dict[str, Any]] = pyarrow.parquet.read_table(tmp_path / "pairs.parquet").to_pylist()
    else:
        told = (tmp_path / "pairs.jsonl").read_text(encoding="utf-8").splitlines()
        rows = [json.loads(line) for line in told]
        rows = [{**row, "evidence": json.dumps(row["evidence"], separators=(",", ":"))} for row in rows]
    assert [{key: str(value) for key, value in row.items()} for row in rows] == plain_rows


def test_nested_records_in_parquet_are_read(tmp_path: Path) -> None:
    left = a_record("missing", names=named("Tarkeshwar"), event={"on": "2020-01-01"})
    right = a_record("found", names=named("Tarkeshwar"))
    for name, record in (("l", left), ("r", right)):
        pyarrow.parquet.write_table(pa.Table.from_pylist(as_plain([record])), tmp_path / f"{name}.parquet")
    report = linked(Asked(tmp_path / "l.parquet", tmp_path / "r.parquet", tmp_path / "out.csv", least_bits=-30))
    assert (report.kept, report.rejected) == (1, {})


def test_what_cannot_be_read_is_set_aside_with_its_reason_and_without_what_it_says(plain: Make, tmp_path: Path) -> None:
    bad = LEFT + "a1,Vishnu,Kashyap,2000-01-01,M\n,Govind,Kashyap,2000-01-01,M\na9,Hari,Om,2000-01-01,M,extra,cells\n"
    report = linked(plain(left=bad, rejects=tmp_path / "rejects.csv"))
    assert report.left == 3
    assert report.rejected == {
        "left: id: doubled_id": 1,
        "left: no: no_id": 1,
        "left: row: more_cells_than_columns": 1,
    }
    told = (tmp_path / "rejects.csv").read_text(encoding="utf-8")
    assert [row["row"] for row in pairs(tmp_path / "rejects.csv")] == ["4", "5", "6"]
    assert "Kashyap" not in told and "Hari" not in told


def test_a_record_that_breaks_the_contract_is_set_aside_naming_field_and_rule(tmp_path: Path) -> None:
    good = as_lines([a_record("missing", names=named("Tarkeshwar"))])
    bad = json.dumps({**json.loads(good), "gender": "boy"}) + "\n{not json\n"
    newer = json.dumps({**json.loads(good), "contract": "99.0"}) + "\n"
    (tmp_path / "l.jsonl").write_text(bad + newer + good, encoding="utf-8")
    (tmp_path / "r.jsonl").write_text(good, encoding="utf-8")
    report = linked(Asked(tmp_path / "l.jsonl", tmp_path / "r.jsonl", tmp_path / "out.csv"))
    assert report.rejected == {
        "left: gender: unknown_code": 1,
        "left: row: not_json": 1,
        "left: contract: contract_version": 1,
    }


def test_what_could_not_be_used_of_a_row_is_counted(plain: Make) -> None:
    report = linked(plain(left=LEFT.replace("2011-11-11,M", "soon,whatever")))
    assert report.unused == {"left: birth: no_date": 1, "left: gender: unmapped_code": 1}


def test_each_side_may_have_columns_of_its_own(plain: Make) -> None:
    lists = '[[pull.lists]]\nname = "left"\nid = "no"\n[[pull.lists]]\nname = "right"\nid = "number"\n'
    fields = MAPPING.split('id = "no"\n')[1] + '[fields_of.right]\nbirth = { from = "age_of", as = "birth_date" }\n'
    right = "number,given,family,age_of,sex\nb1,Rakes,Tarkeshwar,1931-05-02,M\n"
    asked = plain(right=right, mapping=lists + fields)
    linked(asked)
    assert next((row["left_id"], row["right_id"]) for row in pairs(asked.out)) == ("a1", "b1")


@pytest.mark.parametrize(
    ("alter", "code", "word"),
    [
        ({"mapping": MAPPING.replace('"sex"', '"gender"')}, "columns_absent", "left.csv: gender"),
        ({"mapping": MAPPING.replace('"no"', '"id"')}, "columns_absent", "left.csv: id"),
        ({"mapping": MAPPING.replace("birth_date", "birthday")}, "bad_manifest", "fields.birth"),
        ({"mapping": "[fields\n"}, "bad_manifest", "(file)"),
        ({"mapping": "[fields]\n"}, "bad_manifest", "pull.lists"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused_naming_where(
    plain: Make, alter: dict[str, str], code: str, word: str
) -> None:
    asked = plain(**alter)
    with pytest.raises(Refused) as refused:
        linked(asked)
    assert refused.value.code == code
    assert word in [problem.field for problem in refused.value.problems]
    assert not asked.out.exists()


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"columns": None}, "columns_needed"),
        ({"out": Path("pairs.xlsx")}, "unknown_table"),
        ({"out": Path("no/such/folder/pairs.csv")}, "no_such_folder"),
    ],
)
def test_what_cannot_be_done_is_refused_before_anything_is_written(
    plain: Make, tmp_path: Path, more: dict[str, Any], code: str
) -> None:
    if "out" in more:
        more = {"out": tmp_path / more["out"]}
    with pytest.raises(Refused) as refused:
        linked(plain(**more))
    assert refused.value.code == code
    assert not list(tmp_path.glob("pairs*"))


def test_a_file_without_a_row_to_link_is_refused(plain: Make) -> None:
    with pytest.raises(Refused, match="nothing_to_link"):
        linked(plain(right="no,given,family,born,sex\n"))


def test_files_that_are_not_there_or_no_tables_are_refused(plain: Make, tmp_path: Path) -> None:
    asked = plain()
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 but not really")
    for path, code in (
        (tmp_path / "x.csv", "no_such_file"),
        (broken, "unreadable_table"),
        (asked.columns, "unknown_table"),
    ):
        with pytest.raises(Refused) as refused:
            linked(Asked(path, asked.right, asked.out, columns=asked.columns))
        assert refused.value.code == code


def test_without_the_extra_parquet_is_refused_and_csv_is_not(
    plain: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(Refused, match="extra_missing"):
        linked(plain(out=tmp_path / "pairs.parquet"))
    assert linked(plain()).kept > 0


def test_best_and_least_bits_bound_what_is_kept(plain: Make) -> None:
    asked = plain(best=1, least_bits=-100.0, everything=True)
    linked(asked)
    assert [row["rank"] for row in pairs(asked.out)] == ["1", "1", "1"]
    strict = plain(least_bits=5.0, one_in=10.0)
    linked(strict)
    assert pairs(strict.out) and all(float(row["bits"]) >= 5 for row in pairs(strict.out))


def test_a_smaller_pool_makes_every_pair_likelier(plain: Make) -> None:
    asked = plain()
    linked(asked)
    before = pairs(asked.out)[0]
    report = linked(plain(one_in=10.0))
    after = pairs(asked.out)[0]
    assert float(after["bits"]) > float(before["bits"]) and report.model.endswith("-one-in-10")


def test_what_fails_on_the_way_leaves_nothing_behind(plain: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = plain()
    monkeypatch.setattr("hub.linking.writing.Told.lines", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        linked(asked)
    assert not list(asked.out.parent.glob("pairs*"))


def test_who_cannot_be_compared_on_what_is_listed_by_id_and_field(plain: Make, tmp_path: Path) -> None:
    """Only what somebody tells is missing of the others; what no file tells is said once."""
    right = RIGHT.replace("b2,Suneeta,Devi,2009-01-30,F", "b2,Suneeta,Devi,,").replace("b3,Mohan,Lal", "b3,,")
    report = linked(plain(right=right + "b4,,,,M\n", untold=tmp_path / "untold.csv"))
    listed = [(row["side"], row["id"], row["meets nobody"], row["not told"]) for row in pairs(tmp_path / "untold.csv")]
    assert listed == [
        ("right", "b2", "no", "gender age"),
        ("right", "b3", "yes", "name"),
        ("right", "b4", "yes", "name age"),
    ]
    assert report.untold == {"right: name": 2, "right: age": 2, "right: gender": 1}
    assert report.unmet == {"left": 0, "right": 2} and "blood" in report.never_told
