"""The Mini App's initData, signed with the bot's token as Telegram does it."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from urllib.parse import quote, urlencode

from sandbox.telegram.persons import Person
from sandbox.wire import JsonObject

SIGNATURE_BYTES = 64


def user_json(person: Person) -> str:
    """The user as it stands inside initData."""
    body: JsonObject = {key: value for key, value in person.as_user().items() if key != "is_bot"}
    return json.dumps(body | {"allows_write_to_pm": True}, separators=(",", ":"), ensure_ascii=False)


def sign(token: str, fields: Mapping[str, str]) -> str:
    """The hash: HMAC-SHA256 over the sorted ``key=value`` lines, all of them but the hash itself."""
    lines = "\n".join(f"{key}={value}" for key, value in sorted(fields.items()))
    secret = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    return hmac.new(secret, lines.encode(), hashlib.sha256).hexdigest()


def init_data(token: str, person: Person, auth_date: int, extra: Mapping[str, str]) -> str:
    """The query string that a Mini App gets.

    ``signature`` has the form of Telegram's own Ed25519 signature and is covered by the hash, but only Telegram's
    key could make one that third parties accept.
    """
    fields = {
        "query_id": f"AA{secrets.token_urlsafe(15)}",
        "user": user_json(person),
        "auth_date": str(auth_date),
        "signature": base64.urlsafe_b64encode(secrets.token_bytes(SIGNATURE_BYTES)).decode().rstrip("="),
        **extra,
    }
    return urlencode({**fields, "hash": sign(token, fields)}, quote_via=quote)
