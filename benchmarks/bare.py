"""What the doors are measured against: a FastAPI and a spyne handler that read a message and do one insert."""

import sys
from typing import Any

import hub.doors  # noqa: F401  (before spyne is imported)

# isort: split
from a2wsgi import WSGIMiddleware
from fastapi import FastAPI
from spyne import Application, Service, rpc
from spyne.protocol.soap import Soap11
from spyne.server.wsgi import WsgiApplication
from sqlalchemy import Column, Engine, LargeBinary, MetaData, String, Table, insert

from contracts.exchange import SubmitRecords, SubmitReply
from hub.doors.bridge import NAMESPACE, Bridge
from hub.index.dialect import engine_for
from portal.web.server import listen, run

messages = Table(
    "messages", MetaData(), Column("message_id", String(64), primary_key=True), Column("body", LargeBinary)
)


def application(engine: Engine) -> FastAPI:
    """The bare handlers at the addresses of the doors."""
    app = FastAPI()

    @app.post("/api/v1/records")
    def submit(message: SubmitRecords) -> SubmitReply:
        with engine.begin() as connection:
            body = message.model_dump_json().encode()
            connection.execute(insert(messages), {"message_id": message.message_id, "body": body})
        return SubmitReply(message_id=message.message_id, outcomes=[])

    app.mount("/", WSGIMiddleware(_spyne(engine)))
    return app


def _spyne(engine: Engine) -> WsgiApplication:
    bridge = Bridge()

    def submit(ctx: Any, message: Any) -> Any:
        with engine.begin() as connection:
            body = b"".join(ctx.in_string)
            connection.execute(insert(messages), {"message_id": message.message_id, "body": body})
        return bridge.instance(SubmitReply(message_id=message.message_id, outcomes=[]))

    submit.__name__ = "SubmitRecords"
    request, reply = bridge.type_of(SubmitRecords), bridge.type_of(SubmitReply)
    operation = rpc(request, _returns=reply, _body_style="bare")(submit)
    service = type("Bare", (Service,), {"SubmitRecords": operation})
    protocol = Soap11(validator="lxml"), Soap11()
    return WsgiApplication(Application([service], NAMESPACE, in_protocol=protocol[0], out_protocol=protocol[1]))


if __name__ == "__main__":
    opened = engine_for(sys.argv[1])
    messages.create(opened)
    run(application(opened), listen("127.0.0.1", 0))
