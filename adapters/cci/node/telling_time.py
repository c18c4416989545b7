"""Moments as this system writes them."""

import datetime

INDIAN_TIME = datetime.timezone(datetime.timedelta(hours=5, minutes=30))


def moment() -> str:
    """Now, in Indian time, as this system writes it."""
    return datetime.datetime.now(INDIAN_TIME).isoformat(timespec="seconds")
