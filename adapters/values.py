"""What drivers and SOAP hand over as Python values, as JSON holds them."""

import datetime
import decimal
from typing import Any


def json_value(value: Any) -> Any:
    """Moments, days and times as ISO text, decimals as numbers; anything else as it is."""
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
