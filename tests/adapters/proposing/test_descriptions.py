"""WSDL, OpenAPI document and database become manifests; what lies elsewhere is not fetched."""

import datetime
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from adapters import catalog
from adapters.base import Connection
from adapters.by_manifest import ByManifest
from adapters.database import DatabaseTransport
from adapters.outgoing import ANYWHERE
from adapters.proposing import getting
from adapters.proposing.proposal import Proposal, proposed, write
from contracts import Refused
from tests.adapters.proposing.conftest import manifest

Propose = Callable[..., Proposal]
STATE_POLICE = Path(catalog.folder("state_police"))
SCHEMAS = "#/components/schemas"
DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.3",
    "paths": {
        "/v1/cases/missing": {
            "get": {
                "operationId": "listMissing",
                "parameters": [
                    {"name": "updated_after", "in": "query", "schema": {"type": "string", "format": "date-time"}},
                    {"name": "page", "in": "query", "schema": {"type": "integer"}},
                    {"name": "page_size", "in": "query", "schema": {"type": "integer"}},
                ],
                "responses": {"200": {"content": {"application/json": {"schema": {"$ref": f"{SCHEMAS}/Page"}}}}},
            },
            "post": {"summary": "Report a child", "responses": {}},
        }
    },
    "components": {
        "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Token"}},
        "schemas": {
            "Page": {"type": "object", "properties": {
                "total": {"type": "integer"}, "results": {"type": "array", "items": {"$ref": f"{SCHEMAS}/Child"}}}},
            "Child": {"type": "object", "properties": {
                "caseNo": {"type": "string"},
                "firstName": {"type": "string"},
                "lastName": {"type": "string"},
                "father": {"type": "object", "properties": {"name": {"type": "string"}, "mobile": {"type": "string"}}},
                "sex": {"type": "string", "enum": ["Male", "Female"]},
                "approxAge": {"type": "integer"},
                "lastSeen": {"type": "object", "properties": {
                    "date": {"type": "string", "format": "date"}, "place": {"type": "string"},
                    "state": {"type": "string"}}},
                "caseStatus": {"type": "string", "enum": ["UNTRACED", "WITH_CID"]},
                "updatedAt": {"type": "string", "format": "date-time"}}},
        },
    },
}  # fmt: skip


def test_an_openapi_document_tells_call_paging_since_key_and_fields(tmp_path: Path, propose: Propose) -> None:
    (tmp_path / "api.json").write_text(json.dumps(DOCUMENT))
    said = manifest(propose("openapi", tmp_path / "api.json"))
    assert (said.connection.auth, said.connection.auth_header) == ("api_key", "X-Token")
    assert said.pull is not None
    (listed,) = said.pull.lists
    assert (listed.path, listed.records, listed.id, listed.order) == ("/v1/cases/missing", "results", "caseNo", "any")
    assert listed.since is not None and (listed.since.param, listed.since.field) == ("updated_after", "updatedAt")
    assert (listed.paging.style, listed.paging.param, listed.paging.size_param) == ("page", "page", "page_size")
    names = said.fields["names"]
    assert not isinstance(names, list) and names.sources == ["firstName", "lastName"]
    father = said.fields["relatives[father]"]
    assert not isinstance(father, list) and father.sources == ["father.name"]
    assert said.codes["status"] == {"UNTRACED": "untraced"}


def test_a_wsdl_tells_binding_operations_rows_and_the_token_of_the_next_page(tmp_path: Path, propose: Propose) -> None:
    made = propose("wsdl", STATE_POLICE / "gumshuda.wsdl")
    said = manifest(made)
    assert said.pull is not None
    lists = {one.operation: one for one in said.pull.lists}
    assert set(lists) == {"GumshudaSuchi", "PraptSuchi"}, "a search of the same rows is no list of its own"
    missing = lists["GumshudaSuchi"]
    assert missing.records == "Suchi.GumshudaBachcha"
    assert (missing.paging.style, missing.paging.param, missing.paging.next) == ("cursor", "Sanket", "AgleKaSanket")
    kinds = {name: fields["kind"] for name, fields in said.fields_of.items()}
    assert {name: line.value for name, line in kinds.items() if not isinstance(line, list)} == {
        "gumshudasuchi": "missing", "praptsuchi": "found",
    }  # fmt: skip
    write(made, tmp_path / "adapters" / "system_xy")
    assert catalog.problems([tmp_path / "adapters"]) == []


def test_a_wsdl_in_several_documents_is_laid_together(tmp_path: Path) -> None:
    there, here = tmp_path / "there", tmp_path / "here"
    (there / "types").mkdir(parents=True)
    here.mkdir()
    (there / "service.wsdl").write_text(
        '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:xs="http://www.w3.org/2001/XMLSchema"><types>'
        '<xs:schema><xs:import schemaLocation="types/a.xsd"/></xs:schema></types></definitions>'
    )
    (there / "types" / "a.xsd").write_text(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
        '<xs:include schemaLocation="../service.xsd"/></xs:schema>'
    )
    (there / "service.xsd").write_text('<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"/>')
    getting.wsdl(str(there / "service.wsdl"), here)
    assert sorted(path.name for path in here.iterdir()) == ["a.xsd", "service.wsdl", "service.xsd"]
    assert 'schemaLocation="a.xsd"' in (here / "service.wsdl").read_text()


