"""What a command says when it fails: one line with what to do next, and an exit code; never a traceback."""

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from contracts import Refused, Skipped, TrackChildError, Unready
from contracts.errors import Problem, problems_of

#: Exit codes by what to do next; 2 is typer's own for a wrong command line, 130 the shell's for Ctrl-C.
EXIT: dict[type[TrackChildError], int] = {Refused: 3, Unready: 4, Skipped: 5}
DEFECT, INTERRUPTED = 70, 130
TRACEBACK = "TRACKCHILD_TRACEBACK"


@contextmanager
def told() -> Iterator[None]:
    """Whatever leaves the block is told on stderr, and ends the process with its exit code."""
    try:
        yield
    except KeyboardInterrupt:
        _end(INTERRUPTED, "interrupted: Ended by Ctrl-C.")
    except BrokenPipeError:
        # Whoever read the answer has gone; there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:
        if os.environ.get(TRACEBACK):
            raise
        known = _known(error)
        _end(_exit_code(known), str(known), known.problems)


def _known(error: Exception) -> TrackChildError:
    """The error as one of the three; of a defect its kind and place, since its own words may hold a child's."""
    if isinstance(error, TrackChildError):
        return error
    if isinstance(error, ValidationError):
        return Refused("bad_value", "What was given does not fit; correct what is named.", problems_of(error))
    if isinstance(error, OSError) and error.filename is not None:
        return Refused("cannot_use_file", f"{error.filename}: {error.strerror}. Name another file or folder.")
    return _Defect(type(error).__name__, _place(error))


class _Defect(TrackChildError):
    def __init__(self, kind: str, place: str) -> None:
        to_do = f"Report this line; {TRACEBACK}=1 shows all of it"
        super().__init__("defect", f"The command failed ({kind} at {place}). {to_do}, which may hold a child's data.")


def _place(error: Exception) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(last.filename).name}:{last.lineno}"


def _exit_code(error: TrackChildError) -> int:
    return next((code for kind, code in EXIT.items() if isinstance(error, kind)), DEFECT)


def _end(code: int, line: str, problems: list[Problem] | None = None) -> None:
    sys.stderr.write(f"trackchild: {line}\n")
    sys.stderr.writelines(f"  {one.field}: {one.message} [{one.rule}]\n" for one in problems or [])
    sys.exit(code)
