"""The manifest as a validated model; what breaks a rule is named by its key's path and the rule."""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from contracts import CONTRACT_VERSION, Problem, Refused, SectionName
from contracts.base import LanguageTag

Kind = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
Tag = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
#: A path into the owner's answer or row: ``data.rows``, ``images.0.hash``.
SourcePath = Annotated[str, StringConstraints(pattern=r"^[^.\s][^.]*(\.[^.]+)*\.?$", max_length=200)]
#: A path into the contract: ``names[hi].text``.
ContractPath = Annotated[str, StringConstraints(pattern=r"^[a-z_]+(\[[a-z0-9_]+\])?(\.[a-z_]+)*$", max_length=100)]
HttpPath = Annotated[str, StringConstraints(pattern=r"^/[^\s?#]*$", max_length=300)]
Scalar = str | int | float | bool


class ManifestError(Refused):
    """The manifest breaks a rule; ``problems`` name key and rule. Code ``bad_manifest``."""

    def __init__(self, where: str, problems: list[Problem]) -> None:
        first = problems[0]
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__("bad_manifest", f"{where}: {first.field}: {first.message}{more}; mend the manifest", problems)


class Form(BaseModel):
    """Base of the manifest's parts: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("no time zone of this name, e.g. Asia/Kolkata") from None
    return name


class About(Form):
    kind: Kind
    title: Annotated[str, Field(min_length=1, max_length=200)]
    contract: str = CONTRACT_VERSION
    ignore_case: bool = False
    blanks: list[str] = []
    timezone: Annotated[str, AfterValidator(_known_zone)] = "Asia/Kolkata"
    volatile: list[SourcePath] = []
    languages: dict[str, LanguageTag] = {}
    adults: Literal["skip", "keep"] = "skip"


class Reach(Form):
    """``[connection]``: which transport, how it proves itself, how much it may answer."""

    transport: Literal["rest", "soap", "files", "database"]
    auth: Literal["none", "api_key", "basic", "bearer", "wsse", "x509"] = "none"
    auth_required: bool = True
    auth_header: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,60}$")] = "X-Api-Key"
    max_bytes: Annotated[int, Field(ge=1_000, le=500_000_000)] = 20_000_000
    wsdl: Annotated[str, StringConstraints(pattern=r"^[\w.-]+$")] | None = None
    binding: Annotated[str, StringConstraints(pattern=r"^\{[^}]+\}\w+$")] | None = None
    strict: bool = True

    @model_validator(mode="after")
    def _soap_is_whole(self) -> Self:
        if self.transport == "soap" and not (self.wsdl and self.binding):
            raise ValueError("transport soap needs wsdl (a file in this folder) and binding ({namespace}Name)")
        if self.auth in ("wsse", "x509") and self.transport != "soap":
            raise ValueError(f"auth {self.auth} is for transport soap only")
        return self


class Since(Form):
    param: str
    field: SourcePath
    kind: Annotated[Literal["datetime", "date", "integer", "text"], Field(alias="as")] = "datetime"
    format: str | None = None
    exclusive: bool = False
    look_back_minutes: Annotated[int, Field(ge=0, le=5_256_000)] = 0


class Paging(Form):
    style: Literal["page", "offset", "cursor", "none"] = "none"
    param: str | None = None
    first: int = 1
    size_param: str | None = None
    size: Annotated[int, Field(ge=1, le=10_000)] = 100
    next: SourcePath | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.style != "none" and not self.param:
            raise ValueError(f"paging style {self.style} needs param")
        if self.style == "cursor" and not self.next:
            raise ValueError("paging style cursor needs next (where the answer holds the next token)")
        return self


class Call(Form):
    """What is called: a path (REST), an operation (SOAP) or a glob (files)."""

    path: str | None = None
    operation: Annotated[str, StringConstraints(pattern=r"^\w+$")] | None = None
    method: Literal["GET", "POST", "PUT"] = "GET"
    params: dict[str, Scalar] = {}

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        if (self.path is None) == (self.operation is None):
            raise ValueError("give exactly one of path and operation")
        return self

    @property
    def target(self) -> str:
        return self.path or self.operation or ""


class OneRecord(Call):
    """How one record of a list is asked for: ``{id}`` in the path, or ``id_param``."""

    id_param: str | None = None
    record: str = ""
    missing_fault: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.]{3,60}$")] | None = None
    """SOAP: the end of the fault code by which the system says that it has no such record (REST says 404)."""

    @model_validator(mode="after")
    def _names_the_record(self) -> Self:
        if self.id_param is None and "{id}" not in (self.path or ""):
            raise ValueError("one needs id_param, or {id} in its path")
        return self


class PullList(Call):
    name: Tag
    one: OneRecord | None = None
    records: str = ""
    id: SourcePath
    order: Literal["oldest_first", "any"] = "oldest_first"
    since: Since | None = None
    paging: Paging = Paging()


class Pull(Form):
    lists: Annotated[list[PullList], Field(min_length=1, max_length=40)]

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [item.name for item in self.lists]
        if len(set(names)) != len(names):
            raise ValueError("two lists have the same name")
        return self


class InventoryList(PullList):
    """A list of ids: ``name`` is that of the list in ``[[pull.lists]]`` whose records it names."""

    version: SourcePath | None = None
    changed: SourcePath | None = None
    format: str | None = None
    count: SourcePath | None = None


class Inventory(Form):
    lists: Annotated[list[InventoryList], Field(min_length=1, max_length=40)]


class Told(Form):
    """One value as the owner calls it: ``from`` a path of what is told or asked, or a constant ``value``."""

    source: Annotated[SourcePath | None, Field(alias="from")] = None
    value: Scalar | None = None
    table: Tag | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.source is None) == (self.value is None):
            raise ValueError("give exactly one of from and value")
        return self


class Ask(Call):
    """How a system is asked whether it has a notice: it has if ``found`` is there and neither empty nor false."""

    fields: Annotated[dict[str, Told], Field(min_length=1)]
    found: SourcePath
    missing_status: list[Annotated[int, Field(ge=400, le=499)]] = []


class Push(Call):
    dedupes: bool = True
    ask: Ask | None = None
    method: Literal["GET", "POST", "PUT"] = "POST"
    fields: Annotated[dict[str, Told], Field(min_length=1)]
    known_status: list[Annotated[int, Field(ge=200, le=499)]] = []
    known: SourcePath | None = None
    receipt: SourcePath | None = None


_FORM_FIELDS = {name: name for name in ("name", "label", "part", "choices")}


class FetchSection(Call):
    id_param: str | None = None
    asker: dict[str, SourcePath | Told] = {}
    record: str = ""
    fields: dict[str, SourcePath] | Literal["*"] = "*"
    version: SourcePath | None = None
    changed_at: SourcePath | None = None
    changed_by: SourcePath | None = None
    withheld: SourcePath | None = None
    form: SourcePath | None = None
    """Where the answer says what may be written: rows, read by ``form_fields``."""
    form_fields: dict[Literal["name", "label", "part", "choices"], str] = _FORM_FIELDS  # type: ignore[assignment]
    images: SourcePath | None = None
    """Where the answer holds pictures: rows of ``caption``, ``media_type``, ``data`` (base64)."""

    @model_validator(mode="after")
    def _names_the_record(self) -> Self:
        if self.id_param is None and "{id}" not in (self.path or ""):
            raise ValueError("a section needs id_param, or {id} in its path")
        return self


def _with_each(said: Any) -> Any:
    """Sections with what ``each`` says of all of them; what a section says itself wins."""
    if not isinstance(said, dict) or not isinstance(each := said.get("each", {}), dict):
        return said
    sections = said.get("sections")
    if not isinstance(sections, dict):
        return said
    whole = {name: {**each, **one} if isinstance(one, dict) else one for name, one in sections.items()}
    return {**said, "sections": whole}


class Fetch(Form):
    sections: Annotated[dict[SectionName, FetchSection], Field(min_length=1)]
    each: dict[str, Any] = {}

    _spread = model_validator(mode="before")(_with_each)


Statuses = list[Annotated[int, Field(ge=400, le=499)]]


class StoreSection(Call):
    """How a section is written: its entries go as one object under ``changes``, null for what is taken away."""

    method: Literal["GET", "POST", "PUT"] = "POST"
    asker: dict[str, SourcePath | Told] = {}
    write_id: str
    seen: str
    changes: str
    version: SourcePath
    changed_at: SourcePath | None = None
    already: SourcePath | None = None
    overtaken_status: Annotated[Statuses, Field(min_length=1)] = [409, 412]
    denied_status: Statuses = []
    unfit_status: Statuses = [422]
    entries: dict[str, str] = {}
    """What may be written, by label, where the owner's answer to a reading does not say it."""

    @model_validator(mode="after")
    def _by_rest(self) -> Self:
        if "{id}" not in (self.path or ""):
            raise ValueError("a section is written by REST, with {id} in its path")
        return self


