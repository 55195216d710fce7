"""Launches of the Mini App, signed as Telegram signs them."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from urllib.parse import quote
from uuid import uuid4


def signature(fields: Mapping[str, str], token: str) -> str:
    """Over every field, the order of the fields their own."""
    told = "\n".join(f"{name}={value}" for name, value in sorted(fields.items()))
    secret = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    return hmac.new(secret, told.encode(), hashlib.sha256).hexdigest()


def init_data(fields: Mapping[str, str], token: str) -> str:
    """The fields with their signature, as the app is given them."""
    return "&".join(f"{name}={quote(value)}" for name, value in {**fields, "hash": signature(fields, token)}.items())


def launch(telegram_user_id: int, token: str, *, at: float) -> str:
    """One launch by this person at that time, unlike every other."""
    user = json.dumps({"id": telegram_user_id, "first_name": "Ana", "language_code": "pt-br"})
    fields = {"query_id": str(uuid4()), "user": user, "auth_date": str(int(at)), "signature": "for third parties"}
    return init_data(fields, token)
