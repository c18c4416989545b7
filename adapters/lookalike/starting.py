"""What may keep a look-alike system from starting, as one sentence for whoever starts it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError


class CannotStart(Exception):
    """The system cannot run as it was asked to; the sentence says what to change and repeats no row."""


def say_ready(address: str) -> None:
    """Tell on stdout where the system listens: exactly one line, which whoever started it waits for."""
    print(f"ready {address}", flush=True)


@contextmanager
def fitting(path: Path) -> Iterator[None]:
    """While rows of ``path`` are loaded: whatever is wrong with the file becomes ``CannotStart``."""
    try:
        yield
    except OSError as error:
        raise CannotStart(f"{path.name} cannot be read: {error.strerror}. Give another file to --load.") from None
    except (json.JSONDecodeError, UnicodeDecodeError, TypeError, AttributeError):
        raise CannotStart(
            f"{path.name} is not one JSON object a line, in UTF-8. Correct it, then load again."
        ) from None
    except KeyError as error:
        raise CannotStart(
            f"{path.name} does not fit this system: {_named(error)}. Correct it, then load again."
        ) from None
    except SQLAlchemyError as error:
        why = type(error).__name__
        raise CannotStart(
            f"A row of {path.name} breaks a rule of its table ({why}). Correct it, then load again."
        ) from None


def _named(error: KeyError) -> str:
    said = str(error.args[0])
    return said if " " in said else f"there is nothing named {said[:40]!r}"
