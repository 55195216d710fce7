"""JSON columns in rows of named queries: the driver gives them as text, models as values."""

from typing import Any

import orjson


def loads(value: Any) -> Any:
    """The value of a JSON column, however the driver gave it."""
    return orjson.loads(value) if isinstance(value, str | bytes) else value
