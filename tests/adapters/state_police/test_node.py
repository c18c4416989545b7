"""The state police node answers SOAP as such a system does, and refuses what none should open."""

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
import zeep
from zeep.wsse.username import UsernameToken

from adapters.lookalike.rows import rows_in
from adapters.state_police.node import tables
from adapters.state_police.node.register import Register

TARGET = "http://scrb.bihar.example/gumshuda-seva/2019"
ASKER = {"Prakaran": "FIR 12/2026", "AdhikariId": "io.1", "AdhikariPad": "SI"}
ENVELOPE = '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>{}</e:Body></e:Envelope>'


@pytest.fixture(scope="module")
def node(start_node: Callable[[str], Any]) -> Any:
    return start_node("state_police")


@pytest.fixture(scope="module")
def client(node: Any) -> zeep.Client:
    return zeep.Client(f"{node.url}/?wsdl", wsse=UsernameToken("hub", "open sesame"))


def post(node: Any, body: str | bytes, content_type: str = "text/xml; charset=utf-8") -> requests.Response:
    return requests.post(
        node.url, data=body if isinstance(body, bytes) else body.encode(), headers={"Content-Type": content_type}
    )


def walk(client: zeep.Client, size: int, since: str | None = None) -> list[Any]:
    rows, mark = [], None
    while True:
        page = client.service.GumshudaSuchi(ParivartanSe=since, Sanket=mark, Seema=size)
        rows += page.Suchi.GumshudaBachcha if page.Suchi else []
        if not page.Aur:
            return rows
        mark = page.AgleKaSanket


def test_every_row_comes_once_whatever_the_page_size_though_three_changed_in_one_second(client: zeep.Client) -> None:
    whole = [row.PratiVedanId for row in walk(client, 500)]
    assert len(whole) == len(set(whole)) == 25
    assert [row.PratiVedanId for row in walk(client, 1)] == whole
    assert [row.PratiVedanId for row in walk(client, 2)] == whole


def test_changed_since_includes_the_very_moment(client: zeep.Client) -> None:
    rows = walk(client, 2, since="2026-10-05 11:20:00")
    assert sum(row.AntimParivartan == "2026-10-05 11:20:00" for row in rows) == 3
    assert all(row.AntimParivartan >= "2026-10-05 11:20:00" for row in rows)


def test_a_mark_that_was_never_given_is_a_client_fault(client: zeep.Client) -> None:
    with pytest.raises(zeep.exceptions.Fault) as caught:
        client.service.GumshudaSuchi(Sanket="made up")
    assert caught.value.code == "soap11env:Client.Sanket"


def test_a_notice_told_twice_gets_the_same_receipt(client: zeep.Client, node: Any) -> None:
    told = {"SuchnaId": "n-1", "AbhilekhId": "GB/2026/00004", "Vishay": "MILAN_PRASTAV", "Sandesh": "s"}
    first, second = (client.service.SuchnaBhejo(**told) for _ in range(2))
    assert (first.PehleSePrapt, second.PehleSePrapt) == (False, True)
    assert first.PavatiSankhya == second.PavatiSankhya
    register = Register(node.database)
    assert [row["SuchnaId"] for row in register.all("suchna")].count("n-1") == 1
    register.close()


def test_a_notice_about_nobody_is_refused(client: zeep.Client) -> None:
    with pytest.raises(zeep.exceptions.Fault, match="abhilekh nahi mila"):
        client.service.SuchnaBhejo(SuchnaId="n-2", AbhilekhId="GB/1999/1", Vishay="v", Sandesh="s")


def test_for_comparing_the_family_is_named_as_withheld_and_for_restoring_it_is_shown(client: zeep.Client) -> None:
    asked = {**ASKER, "AbhilekhId": "GB/2026/00005"}
    compared = client.service.ShikayatLao(Prayojan="MILAN", **asked)
    restored = client.service.ShikayatLao(Prayojan="PUNARVAS", **asked)
    assert compared.Shikayat.Mobile is None and "Mobile" in compared.Gupt
    assert restored.Shikayat.Mobile and restored.Gupt == []
    assert compared.Shikayat.AnusandhanPadadhikari


