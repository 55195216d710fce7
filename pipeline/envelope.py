"""What a queue entry looks like on the wire, whoever wrote it: one JSON object, versioned, ids only."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import orjson

from core.domain.errors import BadRequest
from core.domain.ids import uuid7

VERSION: Final = 1
FIELD: Final = b"data"
"""The one field of a stream entry: it holds the envelope."""
MAX_BYTES: Final = 16 * 1024
"""An envelope carries ids; one that is larger was not written by us."""
KEYS: Final = frozenset({"v", "task", "id", "kwargs"})


class Reason(StrEnum):
    """Why a payload was parked instead of run."""

    NO_DATA = "no_data"
    TOO_LARGE = "too_large"
    NOT_JSON = "not_json"
    NOT_AN_OBJECT = "not_an_object"
    UNKNOWN_VERSION = "unknown_version"
    MALFORMED = "malformed"
    UNKNOWN_TASK = "unknown_task"
    BAD_ARGUMENTS = "bad_arguments"
    TOO_MANY_DELIVERIES = "too_many_deliveries"


class UnreadableError(BadRequest):
    """A queue payload that no worker of this version can run: it is parked, never dropped."""

    code = "unreadable_payload"

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Envelope:
    """One task to run, as read from the queue."""

    task: str
    id: str
    kwargs: dict[str, object]


def encode(task: str, kwargs: Mapping[str, object], *, entry_id: str | None = None) -> bytes:
    """Write an envelope.

    ``kwargs`` hold ids, numbers and times (UUIDs and datetimes are written as text): never a message's text,
    never a secret. Raises ``TypeError`` for what JSON cannot hold.
    """
    return orjson.dumps({"v": VERSION, "task": task, "id": entry_id or str(uuid7()), "kwargs": kwargs})


def decode(raw: bytes) -> Envelope:
    """Read an envelope; raises ``UnreadableError`` with the reason for anything else."""
    body = _json_object(raw)
    version = body.get("v")
    # `True == 1` in Python: a version is an integer and nothing else.
    if type(version) is not int or version != VERSION:
        raise UnreadableError(Reason.UNKNOWN_VERSION)
    task, entry_id, kwargs = body.get("task"), body.get("id"), body.get("kwargs")
    if body.keys() != KEYS or not isinstance(kwargs, dict) or not _names(task, entry_id):
        raise UnreadableError(Reason.MALFORMED)
    return Envelope(task=str(task), id=str(entry_id), kwargs=kwargs)


def _json_object(raw: bytes) -> dict[str, object]:
    if len(raw) > MAX_BYTES:
        raise UnreadableError(Reason.TOO_LARGE)
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise UnreadableError(Reason.NOT_JSON) from error
    if not isinstance(body, dict):
        raise UnreadableError(Reason.NOT_AN_OBJECT)
    return body


def _names(*values: object) -> bool:
    return all(isinstance(value, str) and value for value in values)
