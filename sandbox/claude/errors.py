"""Errors of the Messages API."""

from dataclasses import dataclass, field
from typing import NoReturn

from aiohttp import web

from sandbox.wire import JsonObject, answer

TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    409: "conflict_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    502: "api_error",
    503: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}
MESSAGES = {
    429: "This request would exceed your organization's rate limit. Please try again later.",
    500: "Internal server error",
    504: "Request timed out.",
    529: "Overloaded",
}


@dataclass(eq=False)
class ApiError(Exception):
    """An error answer; ``error_code`` names the cause where the API does."""

    status: int
    message: str = ""
    error_code: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def body(self, request_id: str) -> JsonObject:
        """The JSON of the answer, as it also stands in a stream's ``error`` event."""
        error: JsonObject = {
            "type": TYPES.get(self.status, "api_error"),
            "message": self.message or MESSAGES.get(self.status, "Error"),
        }
        if self.error_code:
            error["details"] = {"error_code": self.error_code}
        return {"type": "error", "error": error, "request_id": request_id}

    def response(self, request_id: str) -> web.Response:
        """The HTTP answer."""
        return answer(self.body(request_id), self.status, {"request-id": request_id, **self.headers})


def refuse(message: str, status: int = 400) -> NoReturn:
    """Raise the ApiError of a request that the API refuses."""
    raise ApiError(status, message)