def test_an_audit_sees_that_there_is_something_and_not_what(client: zeep.Client) -> None:
    told = client.service.ParichayLao(Prayojan="LEKHA", AbhilekhId="GB/2026/00005", **ASKER)
    assert told.Parichay.Naam is None and "Naam" in told.Gupt
    assert told.Parichay.Sanskaran is not None


def test_every_reading_is_noted_and_so_is_every_refused_one(client: zeep.Client, node: Any) -> None:
    register = Register(node.database)
    before = len(register.all("abhigam"))
    client.service.ShikayatLao(Prayojan="JAANCH", AbhilekhId="GB/2026/00005", **ASKER)
    with pytest.raises(zeep.exceptions.Fault, match="Prayojan must be one of"):
        client.service.ShikayatLao(Prayojan="JIGYASA", AbhilekhId="GB/2026/00005", **ASKER)
    noted = register.all("abhigam")[before:]
    register.close()
    assert [(line["AdhikariId"], line["Prayojan"], line["Parinam"]) for line in noted] == [
        ("io.1", "JAANCH", "DIYA"),
        ("io.1", "JIGYASA", "Prayojan"),
    ]


@pytest.mark.parametrize("token", [None, UsernameToken("hub", "guessed"), UsernameToken("", "")])
def test_nobody_gets_in_without_user_and_password(node: Any, token: UsernameToken | None) -> None:
    stranger = zeep.Client(f"{node.url}/?wsdl", wsse=token)
    with pytest.raises(zeep.exceptions.Fault) as caught:
        stranger.service.Sampark()
    assert caught.value.code == "soap11env:Client.FailedAuthentication"


HOSTILE = {
    "a document type": '<!DOCTYPE a [<!ENTITY b "c">]>' + ENVELOPE.format("<a>&b;</a>"),
    "nothing": "",
    "a broken tag": "<a",
    "no envelope": "<a/>",
    "an empty body": ENVELOPE.format(""),
    "an unknown operation": ENVELOPE.format('<Chura xmlns="urn:else">secret of a child</Chura>'),
    "an unknown field": ENVELOPE.format(f'<Sampark xmlns="{TARGET}"><Bhed>secret of a child</Bhed></Sampark>'),
    "another encoding": '<?xml version="1.0"?><a/>'.encode("utf-16"),
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_no_message_gets_a_soap_client_fault_that_repeats_nothing(node: Any, body: str | bytes) -> None:
    answer = post(node, body)
    assert answer.status_code == 500
    assert answer.headers["Content-Type"].startswith("text/xml")
    assert ":Client" in answer.text
    assert "secret of a child" not in answer.text


def test_a_document_type_is_refused_even_before_a_good_message(node: Any) -> None:
    answer = post(node, "<!DOCTYPE e:Envelope>" + ENVELOPE.format(f'<Sampark xmlns="{TARGET}"/>'))
    assert "a document type declaration is not accepted" in answer.text


def test_a_false_charset_does_not_matter(node: Any) -> None:
    answer = post(node, ENVELOPE.format(f'<Sampark xmlns="{TARGET}"/>'), "text/xml; charset=klingon")
    assert "FailedAuthentication" in answer.text


def test_it_ends_cleanly_when_told_to(start_node: Callable[[str], Any]) -> None:
    process = start_node("state_police").process
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0
    assert process.stdout.read() == ""


def test_loading_twice_changes_nothing(tmp_path: Path) -> None:
    register = Register(f"sqlite:///{tmp_path / 'a.sqlite'}")
    samples = Path(tables.__file__).parents[1] / "samples" / "gumshuda_bachcha.jsonl"
    for _ in range(2):
        register.load(samples)
    assert len(register.all("gumshuda_bachcha")) == len(list(rows_in(samples)))
    register.close()


def test_a_row_with_an_unknown_column_is_refused_by_name(tmp_path: Path) -> None:
    register = Register(f"sqlite:///{tmp_path / 'a.sqlite'}")
    with pytest.raises(KeyError, match="table thana has no column Naqsha"):
        register.take([{"table": "thana", "ThanaKod": "x", "Naqsha": "y"}])
    register.close()
