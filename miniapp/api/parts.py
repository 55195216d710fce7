"""What requests are made of, each with its bounds: text that the database takes, numbers it counts with, places in lists."""

import base64
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

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