class Store(Form):
    sections: Annotated[dict[SectionName, StoreSection], Field(min_length=1)]
    each: dict[str, Any] = {}

    _spread = model_validator(mode="before")(_with_each)


class SearchAnswer(Form):
    """Where rows are in the answer to a search, and which list's fields and id they have."""

    list: Tag
    records: str = ""


class LiveSearch(Call):
    """``[search]``: how the owner's system is searched live; ``fields`` come from a ``SearchRequest``."""

    method: Literal["GET", "POST", "PUT"] = "POST"
    fields: Annotated[dict[str, str | Told], Field(min_length=1)]
    answers: Annotated[list[SearchAnswer], Field(min_length=1, max_length=40)]


class Line(Form):
    """One line of ``[fields]``: where from, which converter, with what."""

    source: Annotated[SourcePath | list[SourcePath] | None, Field(alias="from")] = None
    value: Scalar | list[str] | None = None
    as_: Annotated[str, Field(alias="as")] = "text"
    table: Tag | None = None
    required: bool = False
    default: Scalar | None = None
    as_of: SourcePath | list[SourcePath] | None = None
    basis: Literal["documented", "stated", "estimated", "appearance"] | None = None
    kind: str | None = None
    lang: LanguageTag | None = None
    relation: str | None = None
    date: SourcePath | list[SourcePath] | None = None
    station: SourcePath | None = None
    unit: Literal["cm", "m", "ft", "in"] | None = None
    format: str | None = None
    separators: str | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.source is None) == (self.value is None):
            raise ValueError("give exactly one of from and value")
        return self

    @property
    def sources(self) -> list[str]:
        return paths(self.source)


