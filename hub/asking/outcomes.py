"""How an owner's system took a question: every way a call may end, as a state with a stable code."""

from contracts import Refused, TrackChildError, Unready
from contracts.live import SourceAnswer, SourceState
from hub.asking.loop import Task

#: Answered, but not what was promised.
_UNREADABLE = frozenset(
    {"answer_too_large", "owner_answered_else", "owner_failed", "unexpected_answer", "unreadable_answer"}
)
_SLOW = frozenset({"timed_out"})
#: The hub's own bound, no fault of the system.
_OURS = frozenset({"no_free_socket", "hub_ending"})


def state_of(error: TrackChildError) -> SourceState:
    """The state that an error means."""
    if error.code in _UNREADABLE:
        return SourceState.UNREADABLE
    if error.code in _SLOW:
        return SourceState.SLOW
    if error.code in _OURS:
        return SourceState.NOT_ASKED
    return SourceState.REFUSED if isinstance(error, Refused) else SourceState.DOWN


def error_of(task: Task) -> TrackChildError | None:
    """What a task ended with. What escaped an adapter may repeat what was read: only its kind is passed on."""
    if task.error is None or isinstance(task.error, TrackChildError):
        return task.error
    return Unready("owner_failed", f"Reading from the owner failed ({type(task.error).__name__}). Try later.")


def failure_of(error: TrackChildError | None) -> tuple[str, int | None] | None:
    """What counts against the system's lane: its code, and in how many seconds it says to come back.

    A refusal does not: the system is well, and refuses this question or this asker.
    """
    if error is None or isinstance(error, Refused) or error.code in _OURS:
        return None
    return error.code, error.retry_after_seconds if isinstance(error, Unready) else None


def answer_of(task: Task, hits: int = 0, left_out: int = 0) -> SourceAnswer:
    """How the source of an ended task is named in the answer."""
    error, milliseconds = error_of(task), round(task.seconds * 1000)
    if error is None:
        state, code = SourceState.ANSWERED, "rows_left_out" if left_out else None
        return SourceAnswer(
            participant=task.name, state=state, code=code, hits=hits, left_out=left_out, milliseconds=milliseconds
        )
    state = state_of(error)
    asked = None if state is SourceState.NOT_ASKED else milliseconds
    return SourceAnswer(participant=task.name, state=state, code=error.code, milliseconds=asked)
