"""Real processes that begin in milliseconds: forked from one that has read the hub's code and done nothing with it."""

import multiprocessing
import signal
from collections.abc import Callable
from typing import Any

_AHEAD = ["hub.app", "hub.working", "portal.web", "portal.web.server", "time_machine", "tests.faults.cycle"]
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(_AHEAD)
KILLED = -signal.SIGKILL


def started(what: Callable[..., None], *told: Any) -> Any:
    """A process that does ``what`` and ends."""
    process = _forks.Process(target=what, args=told, daemon=True)
    process.start()
    return process


def ended(process: Any, seconds: float = 60) -> int:
    """How it ended, as ``Popen.returncode`` says it."""
    process.join(seconds)
    if process.exitcode is None:
        process.kill()
        raise AssertionError(f"a process hangs after {seconds} s")
    code = int(process.exitcode)
    process.close()
    return code


def done(what: Callable[..., None], *told: Any) -> int:
    """Do ``what`` in a process of its own; how that ended."""
    return ended(started(what, *told))
