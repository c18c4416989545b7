"""The operations of the state police system's web service (document/literal, SOAP 1.1)."""

# ruff: noqa: N805  (spyne hands an operation its context, not a service object)

import hmac
from collections.abc import Callable
from typing import Any

import contracts.spyne_compat  # noqa: F401

# isort: split
from spyne import Application, Fault, ServiceBase, rpc
from spyne.protocol.soap import Soap11
from spyne.server.wsgi import WsgiApplication

from adapters.state_police.node import disclosure, tables, words
from adapters.state_police.node.register import Register, moment

USER = "trackchild"
ADDRESS = "http://scrb.bihar.example/gumshuda-seva"
_PAGE = 100


def _operation(name: str, asked: Any, answer: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    made: Callable[[Callable[..., Any]], Callable[..., Any]]
    made = rpc(asked, _returns=answer, _body_style="bare", _operation_name=name)
    return made


class GumshudaSeva(ServiceBase):  # type: ignore[misc]
    """Missing children and recovered persons of the state's police stations."""

    __in_header__ = words.Praman

    @_operation("Sampark", words.SamparkPrashn, words.SamparkUttar)
    def contact(ctx: Any, _asked: Any) -> Any:
        return words.SamparkUttar(Seva="Gumshuda Seva", Sanskaran="2.3", Samay=moment())

    @_operation("GumshudaSuchi", words.SuchiPrashn, words.GumshudaSuchiUttar)
    def missing(ctx: Any, asked: Any) -> Any:
        return words.GumshudaSuchiUttar(**_page(ctx.udc, tables.gumshuda_bachcha, words.GumshudaBachcha, asked))

    @_operation("PraptSuchi", words.SuchiPrashn, words.PraptSuchiUttar)
    def recovered(ctx: Any, asked: Any) -> Any:
        return words.PraptSuchiUttar(**_page(ctx.udc, tables.prapt_vyakti, words.PraptVyakti, asked))

    @_operation("GumshudaBachchaLao", words.EkPrashn, words.GumshudaBachcha)
    def one_missing(ctx: Any, asked: Any) -> Any:
        return words.GumshudaBachcha(**_one(ctx.udc, tables.gumshuda_bachcha, asked.AbhilekhId))

    @_operation("PraptVyaktiLao", words.EkPrashn, words.PraptVyakti)
    def one_recovered(ctx: Any, asked: Any) -> Any:
        return words.PraptVyakti(**_one(ctx.udc, tables.prapt_vyakti, asked.AbhilekhId))

    @_operation("SuchnaBhejo", words.Suchna, words.Pavati)
    def notice(ctx: Any, told: Any) -> Any:
        register: Register = ctx.udc
        if register.report(told.AbhilekhId) is None:
            raise _no_such_report()
        receipt, known = register.take_notice(
            {name: getattr(told, name) for name in words.Suchna.get_flat_type_info(words.Suchna)}
        )
        return words.Pavati(PavatiSankhya=receipt, PehleSePrapt=known)

    @_operation("VivaranLao", words.VivaranPrashn, words.VivaranUttar)
    def detail(ctx: Any, asked: Any) -> Any:
        register: Register = ctx.udc
        try:
            shown = disclosure.detail(register, asked.AbhilekhId, asked.Anubhag, asked.Prayojan)
        except disclosure.Denied as denied:
            _log(register, asked, denied.code)
            raise Fault(f"Client.{denied.code}", str(denied)) from None
        _log(register, asked, "DIYA")
        return _answer(asked, shown)


def _answer(asked: Any, shown: disclosure.Shown) -> Any:
    return words.VivaranUttar(
        AbhilekhId=asked.AbhilekhId,
        Anubhag=asked.Anubhag,
        Sanskaran=shown.version,
        AntimParivartan=shown.changed,
        ParivartanKarta=shown.changed_by,
        Ansh=[words.Ansh(Naam=name, Maan=value) for name, value in shown.parts],
        Gupt=shown.withheld,
    )


def _log(register: Register, asked: Any, outcome: str) -> None:
    noted = ("AbhilekhId", "Anubhag", "Prayojan", "Prakaran", "AdhikariId", "AdhikariPad", "AdhikariSanstha")
    register.log({name: getattr(asked, name) for name in noted} | {"Parinam": outcome})


def _page(register: Register, table: Any, row: Any, asked: Any) -> dict[str, Any]:
    try:
        page, mark, more = register.changed(
            table, asked.ParivartanSe or None, asked.Sanket or None, asked.Seema or _PAGE
        )
    except ValueError:
        raise Fault("Client.Sanket", "Sanket is not one that this service gave; begin again without it") from None
    return {"Suchi": [row(**values) for values in page], "AgleKaSanket": mark, "Aur": more}


def _one(register: Register, table: Any, number: str) -> dict[str, Any]:
    row = register.one(table, number)
    if row is None:
        raise _no_such_report()
    return row


def _no_such_report() -> Fault:
    return Fault("Client.AbhilekhNahi", "abhilekh nahi mila: no report has this AbhilekhId")


def application(register: Register | None, key: str | None = None) -> WsgiApplication:
    """The service as a WSGI application, over one register."""
    app = Application(
        [GumshudaSeva],
        tns=words.NAMESPACE,
        name="GumshudaSeva",
        in_protocol=Soap11(validator="lxml"),
        out_protocol=Soap11(),
    )

    def enter(ctx: Any) -> None:
        _admit(ctx.in_header, key)
        ctx.udc = register

    app.event_manager.add_listener("method_call", enter)
    return WsgiApplication(app, max_content_length=1024 * 1024)


def _admit(header: Any, key: str | None) -> None:
    if key is None:
        return
    user, password = (header.UpyogKarta or "", header.Kut or "") if header is not None else ("", "")
    right = hmac.compare_digest(password.encode(), key.encode())
    if user != USER or not right:
        raise Fault(
            "Client.Praman", "UpyogKarta ya Kut galat hai: send the right user and password in the Praman header"
        )


def wsdl(address: str = ADDRESS) -> bytes:
    """The service's description, as it is given to those who connect to it."""
    described = application(None).doc.wsdl11
    described.build_interface_document(address)
    return bytes(described.get_interface_document())
