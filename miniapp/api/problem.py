"""What went wrong, as a document (RFC 9457): ``code`` is what programs look at, ``title`` what developers read."""

import http
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from pydantic import ValidationError

from core.domain.errors import AlreadyTaken, BadRequest, Forbidden, NotOwner, PlanFull, RevezaError
from core.domain.failure_limit import TooManyFailures
from core.domain.request_limit import TooManyRequests
from miniapp.api.operation import ApiModel

CONTENT_TYPE = "application/problem+json"


class Fault(ApiModel):
    """What is wrong with one part of a request: where, and why."""

    at: str
    why: str


class Problem(ApiModel):
    """An answer that is none. The app shows its own sentence for ``code``, in the language of whoever looks.

    ``detail`` is what that sentence needs besides: the name of the colleague who has the conversation, of the plan that is full, or
    when a business that is suspended is to be deleted.
    """

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str | None = None
    faults: Sequence[Fault] = ()


class TenantSuspended(Forbidden):
    """The business is suspended: nobody of its team comes in. ``leaves_at``: when all of it is to be deleted."""

    code: ClassVar[str] = "tenant_suspended"

    def __init__(self, leaves_at: datetime | None) -> None:
        super().__init__("the business is suspended")
        self.leaves_at = leaves_at


class InvalidInput(BadRequest):
    """The request does not fit the operation's schema; ``faults`` says where."""

    code: ClassVar[str] = "invalid_input"

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{fault.at}: {fault.why}" for fault in faults))
        self.faults = tuple(faults)

    @classmethod
    def of(cls, error: ValidationError, part: str) -> "InvalidInput":
        """From what pydantic found; never with the value itself, which may be anybody's words."""
        return cls([Fault(at=".".join((part, *map(str, one["loc"]))), why=one["msg"]) for one in error.errors()])


def problem_of(error: RevezaError) -> Problem:
    """The document of an error of ours."""
    faults = error.faults if isinstance(error, InvalidInput) else ()
    detail = error.holder or None if isinstance(error, AlreadyTaken | NotOwner) else None
    if isinstance(error, PlanFull):
        detail = f"{error.plan} ({error.attendants})"
    if isinstance(error, TenantSuspended) and error.leaves_at is not None:
        detail = error.leaves_at.isoformat()
    title = http.HTTPStatus(error.status).phrase
    return Problem(title=title, status=error.status, code=error.code, detail=detail, faults=faults)


def headers_of(error: RevezaError) -> dict[str, str]:
    """When to try again, and how to say who one is."""
    if isinstance(error, TooManyFailures | TooManyRequests):
        return {"Retry-After": str(error.retry_after)}
    return {"WWW-Authenticate": "Bearer"} if error.status == http.HTTPStatus.UNAUTHORIZED else {}
