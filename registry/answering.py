"""A database that does not answer is told as ``Unready``, wherever it is asked: nothing is lost by asking again."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, OperationalError, TimeoutError

from contracts import Unready

#: SQLSTATE of a write to a server that became a standby while it was spoken to.
_READ_ONLY = "25006"


@contextmanager
def answering() -> Iterator[None]:
    """``Unready`` (``database_busy``) where the database is gone, full, locked, or has no connection left."""
    try:
        yield
    except TimeoutError as error:
        raise busy() from error
    except DBAPIError as error:
        if not _does_not_answer(error):
            raise
        raise busy() from error


def busy() -> Unready:
    """What whoever asks in vain is told."""
    return Unready("database_busy", "The hub's database does not answer. Try again in a minute.")


def _does_not_answer(error: DBAPIError) -> bool:
    if error.connection_invalidated or getattr(error.orig, "sqlstate", None) == _READ_ONLY:
        return True
    # A table that is not there is a defect, not a busy moment.
    return isinstance(error, OperationalError) and "no such" not in str(error.orig)
