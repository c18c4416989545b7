"""SOAP: the WSDL is a file, the address is ours, and an answer is believed only within its bounds."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from adapters.mapping.manifest import Call, Reach
from adapters.soap import SoapTransport
from contracts import Refused, Unready
from tests.loopback import connection

CHILD = "Ravi Kumar of Kapashera"
LIST = Call(operation="List")
_ENVELOPE = '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>{}</e:Body></e:Envelope>'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(Path(__file__).with_name("sample_police.wsdl"), tmp_path / "service.wsdl")
    return tmp_path


def transport(source: Any, folder: Path, secret: str | None = None, **reach: Any) -> SoapTransport:
    said = {"transport": "soap", "wsdl": "service.wsdl", "binding": "{urn:sample}SampleBinding", **reach}
    return SoapTransport(connection("xy", source.url, secret, 5), Reach.model_validate(said), folder)


def says(source: Any, body: str, status: int = 200, kind: str = "text/xml; charset=utf-8") -> None:
    source.says(status, _ENVELOPE.format(body).encode(), Content_Type=kind)


def fault(code: str) -> str:
    return f"<e:Fault><faultcode>e:{code}</faultcode><faultstring>{CHILD}</faultstring></e:Fault>"


def test_an_answer_comes_as_plain_values_and_goes_to_the_registrys_address(source: Any, folder: Path) -> None:
    row = "<Row><No>1</No><On>2026-02-15</On><Height>128.0</Height></Row>"
    says(source, f'<ListResponse xmlns="urn:sample">{row}</ListResponse>')
    assert transport(source, folder).ask(LIST, {"Since": "2026"}) == [{"No": "1", "On": "2026-02-15", "Height": 128}]
    # The WSDL names 169.254.169.254; what was called is the source itself.
    assert [path for _, path, _, _ in source.asked] == ["/"]
    assert b"<ns0:Since>2026</ns0:Since>" in source.asked[0][3]


@pytest.mark.parametrize(
    ("code", "kind", "ours"),
    [
        ("Client", Refused, "refused_by_source"),
        ("Client.Validation", Refused, "refused_by_source"),
        ("MustUnderstand", Refused, "refused_by_source"),
        ("FailedAuthentication", Refused, "wrong_credentials"),
        ("Server", Unready, "source_unready"),
        ("Odd", Unready, "source_unready"),
    ],
)
def test_a_faults_code_says_what_to_do_and_its_text_is_not_repeated(
    source: Any, folder: Path, code: str, kind: type[Refused | Unready], ours: str
) -> None:
    says(source, fault(code), status=500)
    with pytest.raises(kind) as caught:
        transport(source, folder).ask(LIST, {})
    assert caught.value.code == ours
    assert "Ravi" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("status", "kind", "body", "code"),
    [
        (200, "text/html", b"<html>", "unexpected_answer"),
        (500, "text/html", b"<html>", "source_unready"),
        (503, "text/xml", b"<x/>", "source_unready"),
        (401, "text/xml", b"<x/>", "wrong_credentials"),
        (302, "text/xml", b"<x/>", "redirected"),
        (404, "text/plain", b"", "no_such_address"),
        (200, "text/xml", b"<half", "unreadable_answer"),
        (200, "text/xml", b"<other/>", "unreadable_answer"),
        (200, "text/xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "unreadable_answer"),
        (200, "text/xml", b"<x>" + b"y" * 5000 + b"</x>", "answer_too_large"),
    ],
)
def test_what_is_no_soap_is_no_answer(
    source: Any, folder: Path, status: int, kind: str, body: bytes, code: str
) -> None:
    source.says(status, body, Content_Type=kind, Location="http://169.254.169.254/")
    with pytest.raises((Refused, Unready)) as caught:
        transport(source, folder, max_bytes=4000).ask(LIST, {})
    assert caught.value.code == code
    assert len(source.asked) == 1


def test_an_answer_that_does_not_fit_the_wsdl_is_unready_when_strict(source: Any, folder: Path) -> None:
    says(source, '<ListResponse xmlns="urn:sample"><Surprise/></ListResponse>')
    with pytest.raises(Unready, match="unreadable_answer"):
        transport(source, folder).ask(LIST, {})


@pytest.mark.parametrize(
    "place",
    ["http://169.254.169.254/types.xsd", "file:///etc/passwd", "../outside.xsd", "ftp://127.0.0.1/x.xsd"],
)
def test_a_wsdl_imports_nothing_from_outside_its_folder(source: Any, folder: Path, place: str) -> None:
    (folder.parent / "outside.xsd").write_text('<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"/>')
    wsdl = (folder / "service.wsdl").read_text()
    imported = f'<xs:import namespace="urn:other" schemaLocation="{place}"/>'
    changed = wsdl.replace('elementFormDefault="qualified">', f'elementFormDefault="qualified">{imported}', 1)
    (folder / "service.wsdl").write_text(changed)
    with pytest.raises(Refused) as caught:
        transport(source, folder).ask(LIST, {})
    assert caught.value.code == "wsdl_import"
    assert source.asked == []


def test_a_wsdl_may_import_its_neighbours(source: Any, folder: Path) -> None:
    (folder / "types.xsd").write_text(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:other"/>'
    )
    wsdl = (folder / "service.wsdl").read_text()
    imported = '<xs:import namespace="urn:other" schemaLocation="types.xsd"/>'
    (folder / "service.wsdl").write_text(
        wsdl.replace('elementFormDefault="qualified">', f'elementFormDefault="qualified">{imported}', 1)
    )
    assert all(step.ok for step in transport(source, folder).check())


def test_a_wsdl_with_a_doctype_or_none_at_all_is_refused(source: Any, folder: Path) -> None:
    path = folder / "service.wsdl"
    path.write_text(path.read_text().replace("<wsdl:definitions", '<!DOCTYPE x [<!ENTITY a "b">]><wsdl:definitions', 1))
    with pytest.raises(Refused, match="bad_wsdl"):
        transport(source, folder).ask(LIST, {})
    path.unlink()
    assert [step.ok for step in transport(source, folder).check()] == [False]


def test_what_the_wsdl_does_not_offer_is_not_called(source: Any, folder: Path) -> None:
    with pytest.raises(Refused, match="no_such_operation"):
        transport(source, folder).ask(Call(operation="Delete"), {})
    with pytest.raises(Refused, match="not_in_wsdl"):
        transport(source, folder).ask(LIST, {"Until": "2026"})
    with pytest.raises(Refused, match="no_such_binding"):
        transport(source, folder, binding="{urn:sample}OtherBinding").ask(LIST, {})
    assert source.asked == []


def test_a_user_name_token_is_sent_where_the_manifest_says(source: Any, folder: Path) -> None:
    says(source, '<ListResponse xmlns="urn:sample"/>')
    transport(source, folder, "hub:secret", auth="wsse").ask(LIST, {})
    assert b"<wsse:Username>hub</wsse:Username>" in source.asked[0][3]


def test_what_is_told_carries_one_message_id_in_every_attempt(source: Any, folder: Path) -> None:
    says(source, '<ListResponse xmlns="urn:sample"/>')
    told = transport(source, folder)
    for _ in range(2):
        told.tell(LIST, {"Since": "2026"}, "notice-0001", ())
    for _, _, _, body in source.asked:
        assert b'<wsa:MessageID xmlns:wsa="http://www.w3.org/2005/08/addressing">notice-0001</wsa:MessageID>' in body
