"""The published forms are those of the models, byte for byte, and fit to be read by outsiders."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import zeep
from lxml import etree
from zeep.transports import Transport

from contracts import ChildRecord
from hub.doors.calls import CALLS
from hub.doors.publish import PUBLISHED, TOP, forms, publish
from tests.hub.doors.messages import RECORD

_PRINT = (
    "import hashlib; from hub.doors.publish import forms; print(hashlib.sha256(repr(forms()).encode()).hexdigest())"
)


def test_what_is_published_is_current() -> None:
    lying = {str(path.relative_to(PUBLISHED)): path.read_bytes() for path in PUBLISHED.rglob("*") if path.is_file()}
    assert lying == forms(), "run: trackchild contracts publish"


def test_publishing_writes_every_form_and_removes_the_stale(tmp_path: Path) -> None:
    stale = tmp_path / "json" / "Old.schema.json"
    stale.parent.mkdir()
    stale.write_text("{}")
    (tmp_path / "README.md").write_text("kept")
    written = publish(tmp_path)
    assert {str(path.relative_to(tmp_path)) for path in written} == set(forms())
    assert not stale.exists()
    assert (tmp_path / "README.md").exists()


def test_the_forms_do_not_depend_on_the_order_of_hashes() -> None:
    told = set()
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", _PRINT]
        run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
        told.add(run.stdout)
    assert len(told) == 1


@pytest.mark.parametrize("file", ["hub.wsdl", "hub12.wsdl"])
def test_the_wsdl_is_read_strictly_without_the_network_and_declares_the_fault(file: str) -> None:
    class NoNetwork(Transport):
        def load(self, url: str) -> bytes:
            assert not url.startswith("http"), url
            return super().load(url)  # type: ignore[no-any-return]

    client = zeep.Client(str(PUBLISHED / file), transport=NoNetwork(), settings=zeep.Settings(strict=True))
    (binding,) = client.wsdl.bindings.values()
    assert set(binding._operations) == {call.name for call in CALLS}
    assert all("Fault" in operation.faults for operation in binding._operations.values())


def test_both_wsdls_and_the_xsd_hold_one_schema() -> None:
    schemas = []
    for file in ("hub.wsdl", "hub12.wsdl", "hub.xsd"):
        (schema,) = etree.parse(str(PUBLISHED / file)).getroot().iter("{http://www.w3.org/2001/XMLSchema}schema")
        schemas.append([(child.tag, child.get("name")) for child in schema])
    assert schemas[0] == schemas[1] == schemas[2]


def test_the_contracts_simple_types_keep_their_names() -> None:
    named = {e.get("name") for e in etree.parse(str(PUBLISHED / "hub.xsd")).getroot().iterfind("{*}simpleType")}
    assert {"ParticipantId", "SourceId", "InstitutionId", "HubId", "MessageId", "Line", "Text", "LgdState"} <= named


@pytest.mark.parametrize("model", TOP, ids=lambda model: model.__name__)
def test_every_json_schema_is_a_valid_schema(model: type) -> None:
    schema = json.loads((PUBLISHED / "json" / f"{model.__name__}.schema.json").read_bytes())
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["additionalProperties"] is False


def test_the_json_schema_of_a_record_takes_a_record() -> None:
    schema = json.loads((PUBLISHED / "json" / "ChildRecord.schema.json").read_bytes())
    jsonschema.validate(json.loads(ChildRecord.model_validate(RECORD).model_dump_json(exclude_none=True)), schema)


def test_every_reference_of_the_openapi_description_leads_somewhere() -> None:
    text = (PUBLISHED / "openapi.json").read_text(encoding="utf-8")
    schemas = json.loads(text)["components"]["schemas"]
    found = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert found <= set(schemas)
    assert "$defs" not in text