@pytest.mark.parametrize("place", ["http://elsewhere.example/a.xsd", "file:///etc/passwd", "../../../etc/passwd"])
def test_a_wsdl_imports_nothing_from_elsewhere(tmp_path: Path, place: str) -> None:
    (tmp_path / "service.wsdl").write_text(
        '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:xs="http://www.w3.org/2001/XMLSchema"><types>'
        f'<xs:schema><xs:import schemaLocation="{place}"/></xs:schema></types></definitions>'
    )
    (tmp_path / "into").mkdir()
    with pytest.raises(Refused) as refused:
        getting.wsdl(str(tmp_path / "service.wsdl"), tmp_path / "into")
    assert refused.value.code == "wsdl_import"


def test_a_wsdl_that_lost_a_schema_is_refused(tmp_path: Path, propose: Propose) -> None:
    shutil.copy(STATE_POLICE / "gumshuda.wsdl", tmp_path / "half.wsdl")
    content = (tmp_path / "half.wsdl").read_text()
    (tmp_path / "half.wsdl").write_text(content[: len(content) // 2])
    with pytest.raises(Refused) as refused:
        propose("wsdl", tmp_path / "half.wsdl")
    assert refused.value.code == "unreadable_description"


@pytest.fixture(params=["sqlite", "postgresql"])
def records(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A foreign database of 450 records, 45 of which share each moment of change."""
    url = (
        f"sqlite:///{tmp_path / 'records.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    )
    engine = sa.create_engine(url)
    table = sa.Table(
        "gumshuda", sa.MetaData(), sa.Column("panji_no", sa.String, primary_key=True), sa.Column("naam", sa.String),
        sa.Column("ling", sa.String), sa.Column("umr", sa.Integer), sa.Column("gum_hone_ki_tithi", sa.Date),
        sa.Column("thana", sa.String), sa.Column("badla_gaya", sa.DateTime), sa.Column("mobile", sa.String),
    )  # fmt: skip
    with engine.begin() as opened:
        table.create(opened)
        opened.execute(
            sa.text(
                "CREATE VIEW bachche AS SELECT panji_no, naam, ling, umr, gum_hone_ki_tithi, thana, badla_gaya "
                "FROM gumshuda"
            )
        )
        opened.execute(table.insert(), [
            {"panji_no": f"P-{n}", "naam": "सुनीता", "ling": "महिला", "umr": 5 + n % 10,
             "gum_hone_ki_tithi": datetime.date(2024, 1, 5),
             "thana": "कोतवाली", "badla_gaya": datetime.datetime(2024, 2, 1, 10, n % 10), "mobile": "9876543210"}
            for n in range(450)
        ])  # fmt: skip
    engine.dispose()
    return url


def test_a_database_is_proposed_and_read_whole_through_its_view(records: str, tmp_path: Path) -> None:
    url, secret = _apart(records)
    made = proposed("system_xy", "database", url, tmp_path, secret)
    assert made.problems == []
    assert made.drafts[0].rows.name == "bachche"
    write(made, tmp_path / "adapters" / "system_xy")
    adapter = catalog.adapter(
        "system_xy", Connection("police-xy", url, secret, outgoing=ANYWHERE), [tmp_path / "adapters"]
    )
    pulled = [words.source_id for words in adapter.pull(None) if words.cursor]  # type: ignore[union-attr]
    assert len(set(pulled)) == 450, "rows that share a moment are not lost between pages"
    assert all(step.ok for step in adapter.check())
    adapter.rest()


def _apart(url: str) -> tuple[str, str | None]:
    """Address and secret of a database, as the registry keeps them."""
    parts = sa.make_url(url)
    secret = f"{parts.username}:{parts.password or ''}" if parts.username else None
    plain = parts.set(username=None, password=None, drivername=parts.get_backend_name())
    return plain.render_as_string(hide_password=False), secret


def test_a_password_in_the_address_is_refused(propose: Propose) -> None:
    with pytest.raises(Refused) as refused:
        propose("database", "postgresql://reader:secret@localhost/records")
    assert refused.value.code == "secret_in_url"
    assert "secret@" not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["sqlite:////etc/records.db", "postgresql://127.0.0.1:5432/records", "postgresql:///r?host=/run"]
)
def test_a_database_in_the_hubs_own_network_or_files_is_not_reached_unless_allowed(url: str) -> None:
    adapter = catalog.adapter("state_police", Connection("police-xy", url))
    assert isinstance(adapter, ByManifest)
    (step,) = DatabaseTransport(adapter.connection).check()
    assert step.detail in ("folder_not_allowed", "address_not_allowed")