def paths(said: str | list[str] | None) -> list[str]:
    """One path, several or none as a list."""
    return [said] if isinstance(said, str) else list(said or [])


Fields = dict[ContractPath, Line | list[Line]]
Table = dict[str, str | int]


class Manifest(Form):
    """A whole manifest; its form is told in ``adapters.mapping``."""

    adapter: About
    connection: Reach
    pull: Pull | None = None
    inventory: Inventory | None = None
    push: Push | None = None
    fetch: Fetch | None = None
    store: Store | None = None
    search: LiveSearch | None = None
    fields: Fields = {}
    fields_of: dict[Tag, Fields] = {}
    codes: dict[Tag, Table] = {}
    own: dict[str, Any] = {}

    @model_validator(mode="after")
    def _lists_are_known(self) -> Self:
        known = {item.name for item in self.pull.lists} if self.pull else set()
        for name in self.fields_of:
            if name not in known:
                raise ValueError(f"fields_of.{name}: no [[pull.lists]] has this name")
        for answer in self.search.answers if self.search else ():
            if answer.list not in known:
                raise ValueError(f"search.answers: no [[pull.lists]] is named {answer.list}")
        return self

    def fields_for(self, name: str) -> Fields:
        """The lines that hold for one list: the common ones, and its own, which win."""
        return {**self.fields, **self.fields_of.get(name, {})}


def load(path: Path) -> Manifest:
    """Read and validate ``path``; raises ``ManifestError`` naming each key and rule."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problem = Problem(field="(file)", rule="unreadable", message=f"not readable as TOML: {error}"[:200])
        raise ManifestError(path.parent.name, [problem]) from None
    return parse(data, path.parent.name)


def parse(data: dict[str, Any], where: str = "manifest") -> Manifest:
    """Validate a manifest that is already read."""
    try:
        return Manifest.model_validate(data)
    except ValidationError as error:
        raise ManifestError(where, _problems(error)) from None


def _problems(error: ValidationError) -> list[Problem]:
    # Unlike a record, a manifest holds nothing of a child: its keys are named in full.
    return [
        Problem(
            field=(".".join(str(part) for part in item["loc"]) or "(manifest)")[:200],
            rule=item["type"],
            message=item["msg"].removeprefix("Value error, ")[:200],
        )
        for item in error.errors(include_url=False)
    ]
