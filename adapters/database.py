"""A foreign database read through a view by SQLAlchemy: never written to, one page of rows at a time."""

import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, NoSuchTableError

from adapters.base import Connection, Step
from adapters.mapping.manifest import Call, PullList
from adapters.values import json_value
from contracts import Refused, Unready

Row = dict[str, Any]
#: Names of systems as they are commonly written, and the driver that comes with the hub.
_DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
#: Parameters of a page, as every manifest of this transport names them.
SINCE, OFFSET, LIMIT = "since", "offset", "limit"


class DatabaseTransport:
    """``path`` of a list is a table or view (``schema.view``); ``since`` orders and bounds it, ``id`` settles ties.

    The address is SQLAlchemy's without user and password (``postgresql://host:5432/records``,
    ``sqlite:////var/records.db``); those come from the secret as ``user:password``.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._engine: sa.Engine | None = None
        self._tables: dict[str, sa.Table] = {}

    def ask(self, call: Call, params: Row, source_id: str | None = None) -> list[Row]:
        """One page of rows as plain JSON values, oldest change first.

        Raises ``Refused`` (``no_such_table``, ``no_such_column``, ``wrong_credentials``) and ``Unready``.
        """
        if not isinstance(call, PullList):
            raise Refused("database_reads_only", "a database can only be pulled from; leave other sections out")
        try:
            with self.engine.connect() as opened:
                _read_only(opened)
                return [_plain(row) for row in opened.execute(self._page(opened, call, params)).mappings()]
        except (DBAPIError, OSError) as error:
            raise _of(error) from None

    def tell(
        self, call: Call, fields: Row, message_id: str, known: tuple[int, ...], source_id: str | None = None
    ) -> tuple[int, Any]:
        """A view takes no notices."""
        raise Refused("database_reads_only", "a database can only be pulled from; leave [push] out of the manifest")

    def check(self) -> list[Step]:
        """Whether the database answers."""
        try:
            with self.engine.connect() as opened:
                opened.execute(sa.select(1))
        except (Refused, Unready) as error:
            return [Step("database", False, error.code, error.message)]
        except (DBAPIError, OSError) as error:
            told = _of(error)
            return [Step("database", False, told.code, told.message)]
        return [Step("database", True, self.engine.dialect.name)]

    def prepare(self) -> None:
        """Nothing is read beforehand."""

    def rest(self) -> None:
        """Close the connections; the next call opens one again."""
        if self._engine is not None:
            self._engine.dispose()

    @property
    def engine(self) -> sa.Engine:
        """The engine, made when first needed; opens no connection by itself."""
        if self._engine is None:
            self._engine = engine(self._connection)
        return self._engine

    def _page(self, opened: sa.Connection, call: PullList, params: Row) -> sa.Select[Any]:
        table = self._table(opened, call.path or "")
        key = _column(table, call.id)
        page = sa.select(table).limit(int(params.get(LIMIT, call.paging.size))).offset(int(params.get(OFFSET, 0)))
        if call.since is None:
            return page.order_by(key)
        changed = _column(table, call.since.field)
        since = params.get(SINCE)
        bounded = page if since is None else page.where(_from(opened, changed, since))
        return bounded.order_by(changed, key)

    def _table(self, opened: sa.Connection, name: str) -> sa.Table:
        if name not in self._tables:
            schema, _, plain = name.rpartition(".")
            try:
                self._tables[name] = sa.Table(plain, sa.MetaData(), schema=schema or None, autoload_with=opened)
            except NoSuchTableError:
                raise Refused("no_such_table", f"the database has no table or view {name}; correct path") from None
        return self._tables[name]


def engine(connection: Connection) -> sa.Engine:
    """An engine of at most one kept connection; raises ``Refused`` (``bad_url``, ``no_driver``)."""
    user, _, password = (connection.secret or "").partition(":")
    try:
        url = sa.make_url(connection.url)
        url = url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))
        url = url.set(username=user or None, password=password or None) if user else url
        url = _guarded(url, connection)
        return sa.create_engine(url, pool_size=1, max_overflow=0, pool_pre_ping=True)
    except ArgumentError:
        raise Refused(
            "bad_url", "the address is no database's; write postgresql://host/name or sqlite:///path"
        ) from None
    except (NoSuchModuleError, ModuleNotFoundError):
        raise Refused("no_driver", "there is no driver for this database; install SQLAlchemy's for it") from None


def _guarded(url: sa.URL, connection: Connection) -> sa.URL:
    """The address as it may be connected to: a file below the allowed folder, a host by the very address checked."""
    if url.get_backend_name() == "sqlite":
        path = connection.outgoing.folder(f"file://{url.database}")
        # A file that is not there would be made by SQLite; it is opened for reading only.
        return url.set(database=f"file:{path}", query={"mode": "ro", "uri": "true"})
    socket = str(url.query.get("host", "")) if set(url.query) <= {"host"} and not url.host else ""
    if socket.startswith("/"):  # PostgreSQL on this machine, by the folder of its socket
        return url.set(query={"host": str(connection.outgoing.folder(f"file://{socket}"))})
    if not url.host or url.query:
        raise Refused("bad_url", "the address must name a host and carry no parameters: postgresql://host:5432/name")
    try:
        checked = connection.outgoing.address(url.host, url.port or 0)
    except OSError:
        raise Unready("unreachable", "the database's host has no address; check its name") from None
    if url.get_backend_name() == "postgresql":
        return url.update_query_dict({"hostaddr": checked})  # the name stays for the check of its certificate
    return url.set(host=checked)


def _read_only(opened: sa.Connection) -> None:
    if opened.dialect.name in ("postgresql", "mysql", "mariadb"):
        opened.execute(sa.text("SET TRANSACTION READ ONLY"))


def _column(table: sa.Table, name: str) -> sa.Column[Any]:
    if name not in table.columns:
        raise Refused("no_such_column", f"{table.name} has no column {name}; correct the manifest")
    return table.columns[name]


def _from(opened: sa.Connection, column: sa.Column[Any], since: Any) -> sa.ColumnElement[bool]:
    """At or after ``since``, in the column's own type: a moment for timestamps, a day for dates, else as it is."""
    if isinstance(since, str) and isinstance(column.type, sa.DateTime):
        moment = datetime.datetime.fromisoformat(since)
        moment = moment if column.type.timezone else moment.replace(tzinfo=None)
        if opened.dialect.name == "sqlite":
            # SQLite keeps moments as text: a bound without fractions is not above the same second with or without.
            return sa.type_coerce(column, sa.String) >= moment.isoformat(" ", "seconds")
        return column >= moment
    if isinstance(since, str) and isinstance(column.type, sa.Date):
        return column >= datetime.date.fromisoformat(since[:10])
    bounded: sa.ColumnElement[bool] = column >= since
    return bounded


def _plain(row: Any) -> Row:
    return {str(name): plain_value(value) for name, value in row.items()}


def plain_value(value: Any) -> Any:
    """A column's value as plain JSON: moments and days as ISO text, decimals as numbers, bytes left out."""
    value = json_value(value)
    if value is None or isinstance(value, str | int | float | bool | list | dict):
        return value
    return None if isinstance(value, bytes | memoryview) else str(value)


def _of(error: Exception) -> Refused | Unready:
    """What an error of a driver means; its text may hold values and is not repeated."""
    state = getattr(getattr(error, "orig", None), "sqlstate", None) or ""
    if state.startswith("28"):
        return Refused("wrong_credentials", "the database refuses the user name or password; check the secret")
    if state.startswith("42"):
        return Refused("not_allowed_there", "the database does not let this user read the view; ask for the right")
    return Unready("unreachable", "the database does not answer; try later, or check address and port")
