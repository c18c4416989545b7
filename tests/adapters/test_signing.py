"""Signed SOAP between the hub's adapter and a running state police system, and what zeep is not to believe."""

import dataclasses
import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from adapters import catalog
from adapters.base import Adapter, Words
from adapters.signing import Signing, authority, certificates_of, identity_of, sign
from contracts import Refused
from tests.loopback import connection
from tests.signing import identity, pem, signed_call


def only_certificate(text: str) -> str:
    return text[text.index("-----BEGIN CERTIFICATE") :]


@pytest.fixture(scope="module")
def node(start_node: Callable[..., Any]) -> Any:
    return start_node("state_police", key=pem("police-br") + only_certificate(pem("the hub")))


def adapter(node: Any, secret: str, *theirs: str) -> Adapter:
    held = dataclasses.replace(connection("tester", node.url, secret), certificates=theirs)
    return catalog.adapter("state_police", held)


def test_both_lists_are_pulled_over_signed_soap(node: Any) -> None:
    pulled = list(adapter(node, pem("the hub"), identity("police-br").text).pull(None))
    assert len({item.source_id for item in pulled if isinstance(item, Words)}) == 50


def test_the_node_answers_nobody_whose_certificate_it_does_not_know(node: Any) -> None:
    with pytest.raises(Refused):
        list(adapter(node, pem("a stranger"), identity("police-br").text).pull(None))


def test_the_node_answers_nobody_who_does_not_sign(node: Any) -> None:
    with pytest.raises(Refused):
        list(adapter(node, "hub:open sesame").pull(None))


def test_an_answer_signed_by_another_is_not_believed(node: Any) -> None:
    with pytest.raises(Refused) as refused:
        list(adapter(node, pem("the hub"), identity("a stranger").text).pull(None))
    assert refused.value.code == "unknown_certificate"


@pytest.mark.parametrize("answering", [None, "the signature of another request"])
def test_an_answer_that_is_not_bound_to_what_was_asked_is_not_believed(answering: str | None) -> None:
    hub, police = identity("the hub"), identity("police-br")
    plugin = Signing(hub, [police.text])
    plugin.apply(signed_call(hub), {})
    answer = signed_call(police)
    sign(answer, police, answering)
    with pytest.raises(Refused, match="does not belong"):
        plugin.verify(answer)


def test_an_unsigned_answer_to_a_signed_call_is_not_believed() -> None:
    hub = identity("the hub")
    plugin = Signing(hub, [identity("police-br").text])
    plugin.apply(signed_call(hub), {})
    with pytest.raises(Refused) as refused:
        plugin.verify(etree.fromstring("<a/>"))
    assert refused.value.code == "answer_not_signed"


def test_the_authority_issues_what_can_sign_and_writes_over_nothing(tmp_path: Path) -> None:
    authority.init(tmp_path / "ca")
    made = authority.issue(tmp_path / "ca", "police-br", datetime.timedelta(days=90), tmp_path / "police-br.pem")
    assert identity_of(made.read_text()).text in certificates_of(made.read_text())
    assert made.stat().st_mode & 0o077 == 0
    for again in (
        lambda: authority.init(tmp_path / "ca"),
        lambda: authority.issue(tmp_path / "ca", "police-br", datetime.timedelta(days=90), made),
        lambda: authority.issue(tmp_path, "police-br", datetime.timedelta(days=90), tmp_path / "other.pem"),
    ):
        with pytest.raises(Refused):
            again()


def test_a_key_with_the_certificate_of_another_is_refused() -> None:
    mixed = pem("police-br")[: pem("police-br").index("-----BEGIN CERT")] + only_certificate(pem("the hub"))
    with pytest.raises(Refused, match="not that of the private key"):
        identity_of(mixed)
