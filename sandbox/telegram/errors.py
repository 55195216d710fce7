"""Refusals of the Bot API: the shape that Telegram answers with, and its own words."""

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import NoReturn

from aiohttp import web

from sandbox.wire import JsonObject, answer

STANDARD = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    413: "Request Entity Too Large",
    429: "Too Many Requests: retry after 1",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


@dataclass(eq=False)
class ApiError(Exception):
    """An answer with ``ok`` false."""

    code: int
    description: str
    parameters: JsonObject = field(default_factory=dict)

    def response(self) -> web.Response:
        """The answer, in the shape of the Bot API; its HTTP status is the error's code."""
        body: JsonObject = {"ok": False, "error_code": self.code, "description": self.description}
        headers = {}
        if self.parameters:
            body["parameters"] = self.parameters
        if "retry_after" in self.parameters:
            headers["Retry-After"] = str(self.parameters["retry_after"])
        return answer(body, self.code, headers)


def refuse(what: str) -> NoReturn:
    """Refuse with 400 and Telegram's words after the colon."""
    raise ApiError(HTTPStatus.BAD_REQUEST, f"Bad Request: {what}")


def forbid(what: str) -> NoReturn:
    """Refuse with 403 and Telegram's words after the colon."""
    raise ApiError(HTTPStatus.FORBIDDEN, f"Forbidden: {what}")


def conflict(what: str) -> NoReturn:
    """Refuse with 409 and Telegram's words after the colon."""
    raise ApiError(HTTPStatus.CONFLICT, f"Conflict: {what}")


def too_many_requests(retry_after: int) -> ApiError:
    """429: the chat, or the bot, has to wait this many seconds."""
    text = f"Too Many Requests: retry after {retry_after}"
    return ApiError(HTTPStatus.TOO_MANY_REQUESTS, text, {"retry_after": retry_after})


def migrated(chat_id: int) -> ApiError:
    """400: the group lives on under another id."""
    text = "Bad Request: group chat was upgraded to a supergroup chat"
    return ApiError(HTTPStatus.BAD_REQUEST, text, {"migrate_to_chat_id": chat_id})


def refuse_unmodified() -> NoReturn:
    """Refuse an edit that changes nothing."""
    refuse(
        "message is not modified: specified new message content and reply markup are exactly the same as a current "
        "content and reply markup of the message"
    )


def refuse_stale_query() -> NoReturn:
    """Refuse an answer to a tap that was answered before, or too long ago, or never was."""
    refuse("query is too old and response timeout expired or query ID is invalid")
