"""Where a page of a list ended, as the app hands it back: opaque, and good for the same order alone."""

import base64
import binascii
import json
from datetime import datetime
from typing import Final
from uuid import UUID

from core.domain.errors import BadRequest
from core.domain.lead_filter import LeadPlace, LeadSort
from core.domain.scoring import HIGHEST, LOWEST
from miniapp.api.parts import in_utc, storable

_MOMENT: Final = "moment"


class CursorInvalid(BadRequest):
    """The cursor is none, or one of another list."""

    code = "cursor_invalid"


def lead_cursor(sort: LeadSort, place: LeadPlace) -> str:
    """After this lead in this order."""
    return _sealed(sort.value, place.key, str(place.lead_id))


def lead_place(sort: LeadSort, cursor: str | None) -> LeadPlace | None:
    """The place in it. Raises ``CursorInvalid``."""
    if cursor is None:
        return None
    key, lead_id = _opened(sort.value, cursor)
    try:
        return LeadPlace(_KEYS[sort](key), UUID(lead_id))
    except ValueError as error:
        raise CursorInvalid from error


def moment_cursor(at: datetime, place: str) -> str:
    """Before this moment, and this place in it."""
    return _sealed(_MOMENT, at.isoformat(), place)


def moment_place(cursor: str | None) -> tuple[str, datetime] | None:
    """The place and the moment in it. Raises ``CursorInvalid``."""
    if cursor is None:
        return None
    at, place = _opened(_MOMENT, cursor)
    try:
        return storable(place), datetime.fromisoformat(_moment(at))
    except ValueError as error:
        raise CursorInvalid from error


def _sealed(*parts: str) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def _opened(wanted: str, cursor: str) -> tuple[str, str]:
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        of, key, place = json.loads(raw)
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise CursorInvalid from error
    if of != wanted or not (isinstance(key, str) and isinstance(place, str)):
        raise CursorInvalid
    return key, place


def _moment(key: str) -> str:
    """The key, in UTC. Raises ``ValueError`` for what is no moment of a zone."""
    moment = datetime.fromisoformat(key)
    if moment.tzinfo is None:
        message = "a moment without a zone"
        raise ValueError(message)
    return in_utc(moment).isoformat()


def _score(key: str) -> str:
    """The key as a score is written. Raises ``ValueError`` for what no lead has."""
    if not LOWEST <= int(key) <= HIGHEST:
        message = "no score"
        raise ValueError(message)
    return str(int(key))


_KEYS: Final = {LeadSort.RECENT: _moment, LeadSort.CREATED: _moment, LeadSort.SCORE: _score, LeadSort.NAME: storable}
