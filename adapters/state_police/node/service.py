"""The operations of the state police system's web service (document/literal, SOAP 1.1)."""

# ruff: noqa: N805  (spyne hands an operation its context, not a service object)

import hmac
from collections.abc import Callable
from typing import Any

import contracts.spyne_compat  # noqa: F401

# isort: split
from lxml import etree
from spyne import Application, Fault, ServiceBase, rpc
from spyne.server.wsgi import WsgiApplication

from adapters.state_police.node import disclosure, tables, words
from adapters.state_police.node.register import Register, moment
from adapters.state_police.node.signed import Signatures, SignedSoap

ADDRESS = "http://scrb.bihar.example/gumshuda-seva"
_PAGE = 100
_WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"


def _operation(name: str, asked: Any, answer: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    made: Callable[[Callable[..., Any]], Callable[..., Any]]
    made = rpc(asked, _returns=answer, _body_style="bare", _operation_name=name)
    return made


class GumshudaSeva(ServiceBase):  # type: ignore[misc]
    """Missing children and recovered persons of the state's police stations."""

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

    @_operation("KhojKaro", words.KhojPrashn, words.KhojUttar)
    def search(ctx: Any, asked: Any) -> Any:
        register: Register = ctx.udc
        line = {name: getattr(asked, name) for name in ("Prayojan", "Prakaran", *disclosure.WHO)} | {"Anubhag": "KHOJ"}
        if asked.Prayojan not in disclosure.PURPOSES:
            register.log(line | {"Parinam": "Prayojan"})
            raise Fault("Client.Prayojan", "Prayojan is not one of this service")
        found = [
            [row(**values) for values in register.search(table, asked.Naam or "", asked.LingKod, asked.Seema or _PAGE)]
            for table, row in (
                (tables.gumshuda_bachcha, words.GumshudaBachcha),
                (tables.prapt_vyakti, words.PraptVyakti),
            )
        ]
        register.log(line | {"Parinam": f"{sum(map(len, found))} MILE"})
        return words.KhojUttar(Gumshuda=found[0], Prapt=found[1])

    @_operation("SuchnaBhejo", words.Suchna, words.Pavati)
    def notice(ctx: Any, told: Any) -> Any:
        register: Register = ctx.udc
        if register.report(told.AbhilekhId) is None:
            raise _no_such_report()
        receipt, known = register.take_notice(
            {name: getattr(told, name) for name in words.Suchna.get_flat_type_info(words.Suchna)}
        )
        return words.Pavati(PavatiSankhya=receipt, PehleSePrapt=known)

    @_operation("ShikayatLao", words.VivaranPrashn, words.ShikayatUttar)
    def complaint(ctx: Any, asked: Any) -> Any:
        shown = _disclosed(ctx.udc, "SAMPARK", asked)
        return words.ShikayatUttar(Shikayat=words.Shikayat(**shown.row), Gupt=shown.withheld)

    @_operation("ParichayLao", words.VivaranPrashn, words.ParichayUttar)
    def profile(ctx: Any, asked: Any) -> Any:
        shown = _disclosed(ctx.udc, "PARICHAY", asked)
        return words.ParichayUttar(Parichay=words.Parichay(**shown.row), Gupt=shown.withheld)


def _disclosed(register: Register, part: str, asked: Any) -> disclosure.Shown:
    noted = ("AbhilekhId", "Prayojan", "Prakaran", "AdhikariId", "AdhikariPad", "AdhikariSanstha")
    line = {name: getattr(asked, name) for name in noted} | {"Anubhag": part}
    try:
        shown = disclosure.detail(register, asked.AbhilekhId, part, asked.Prayojan)
    except disclosure.Denied as denied:
        register.log(line | {"Parinam": denied.code})
        raise Fault(f"Client.{denied.code}", str(denied)) from None
    register.log(line | {"Parinam": "DIYA"})
    return shown


def _page(register: Register, table: Any, row: Any, asked: Any) -> dict[str, Any]:
    try:
        page, mark, more = register.changed(
            table, asked.ParivartanSe or None, asked.Sanket or None, asked.Seema or _PAGE
        )
    except ValueError:
        raise Fault("Client.Sanket", "Sanket is not one that this service gave; begin again without it") from None
    return {"Suchi": [row(**values) for values in page], "AgleKaSanket": mark if more else None, "Aur": more}


def _one(register: Register, table: Any, number: str) -> dict[str, Any]:
    row = register.one(table, number)
    if row is None:
        raise _no_such_report()
    return row


def _no_such_report() -> Fault:
    return Fault("Client.AbhilekhNahi", "abhilekh nahi mila: no report has this AbhilekhId")


def application(register: Register | None, key: str | None = None) -> WsgiApplication:
    """The service as a WSGI application, over one register."""
    signatures = Signatures(key) if key is not None and "-----BEGIN" in key else None
    app = Application(
        [GumshudaSeva],
        tns=words.NAMESPACE,
        name="GumshudaSeva",
        in_protocol=SignedSoap(signatures, validator="lxml"),
        out_protocol=SignedSoap(signatures),
    )

    def enter(ctx: Any) -> None:
        if signatures is None:
            _admit(ctx.in_header_doc, key)
        ctx.udc = register

    app.event_manager.add_listener("method_call", enter)
    return WsgiApplication(app, max_content_length=1024 * 1024)


def _admit(header: Any, key: str | None) -> None:
    shown = ":".join(_said(header, word) for word in ("Username", "Password"))
    if key is not None and not hmac.compare_digest(shown.encode(), key.encode()):
        raise Fault(
            "Client.FailedAuthentication", "Username ya Password galat hai: send the right WS-Security UsernameToken"
        )


def _said(header: Any, word: str) -> str:
    tokens = [token for element in header or [] for token in element.iter(f"{{{_WSSE}}}UsernameToken")]
    return str(tokens[0].findtext(f"{{{_WSSE}}}{word}") or "") if len(tokens) == 1 else ""


def wsdl(address: str = ADDRESS) -> bytes:
    """The service's description, as it is given to those who connect to it; the same bytes each time."""
    described = application(None).doc.wsdl11
    described.build_interface_document(address)
    document = etree.fromstring(described.get_interface_document())
    for schema in document.iter("{http://www.w3.org/2001/XMLSchema}schema"):
        # spyne writes the types in the order of a set; in a schema their order says nothing.
        schema[:] = sorted(schema, key=lambda part: (str(part.tag), part.get("name") or ""))
    etree.indent(document)
    return bytes(etree.tostring(document, xml_declaration=True, encoding="utf-8"))
