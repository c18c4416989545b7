"""Settings of the hub, read from the environment (prefix ``TRACKCHILD_``) or given by the command line."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from adapters.outgoing import Outgoing
from contracts import Problem, Refused
from contracts.errors import problems_of
from hub.sealing.places import beside


def _networks(said: list[str]) -> list[str]:
    Outgoing.of(said)
    return said


class Settings(BaseSettings):
    """Every setting, its unit and its default; docs/settings.md is drawn from these lines."""

    model_config = SettingsConfigDict(
        env_prefix="TRACKCHILD_", frozen=True, use_attribute_docstrings=True, hide_input_in_errors=True
    )

    database: str = "sqlite:///trackchild.db"
    """SQLAlchemy URL of the hub's database: ``sqlite:///FILE`` or ``postgresql+psycopg://USER@HOST/NAME``."""
    pool_size: Annotated[int, Field(ge=1, le=200)] = 10
    """Connections to PostgreSQL kept by one process."""
    adapters: list[Path] = []
    """Folders outside the package that hold further adapters, as a JSON list."""
    allow_networks: Annotated[list[str], AfterValidator(_networks)] = []
    """Networks, addresses and host names of one's own that the hub may connect to besides the open Internet (JSON)."""
    files_below: Path | None = None
    """Folder below which participants' saved files lie (endpoints with ``file://``); absent means none are read."""
    model: Path | None = None
    """A matching model (``model.toml``) in place of the one shipped."""
    signing_key: Path | None = None
    """PEM file with the private key and the certificate by which the hub signs its answers to signed SOAP messages."""
    proxy_secret: Annotated[SecretStr, Field(min_length=16)] | None = None
    """What a proxy in front, where TLS ends, sends as ``X-Proxy-Secret`` beside ``Client-Cert`` (RFC 9440)."""
    index_secret: SecretStr = SecretStr("not-secret-for-trials-only")
    """Secret of the keyed hashes in the index. After a change the hub waits for ``match_all`` to build them anew."""
    encryption_key: Annotated[str, Field(pattern=r"^(none|file:.+|env:.+|keyring:.+)$")] = "none"
    """Where the key-encryption key is: ``file:PATH`` (a new hub makes it), ``env:NAME``, ``keyring:SERVICE/NAME``."""
    erasures: Path | None = None
    """The ledger of erasures, outside the database; absent: beside the database's file, or in the home of its user."""
    retention: Path | None = None
    """Rules of retention (TOML) in place of those shipped; see docs/retention.md."""
    pool: Annotated[int, Field(ge=1)] | None = None
    """How many open found children the prior is for, in a small hub; absent means the model's own, for all India."""
    propose_bits: float | None = None
    """Score in bits from which a pair is proposed; absent means the model's own threshold."""
    tell_bits: float = 0.0
    """Score in bits from which both owners are told of a proposal; weaker ones are for reviewers at the hub only."""
    candidates_cap: Annotated[int, Field(ge=10, le=100_000)] = 1_000
    """How many candidates the keys of one record may bring, rarest keys first; all of them are scored."""
    match_later: bool = False
    """True: a new record is answered once it is kept with the debt of its matching; workers pay it within seconds."""
    look_every_seconds: Annotated[int, Field(ge=60)] = 3_600
    """How often what changed is compared with every entry of the other side, whatever keys they share."""
    hold_index: bool = False
    """True: a worker keeps what that takes in memory between looks (see docs/matching.md for how much)."""
    batch_rows: Annotated[int, Field(ge=1, le=10_000)] = 500
    """Records taken in per transaction by a pull or a port."""
    body_limit_bytes: Annotated[int, Field(ge=1_024)] = 5_000_000
    """Largest request body that a door accepts."""
    courier_workers: Annotated[int, Field(ge=1, le=200)] = 8
    """Threads that deliver notices; one participant is served by one of them at a time."""
    delivery_attempts: Annotated[int, Field(ge=1, le=1_000)] = 40
    """Attempts after which a notice that could not be delivered is laid aside as dead."""
    retry_first_seconds: Annotated[float, Field(gt=0)] = 5.0
    """Wait before the second attempt; doubled each time, with jitter."""
    retry_longest_seconds: Annotated[float, Field(gt=0)] = 3_600.0
    """Longest wait between two attempts."""
    deliver_every_seconds: Annotated[float, Field(ge=0.05)] = 2.0
    """How often the courier looks for notices that are due."""
    drain_seconds: Annotated[float, Field(gt=0, le=60)] = 8.0
    """How long a process that is told to end finishes what is under way; then it leaves the rest to the others."""
    door_calls_per_second: Annotated[float, Field(gt=0)] = 200.0
    """Calls of one participant at the doors of one process, in a second; what is more is answered 429."""
    door_calls_at_once: Annotated[int, Field(ge=1)] = 16
    """Calls of one participant that one process works at; what is more is answered 429."""
    live_seconds: Annotated[float, Field(ge=0.1, le=60)] = 10.0
    """When the answer to a live search or reading is given, with what came until then."""
    live_source_seconds: Annotated[float, Field(ge=0.1, le=60)] = 5.0
    """How long one owner's system is waited for in a live search; less where its endpoint says so."""
    live_at_once: Annotated[int, Field(ge=1, le=100)] = 8
    """Live searches that one process has under way; what is more is told to try again."""
    live_sockets: Annotated[int, Field(ge=16, le=20_000)] = 2_000
    """Connections to owners' systems that one process has open for live questions."""
    live_sockets_per_host: Annotated[int, Field(ge=1, le=1_000)] = 8
    """How many of them to one host and port."""
    metrics_key: SecretStr | None = None
    """Bearer key for ``/metrics``; absent means that it is shown to callers on the same machine only."""
    lease_seconds: Annotated[float, Field(gt=0)] = 60.0
    """How long work may go without a heartbeat before another process takes it over."""
    sweep_every_seconds: Annotated[int, Field(ge=1, le=86_400)] = 60
    """How often the cases are swept: warnings of what is due soon, escalation of what is over."""
    reconcile_every_hours: Annotated[int, Field(ge=0, le=720)] = 24
    """How often each participant's source is compared with the index; 0: only by hand. Nothing is mended by itself."""
    gone_share: Annotated[float, Field(ge=0, le=1)] = 0.05
    """Share of a participant's records that its source may lack before its answer is held for a person."""
    alert_url: Annotated[str, Field(pattern=r"^https?://")] | None = None
    """Where the opening and the end of each incident are posted as JSON; absent means in the log only."""
    alert_mail: Annotated[str, Field(pattern=r"^[!-?A-~]+@[!-?A-~]+$")] | None = None
    """Address that they are also mailed to, by the server of ``TRACKCHILD_SMTP_HOST``."""
    audit_key: Path | None = None
    """PEM file of the Ed25519 key that signs the audit's heads (``trackchild audit new-key``); absent: not signed."""
    audit_name: Annotated[str, Field(pattern=r"^[!-*,-~]{1,100}$")] = "trackchild-hub/audit"
    """Name under which the heads are signed, e.g. ``hub.example.in/audit``; the same for ever."""
    audit_every_seconds: Annotated[int, Field(ge=1, le=3_600)] = 10
    """How often new lines of the audit are taken into its tree and a head is signed."""
    audit_behind_seconds: Annotated[float, Field(gt=0)] = 900.0
    """How long a line of the audit may wait for that before no section of a file is shown any more."""
    timestamp_url: Annotated[str, Field(pattern=r"^https?://")] | None = None
    """Time-stamp authority (RFC 3161) that is asked for each signed head; absent means none."""
    session_hours: Annotated[float, Field(gt=0, le=72)] = 8.0
    """How long a sign-in lasts."""
    second_factor: Annotated[str, Field(pattern="^(optional|required)$")] = "optional"
    """``required``: nobody signs in without one-time codes (``trackchild accounts second-factor``)."""
    sign_in_failures: Annotated[int, Field(ge=1, le=100)] = 5
    """Wrong passwords after which an account is locked."""
    lock_out_minutes: Annotated[float, Field(gt=0)] = 15.0
    """How long it stays locked."""
    sign_in_at_once: Annotated[int, Field(ge=1, le=64)] = 2
    """Passwords checked at one time in one process; each costs a core for a tenth of a second or more."""
    sign_in_tries_per_minute: Annotated[int, Field(ge=1)] = 30
    """Tries to sign in from one address (of IPv6: one /64) in a minute; what is more is answered 429."""
    public_visits_per_minute: Annotated[int, Field(ge=1)] = 120
    """Public pages shown to one address in a minute; what is more is answered 429."""
    public_url: Annotated[str, Field(pattern=r"^https?://[^/?#]+$")] | None = None
    """Address under which the public reaches the portal, for links in feeds; absent: that of the request."""
    public_domain: Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]{0,58}[a-z0-9])?$")] = "trackchild.invalid"
    """Domain that sends the public alerts (CAP) and keeps the public records (PFIF); the same for ever."""
    alert_status: Annotated[str, Field(pattern="^(Actual|Exercise|Test)$")] = "Test"
    """CAP status of the public alerts: ``Actual`` once the hub is no trial any more."""
    citizens_reports_per_minute: Annotated[int, Field(ge=1)] = 10
    """Reports and questions after one that one address may send in a minute; what is more is answered 429."""
    smtp_host: str | None = None
    """Mail server for letters to citizens and stations; absent means that letters wait."""
    smtp_port: Annotated[int, Field(ge=1, le=65_535)] = 587
    """Its port."""
    smtp_security: Annotated[str, Field(pattern="^(starttls|tls|none)$")] = "starttls"
    """``starttls``, ``tls`` from the first byte, or ``none`` for a server on the same machine."""
    smtp_user: str | None = None
    """Login there; absent means none."""
    smtp_password: SecretStr | None = None
    """Its password."""
    mail_from: Annotated[str, Field(pattern=r"^[!-?A-~]+@[!-?A-~]+$")] = "no-reply@localhost"
    """Address that letters come from."""
    log_format: Annotated[str, Field(pattern="^(json|console)$")] = "console"
    """``json`` for machines, ``console`` for people."""
    log_level: Annotated[str, Field(pattern="^(debug|info|warning|error)$")] = "info"
    """Least level that is logged."""

    @property
    def ledger(self) -> Path:
        """Where the ledger of erasures lies."""
        return self.erasures or beside(self.database, "erased")

    @property
    def outgoing(self) -> Outgoing:
        """Where the hub may connect, and which files it may read."""
        return Outgoing.of(self.allow_networks, self.files_below)


def from_environment() -> Settings:
    """The settings of this process; ``Refused`` (``bad_setting``) names each wrong variable, never its value."""
    try:
        return Settings()
    except ValidationError as error:
        found = [one.model_copy(update={"field": _variable(one)}) for one in problems_of(error)]
    except SettingsError as error:
        name = str(error).split('"')[1] if '"' in str(error) else ""
        unread = Problem(field=name, rule="not_json", message="This setting is a list; write it as JSON.")
        found = [unread.model_copy(update={"field": _variable(unread)})]
    raise Refused("bad_setting", "Correct the environment variables named; see docs/settings.md.", found)


def _variable(problem: Problem) -> str:
    return f"TRACKCHILD_{problem.field.upper()}"
