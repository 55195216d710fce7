"""What requests are made of, each with its bounds: text that the database takes, numbers it counts with, places in lists."""

import base64
from datetime import UTC, datetime
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, WithJsonSchema

from miniapp.api.operation import ApiModel

LONGEST_TEXT: Final = 20_000
"""Characters. What is longer is no message any more; channels cut what they cannot take in one."""
_NUMBERS: Final = 2**31 - 1


def storable(text: str) -> str:
    """The text as it is. Raises ``ValueError`` for what PostgreSQL cannot hold: NUL, and halves of characters."""
    if "\0" in text:
        message = "has a NUL character"
        raise ValueError(message)
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            message = "has half of a character"
            raise ValueError(message) from error
    return text


def in_utc(moment: datetime) -> datetime:
    """The same moment, as every clock reads it. Raises ``ValueError`` for one that stands in no calendar."""
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        message = "is beyond the calendar"
        raise ValueError(message) from error


def spoken(text: str) -> str:
    """The text as it is. Raises ``ValueError`` for a blank one."""
    if not text.strip():
        message = "is blank"
        raise ValueError(message)
    return text


Storable = Annotated[str, AfterValidator(storable)]
"""Any text that can be kept."""
Words = Annotated[str, AfterValidator(storable), AfterValidator(spoken)]
"""Text that says something."""
Moment = Annotated[AwareDatetime, AfterValidator(in_utc)]
"""A moment, whatever the zone it was told in: the database knows fewer of them."""
Number = Annotated[int, Field(ge=0, le=_NUMBERS)]
"""A number of a message."""
PageSize = Annotated[int, Field(ge=1, le=100)]
"""How much of a list is asked for at once."""


def cursor_after(row_id: UUID) -> str:
    """Where a page ended, for the next one; it means nothing to anybody else."""
    return base64.urlsafe_b64encode(row_id.bytes).decode().rstrip("=")


def _ended_at(cursor: Any) -> Any:
    if not isinstance(cursor, str):
        return cursor
    try:
        return UUID(bytes=base64.b64decode(f"{cursor}==", altchars=b"-_", validate=True))
    except ValueError:
        message = "is no cursor of this list"
        raise ValueError(message) from None


Cursor = Annotated[UUID, BeforeValidator(_ended_at), WithJsonSchema({"type": "string"})]
"""What ``cursor_after`` gave: the id of the row after which the page begins."""


class PageQuery(ApiModel):
    """A part of a list: the first, or the one after ``cursor``."""

    cursor: Cursor | None = None
    limit: PageSize = 50
