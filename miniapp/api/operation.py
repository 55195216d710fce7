"""One thing that the API does: its address, what it takes, what it answers, and by what."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from core.domain.actor import Actor
from core.domain.errors import RevezaError
from core.services.idempotency import Once
from core.services.session_tokens import TokenInvalid
from core.services.sessions import SignedIn

IDEMPOTENCY_KEY: Final = "Idempotency-Key"
"""The header by which a request that is repeated is known."""


class ApiModel(BaseModel):
    """What goes over the API: exactly these fields, and none that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Nothing(ApiModel):
    """No query, no body, or no answer."""


Query = TypeVar("Query", bound=BaseModel)
Body = TypeVar("Body", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a request comes from. ``client`` is what the browser says of itself."""

    address: str
    client: str


@dataclass(frozen=True, slots=True)
class Call(Generic[Query, Body]):
    """One request, read and checked. ``ids`` are those in the path, by name; ``once`` tells one that may be repeated."""

    query: Query
    body: Body
    ids: Mapping[str, UUID]
    caller: Caller
    signed_in: SignedIn | None = None
    once: Once | None = None

    @property
    def who(self) -> SignedIn:
        """Who asks. Operations that are not public are never called without."""
        if self.signed_in is None:
            raise TokenInvalid
        return self.signed_in

    @property
    def actor(self) -> Actor:
        """The same, as services know him."""
        return self.who.actor


@dataclass(frozen=True, slots=True)
class Download:
    """A file as an answer, made while it is sent."""

    name: str
    chunks: AsyncGenerator[bytes, None]


@dataclass(frozen=True, slots=True)
class Operation:
    """How a request is read, what handles it, and what may come of it besides the answer.

    ``repeatable``: it comes with an ``Idempotency-Key``, and under the same one is carried out once.
    ``media``: what kind of file the answer is, where it is one.
    """

    name: str
    method: str
    path: str
    summary: str
    handle: Callable[[Call[Any, Any]], Awaitable[BaseModel | Download | None]]
    query: type[BaseModel] = Nothing
    body: type[BaseModel] = Nothing
    answer: type[BaseModel] = Nothing
    refusals: tuple[type[RevezaError], ...] = ()
    public: bool = False
    repeatable: bool = False
    media: str = ""

    @property
    def status(self) -> int:
        """Of the answer."""
        return 204 if self.answer is Nothing and not self.media else 200
