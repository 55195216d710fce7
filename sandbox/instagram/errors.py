"""Errors of Instagram's Send API: their shape, and what their codes say."""

import secrets
from dataclasses import dataclass, field
from typing import NoReturn

from aiohttp import web

from sandbox.wire import JsonObject, answer

INVALID = 100
WINDOW_CLOSED = (10, 2534022)
NO_SUCH_USER = (100, 2534014)
NO_SUCH_OBJECT = (100, 33)


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """HTTP status and message of an error."""

    http: int
    message: str


CODES = {
    1: CodeFacts(500, "An unknown error occurred."),
    2: CodeFacts(503, "An unexpected error has occurred. Please retry your request later."),
    3: CodeFacts(400, "Application does not have the capability to make this API call."),
    4: CodeFacts(403, "Application request limit reached"),
    10: CodeFacts(403, "Application does not have permission for this action"),
    17: CodeFacts(400, "User request limit reached"),
    32: CodeFacts(400, "Page request limit reached"),
    100: CodeFacts(400, "Invalid parameter"),
    190: CodeFacts(401, "Error validating access token: Session has expired."),
    200: CodeFacts(403, "Requires instagram_manage_messages permission to manage the object"),
    230: CodeFacts(403, "User consent is required to access user profile"),
    368: CodeFacts(403, "The action attempted has been deemed abusive or is otherwise disallowed"),
    551: CodeFacts(400, "This person isn't available right now."),
    613: CodeFacts(400, "Calls to this api have exceeded the rate limit."),
    1200: CodeFacts(500, "Temporary send message failure. Please try again later."),
}
_SUBCODES = {
    WINDOW_CLOSED: "This message is sent outside of allowed window.",
    NO_SUCH_USER: "The requested user cannot be found.",
    (551, 1545041): "This person isn't available right now.",
}
_UNKNOWN = CodeFacts(500, "An unknown error occurred.")


@dataclass(eq=False)
class InstagramError(Exception):
    """An error answer; ``message`` is the code's own where it is left out."""

    code: int
    subcode: int | None = None
    message: str = ""
    http: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    login: str = "facebook"

    @property
    def status(self) -> int:
        """The HTTP status that goes with it."""
        return self.http or CODES.get(self.code, _UNKNOWN).http

    def response(self) -> web.Response:
        """The answer, in the shape of the Graph API; Instagram's own host names another type."""
        told = _SUBCODES.get((self.code, self.subcode or 0)) or CODES.get(self.code, _UNKNOWN).message
        own = self.login == "instagram" and self.code != 190  # noqa: PLR2004 tokens are OAuth's everywhere
        error: JsonObject = {
            "message": self.message or f"(#{self.code}) {told}",
            "type": "IGApiException" if own else "OAuthException",
            "code": self.code,
            "fbtrace_id": "A" + secrets.token_urlsafe(16),
        }
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        return answer({"error": error}, self.status, self.headers)


def refuse(message: str) -> NoReturn:
    """What the API says of a call that it does not take."""
    raise InstagramError(INVALID, message=f"(#{INVALID}) {message}")


def no_such_object(method: str, node: str) -> InstagramError:
    """What Graph says of an object that does not exist or that the token may not see."""
    message = (
        f"Unsupported {method.lower()} request. Object with ID '{node}' does not exist, cannot be loaded due to "
        "missing permissions, or does not support this operation."
    )
    return InstagramError(*NO_SUCH_OBJECT, message=message)
