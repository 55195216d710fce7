"""Graph errors: the shape that Meta answers with, and what its codes say."""

import secrets
from dataclasses import dataclass, field

from aiohttp import web

from sandbox.wire import JsonObject, answer

DOCS = "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """HTTP status, title and details of one error code (Meta's error code page)."""

    http: int
    title: str
    details: str


CODES = {
    0: CodeFacts(401, "AuthException", "We were unable to authenticate the app user."),
    1: CodeFacts(400, "API Unknown", "Invalid request or possible server error."),
    2: CodeFacts(503, "API Service", "Temporary due to downtime or due to being overloaded."),
    3: CodeFacts(500, "API Method", "Capability or permissions issue."),
    4: CodeFacts(400, "API Too Many Calls", "The app has reached its API call rate limit."),
    10: CodeFacts(403, "Permission Denied", "Permission is either not granted or has been removed."),
    33: CodeFacts(400, "Parameter value is not valid", "The business phone number has been deleted."),
    100: CodeFacts(400, "Invalid parameter", "The request included one or more unsupported or misspelled parameters."),
    190: CodeFacts(401, "Access token has expired", "Your access token has expired."),
    200: CodeFacts(403, "API Permission", "Permission is either not granted or has been removed."),
    368: CodeFacts(403, "Temporarily blocked for policies violations", "The account has been restricted."),
    80007: CodeFacts(400, "Rate limit issues", "The WhatsApp Business Account has reached its rate limit."),
    130429: CodeFacts(429, "Rate limit hit", "Cloud API message throughput has been reached."),
    130472: CodeFacts(400, "User's number is part of an experiment", "Message was not sent as part of an experiment."),
    130497: CodeFacts(403, "Business account is restricted from messaging users in this country", "Restricted."),
    131000: CodeFacts(500, "Something went wrong", "Message failed to send due to an unknown error."),
    131005: CodeFacts(403, "Access denied", "Permission is either not granted or has been removed."),
    131008: CodeFacts(400, "Required parameter is missing", "The request is missing a required parameter."),
    131009: CodeFacts(400, "Parameter value is not valid", "One or more parameter values are invalid."),
    131016: CodeFacts(500, "Service unavailable", "A service is temporarily unavailable."),
    131021: CodeFacts(400, "Recipient cannot be sender", "Sender and recipient phone number is the same."),
    131026: CodeFacts(400, "Message undeliverable", "Unable to deliver message."),
    131030: CodeFacts(400, "Recipient phone number not in allowed list", "Add the recipient to the allowed list."),
    131031: CodeFacts(403, "Account has been locked", "The WhatsApp Business Account has been restricted or disabled."),
    131037: CodeFacts(400, "Display name approval needed", "The number's display name has not been approved."),
    131042: CodeFacts(400, "Business eligibility payment issue", "There was an error related to your payment method."),
    131045: CodeFacts(500, "Incorrect certificate", "Message failed to send due to a phone number registration error."),
    131047: CodeFacts(
        400,
        "Re-engagement message",
        "Message failed to send because more than 24 hours have passed since the customer last replied to this number.",
    ),
    131048: CodeFacts(400, "Spam rate limit hit", "There are restrictions on how many messages can be sent."),
    131049: CodeFacts(
        400, "Meta chose not to deliver", "This message was not delivered to maintain healthy engagement."
    ),
    131050: CodeFacts(400, "User has stopped marketing messages", "The recipient chose to stop marketing messages."),
    131051: CodeFacts(400, "Unsupported message type", "Unsupported message type."),
    131056: CodeFacts(
        400,
        "(Business Account, Consumer Account) pair rate limit hit",
        "Too many messages sent from the sender to the same recipient in a short period of time.",
    ),
    131057: CodeFacts(500, "Account in maintenance mode", "Business account is in maintenance mode."),
    132000: CodeFacts(400, "Number of parameters does not match the expected number of params", "Template."),
    132001: CodeFacts(404, "Template does not exist", "The template does not exist in the specified language."),
    132015: CodeFacts(400, "Template is paused", "Template is paused due to low quality."),
    132016: CodeFacts(400, "Template is disabled", "Template was paused too many times and is now disabled."),
    133004: CodeFacts(503, "Server temporarily unavailable", "Server is temporarily unavailable."),
    133010: CodeFacts(400, "Phone number not registered", "The phone number is not registered on the platform."),
}

_UNKNOWN = CodeFacts(500, "Something went wrong", "Message failed to send due to an unknown error.")


@dataclass(eq=False)
class GraphError(Exception):
    """An error answer of the Graph API."""

    code: int
    message: str = ""
    details: str = ""
    subcode: int | None = None
    http: int | None = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """The HTTP status that goes with it."""
        return self.http or CODES.get(self.code, _UNKNOWN).http

    def response(self) -> web.Response:
        """The answer, in the shape of the Graph API."""
        facts = CODES.get(self.code, _UNKNOWN)
        error: JsonObject = {
            "message": self.message or f"(#{self.code}) {facts.title}",
            "type": "OAuthException",
            "code": self.code,
            "error_data": {"messaging_product": "whatsapp", "details": self.details or facts.details},
            "fbtrace_id": "A" + secrets.token_urlsafe(16),
        }
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        return answer({"error": error}, self.status, self.headers)


def status_error(code: int) -> JsonObject:
    """The same error as it stands in the ``errors`` of a failed status."""
    facts = CODES.get(code, _UNKNOWN)
    return {
        "code": code,
        "title": facts.title,
        "message": facts.title,
        "error_data": {"details": facts.details},
        "href": DOCS,
    }
