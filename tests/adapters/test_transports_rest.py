"""REST: what a source may answer, and what becomes of it; nothing is followed, believed or read without a bound."""

import gzip
import json
import threading
import tracemalloc
from typing import Any

import pytest

from adapters.mapping.manifest import Call, Reach
from adapters.rest import RestClient, RestTransport
from contracts import Refused, Unready
from tests.loopback import connection

CHILD = "Ravi Kumar of Kapashera"
Answer = tuple[int, dict[str, str], bytes]


def client(source: Any, secret: str | None = None, timeout: float = 5, **reach: Any) -> RestClient:
    return RestClient(connection("xy", source.url, secret, timeout), Reach(transport="rest", **reach))


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (400, Refused, "refused_by_source"),
        (401, Refused, "wrong_credentials"),
        (403, Refused, "wrong_credentials"),
        (404, Refused, "not_there"),
        (409, Refused, "refused_by_source"),
        (301, Refused, "redirected"),
        (302, Refused, "redirected"),
        (408, Unready, "source_unready"),
        (429, Unready, "source_unready"),
        (500, Unready, "source_unready"),
        (503, Unready, "source_unready"),
    ],
)
def test_a_status_means_what_to_do_next_and_nothing_of_the_answer_is_repeated(
    source: Any, status: int, kind: type[Refused | Unready], code: str
) -> None:
    source.says(status, {"detail": CHILD}, Location="http://169.254.169.254/")
    with pytest.raises(kind) as caught:
        client(source).request("GET", "/x", params={"name": CHILD})
    assert caught.value.code == code
    assert "Ravi" not in str(caught.value)
    assert len(source.asked) == 1


def test_the_source_may_say_when_to_try_again(source: Any) -> None:
    for said, seconds in [("120", 120), ("999999999", 86_400), ("soon", None), ("Thu, 01 Jan 1970 00:00:00 GMT", 0)]:
        source.says(503, b"", Retry_After=said)
        with pytest.raises(Unready) as caught:
            client(source).request("GET", "/x")
        assert caught.value.retry_after_seconds == seconds


def test_a_page_of_html_in_place_of_json_is_no_answer(source: Any) -> None:
    source.says(200, b"<html>Maintenance</html>", Content_Type="text/html")
    with pytest.raises(Unready, match="unexpected_answer"):
        client(source).request("GET", "/x")
    source.says(200, b'{"half":', Content_Type="application/json")
    with pytest.raises(Unready, match="unreadable_answer"):
        client(source).request("GET", "/x").json()
    source.says(200, b"{}", Content_Type="application/vnd.api+json; charset=utf-8")
    assert client(source).request("GET", "/x").json() == {}
    source.says(200, b"{}", Content_Type="application/problem+json")
    with pytest.raises(Unready, match="unexpected_answer"):
        client(source).request("GET", "/x")


def test_a_notice_that_finds_no_application_is_not_refused_for_itself(source: Any) -> None:
    for kind, code in (("text/html", "no_such_address"), ("application/json", "not_there")):
        source.says(404, b"{}", Content_Type=kind)
        with pytest.raises(Refused) as caught:
            client(source).request("POST", "/inbox", body={})
        assert caught.value.code == code


def test_a_redirects_body_is_not_read_without_a_bound(source: Any) -> None:
    source.says(302, b"x" * 50_000_000, Location="/y")
    tracemalloc.start()
    with pytest.raises(Refused, match="redirected"):
        client(source, max_bytes=4_000).request("GET", "/x")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(source.asked) == 1
    assert most < 5_000_000


def test_an_answer_is_read_no_further_than_its_bound(source: Any) -> None:
    source.says(200, b"x" * 5_000)
    with pytest.raises(Refused, match="answer_too_large"):
        client(source, max_bytes=4_000).request("GET", "/x")


def test_a_bomb_of_gzip_is_bounded_by_what_it_unpacks_to(source: Any) -> None:
    source.says(200, gzip.compress(b"0" * 30_000_000), Content_Encoding="gzip")
    with pytest.raises(Refused, match="answer_too_large"):
        client(source, max_bytes=1_000_000).request("GET", "/x")


def test_a_source_that_is_down_slow_or_breaks_off_is_unready(source: Any) -> None:
    held = threading.Event()

    def slow(path: str) -> Answer:
        held.wait(10)
        return 200, {}, b""

    source.answer = slow
    with pytest.raises(Unready, match="timed_out"):
        client(source, timeout=0.2).request("GET", "/x")
    held.set()
    source.says(200, b"{}", Content_Length="500")
    with pytest.raises(Unready):
        client(source, timeout=0.5).request("GET", "/x")
    with pytest.raises(Unready, match="unreachable"):
        RestClient(connection("xy", "http://127.0.0.1:9"), Reach(transport="rest")).request("GET", "/")


def test_nothing_of_the_environment_is_believed(source: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert client(source).request("GET", "/x").status == 200


@pytest.mark.parametrize(
    ("reach", "header", "value"),
    [
        ({"auth": "api_key", "auth_header": "X-Token"}, "X-Token", "user:pass"),
        ({"auth": "bearer"}, "Authorization", "Bearer user:pass"),
        ({"auth": "basic"}, "Authorization", "Basic dXNlcjpwYXNz"),
    ],
)
def test_the_secret_goes_where_the_manifest_says(source: Any, reach: dict[str, str], header: str, value: str) -> None:
    client(source, "user:pass", **reach).request("GET", "/x")
    assert source.asked[0][2][header] == value


def test_a_missing_secret_is_said_before_anything_is_sent(source: Any) -> None:
    with pytest.raises(Refused, match="no_secret"):
        client(source, auth="bearer").request("GET", "/x")
    assert source.asked == []
    assert client(source, auth="api_key", auth_required=False).request("GET", "/x").status == 200


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://host/", "http:///x", "gopher://x"])
def test_only_http_addresses_are_called(url: str) -> None:
    with pytest.raises(Refused, match="bad_url"):
        RestClient(connection("xy", url), Reach(transport="rest"))


def test_an_id_stays_one_step_of_the_path(source: Any) -> None:
    transport = RestTransport(connection("xy", source.url), Reach(transport="rest"))
    transport.ask(Call(path="/records/{id}/contact"), {"purpose": "care"}, "../../admin?x=1#")
    assert source.asked[0][1] == "/records/..%2F..%2Fadmin%3Fx%3D1%23/contact?purpose=care"


def test_a_notice_carries_its_key_and_an_answer_that_it_was_known_is_no_error(source: Any) -> None:
    transport = RestTransport(connection("xy", source.url), Reach(transport="rest"))
    source.says(409, b"<html>Conflict</html>", Content_Type="text/html")
    assert transport.tell(Call(path="/alerts", method="POST"), {"No": "n-1"}, "n-1", (409,)) == (409, None)
    method, path, headers, body = source.asked[0]
    assert (method, path, headers["Idempotency-Key"], json.loads(body)) == ("POST", "/alerts", "n-1", {"No": "n-1"})
