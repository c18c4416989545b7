"""What a village is asked to do becomes a task, its answer the verification of the home, and counts go up, no name."""

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from adapters.pri.node import tables
from adapters.pri.node.register import Register
from contracts import Notice, NoticeKind, Reference

BELWA = 221402
NOW = datetime.datetime(2026, 11, 20, tzinfo=datetime.UTC)


@pytest.fixture(scope="module")
def node(start_node: Callable[[str], Any]) -> Any:
    return start_node("pri")


def call(node: Any, method: str, path: str, body: Any = None) -> Any:
    answer = requests.request(
        method, node.url + path, json=body, headers={"X-Api-Token": "hub:open sesame"}, timeout=20
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def tell(node: Any, kind: NoticeKind, number: str, participant: str = "police-br", **more: Any) -> Any:
    notice = Notice(
        notice_id=f"{kind.value.replace('_', '-')}-0001", kind=kind, to="pri-br", created_at=NOW, text="Please look.",
        about=Reference(participant=participant, source_id=number), village=BELWA, **more,
    )  # fmt: skip
    return node.adapter().push(notice)


def test_a_child_whom_the_register_does_not_have_is_told_to_the_village_of_its_code(node: Any) -> None:
    assert tell(node, NoticeKind.CHILD_FOUND, "BR/2026/118").foreign_id
    register = Register(node.database)
    (row,) = [one for one in register.all("suchna_peti") if one["vishay"] == "gaon_ka_bachcha_mila"]
    register.close()
    assert (row["gram_kod"], row["register_no"], row["sandarbh"]) == (BELWA, None, "police-br: BR/2026/118")
    assert row["gram_pradhan"] and row["vcpc_sachiv"]


def test_a_visit_is_a_task_with_its_day_and_told_twice_is_one(node: Any) -> None:
    due = datetime.date(2027, 1, 19)
    assert [tell(node, NoticeKind.FOLLOW_UP, "BR/2026/118", due=due).already_known for _ in range(2)] == [False, True]
    open_ = [one for one in call(node, "GET", f"/karya?gram_kod={BELWA}")["karya"] if one["prakar"] == "punarvas_bhent"]
    assert [(one["niyat_tithi"], one["kisko"]) for one in open_] == [("2027-01-19", "VCPC, BCPC")]
    call(node, "POST", f"/karya/{open_[0]['kram']}/uttar", {"uttar": "At school", "uttar_karta": "Rekha"})
    assert call(node, "GET", f"/karya?gram_kod={BELWA}")["karya"] == []


def test_the_answer_to_a_verification_is_the_verification_of_the_home(node: Any) -> None:
    register = Register(node.database)
    number = register.all("bal_panji")[0]["register_no"]
    tell(node, NoticeKind.HOME_VERIFICATION, number, participant="tester")
    (task,) = [one for one in register.tasks.open(None) if one["register_no"] == number]
    body = {"uttar": "Home is safe", "uttar_karta": "Rekha", "ghar": {"rishta": "father"}}
    call(node, "POST", f"/karya/{task['kram']}/uttar", body)
    verified = register.verification(number, "ghar_satyapan")
    register.close()
    assert verified is not None
    assert (verified[0]["nishkarsh"], verified[0]["rishta"], verified[0]["satyapan_karta"]) == (
        "Home is safe", "father", "Rekha",
    )  # fmt: skip


def test_families_that_leave_and_what_is_done_are_counted_for_block_and_district(node: Any) -> None:
    before = call(node, "GET", "/prativedan/BDO/Forbesganj")["palayan"]["bachche"]
    family = {"gram_kod": BELWA, "bachche": 3, "mukhiya": "Synthetic Yadav", "kaam": "brick kiln"}
    call(node, "POST", "/palayan-parivar", family)
    report = call(node, "GET", "/prativedan/BDO/Forbesganj")
    assert report["palayan"]["bachche"] == before + 3
    assert "Yadav" not in str(report)
    for star in ("SDO", "DM", "ZP"):
        assert call(node, "GET", f"/prativedan/{star}/Araria")["gram"] >= report["gram"]


def test_the_migrations_make_the_tables_that_the_code_knows(tmp_path: Path) -> None:
    Register(f"sqlite:///{tmp_path / 'new.sqlite'}").close()
    engine = create_engine(f"sqlite:///{tmp_path / 'new.sqlite'}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.metadata) == []
    engine.dispose()
