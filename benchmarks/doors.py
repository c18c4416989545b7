"""Calls a second of each door on one worker, a desk in memory behind it: ``python -m benchmarks.doors``."""

import http.client
import json
import multiprocessing
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.pool import Pool

from hub.doors import Limits
from hub.doors.soap import SOAP11, SOAP12
from tests.hub.doors.conftest import serving
from tests.hub.doors.desk import KEY, MemoryDesk
from tests.hub.doors.messages import PATHS, RECORD, envelope, headers, xml

BEARER = {"Authorization": f"Bearer {KEY}"}
CLIENTS = 4


@dataclass(frozen=True)
class Case:
    """One kind of request, sent over and over on kept connections."""

    name: str
    path: str
    body: bytes
    calls: int
    headers: dict[str, str] = field(default_factory=dict)


def cases() -> Iterator[Case]:
    """The same three calls at each door: a list of notices, one record, a hundred records."""
    for count, calls in ((1, 400), (100, 25)):
        message = {"message_id": "message-1", "records": [RECORD] * count}
        kind = {"Content-Type": "application/json"}
        yield Case(f"REST      SubmitRecords x {count}", "/api/v1/records", json.dumps(message).encode(), calls, kind)
        for name, soap in (("SOAP 1.1", SOAP11), ("SOAP 1.2", SOAP12)):
            body = envelope(soap, xml("SubmitRecords", message))
            yield Case(f"{name}  SubmitRecords x {count}", PATHS[soap], body, calls, headers(soap))
    yield Case("REST      ListNotices", "/api/v1/notices?limit=1", b"", 400)
    for name, soap in (("SOAP 1.1", SOAP11), ("SOAP 1.2", SOAP12)):
        yield Case(
            f"{name}  ListNotices", PATHS[soap], envelope(soap, xml("ListNotices", {"limit": 1})), 400, headers(soap)
        )


def send(port: int, case: Case) -> None:
    """One client: all its calls on one connection; a call that is not answered 200 ends it."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for _ in range(case.calls):
        connection.request("POST" if case.body else "GET", case.path, case.body or None, BEARER | case.headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status


def measure(pool: Pool, port: int, case: Case) -> float:
    """Calls a second over all clients."""
    start = time.perf_counter()
    pool.starmap(send, [(port, case)] * CLIENTS, chunksize=1)
    return CLIENTS * case.calls / (time.perf_counter() - start)


def main() -> None:
    """Print one line for each case."""
    with multiprocessing.get_context("spawn").Pool(CLIENTS) as pool, serving(MemoryDesk(), Limits()) as address:
        port = int(address.rpartition(":")[2])
        pool.map(abs, range(CLIENTS), chunksize=1)  # the clients have started
        for case in cases():
            print(f"{case.name:32} {measure(pool, port, case):8.0f} calls/s")


if __name__ == "__main__":
    main()
