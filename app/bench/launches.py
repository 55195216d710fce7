"""Launches of the Mini App, signed as Telegram signs them (core.telegram.org/bots/webapps), and who opens it."""

import hashlib
import hmac
from typing import Final
from urllib.parse import urlencode

import orjson

BOT_TOKEN: Final = "1000000001:bench-bot-token"  # noqa: S105 signs only what a benchmark sends to itself
_FIRST_MEMBER: Final = 7_000_000_000


def member_number(tenant: int, member: int) -> int:
    """The Telegram id of a tenant's member, both counted from 1."""
    return _FIRST_MEMBER + tenant * 1000 + member


def launch(telegram_user_id: int, *, at: float) -> str:
    """The ``initData`` of a person who opens the app at that time; one's next launch needs another time."""
    user = orjson.dumps({"id": telegram_user_id, "first_name": "Bench", "language_code": "pt-br"}).decode()
    # The app asks for the mark by which strangers verify a launch; whoever has the bot's token does without.
    fields = {"auth_date": str(int(at)), "query_id": str(telegram_user_id), "signature": "none", "user": user}
    told = "\n".join(f"{name}={value}" for name, value in sorted(fields.items()))
    secret = hmac.new(b"WebAppData", BOT_TOKEN.encode(), hashlib.sha256).digest()
    return urlencode({**fields, "hash": hmac.new(secret, told.encode(), hashlib.sha256).hexdigest()})
