"""Reading all public cards out, and guessing passwords from many accounts: both are slowed down by address."""

from pathlib import Path

import httpx
import pytest

from contracts import Unready
from hub.app import Hub
from hub.settings import Settings
from portal.web import app
from portal.web.visits import Visits, network_of
from tests.portal.web.conftest import served


def test_who_asks_too_much_waits_and_others_do_not() -> None:
    now = [0.0]
    visits = Visits(3, lambda: now[0])
    for _ in range(3):
        visits.admit("203.0.113.7")
    with pytest.raises(Unready) as told:
        visits.admit("203.0.113.7")
    assert told.value.code == "too_many_visits" and told.value.retry_after_seconds == 20
    visits.admit("203.0.113.8")
    now[0] = 20.0
    visits.admit("203.0.113.7")


@pytest.mark.parametrize("other", ["2001:db8:1:2::ffff", "2001:db8:1:2:aaaa::1"])
def test_a_network_of_ipv6_is_one_visitor(other: str) -> None:
    assert network_of(other) == network_of("2001:db8:1:2::1") != network_of("2001:db8:1:3::1")


def test_public_pages_and_sign_in_answer_429(tmp_path: Path) -> None:
    settings = Settings(
        database=f"sqlite:///{tmp_path}/hub.sqlite", public_visits_per_minute=2, sign_in_tries_per_minute=2
    )
    hub = Hub.open(settings)
    try:
        with served(app(hub)) as address, httpx.Client(base_url=address) as client:
            assert [client.get("/public/missing").status_code for _ in range(3)] == [200, 200, 429]
            assert [client.post("/sign-in", data={"login": str(n)}).status_code for n in range(3)] == [403, 403, 429]
            assert client.get("/sign-in").status_code == 200
            # The proxy on this machine is believed, so that its clients are told apart.
            assert client.get("/public/missing", headers={"X-Forwarded-For": "198.51.100.1"}).status_code == 200
    finally:
        hub.close()
