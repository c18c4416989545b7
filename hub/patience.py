"""How long what did not arrive waits for its next attempt: ten seconds, doubled each time, an hour at most."""

import datetime

_FIRST_SECONDS, _MOST_DOUBLINGS = 10, 10
_LONGEST = datetime.timedelta(hours=1)


def wait_after(attempts: int) -> datetime.timedelta:
    """The wait after so many attempts that failed before this one."""
    return min(datetime.timedelta(seconds=_FIRST_SECONDS * 2 ** min(attempts, _MOST_DOUBLINGS)), _LONGEST)
