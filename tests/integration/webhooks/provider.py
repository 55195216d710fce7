"""A stand-in for Meta: makes deliveries, signs them, posts them."""

import hashlib
import hmac
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import aiohttp

APP_SECRET = "app-secret"
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the web process said."""

    status: int
    text: str
    headers: Mapping[str, str]


def signature(body: bytes, secret: str = APP_SECRET) -> dict[str, str]:
    """The header that Meta sends."""
    return {"X-Hub-Signature-256": f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"}


def fresh_id() -> str:
    """An id no other message has."""
    return f"wamid.test{next(_numbers):08}"


def text_message(
    text: str = "oi", *, phone: str = "5511987650001", message_id: str | None = None, **more: object
) -> dict[str, Any]:
    """One text of a lead."""
    return {
        "from": phone,
        "id": message_id or fresh_id(),
        "timestamp": "1790000000",
        "type": "text",
        "text": {"body": text},
        **more,
    }


def change(account: str, **lists: object) -> dict[str, Any]:
    """A change of one phone number: ``messages=[…]``, ``statuses=[…]``."""
    return {
        "field": "messages",
        "value": {"messaging_product": "whatsapp", "metadata": {"phone_number_id": account}, **lists},
    }


def delivery(*changes: Mapping[str, Any]) -> bytes:
    """The bytes of a delivery, letters with accents escaped as Meta escapes them."""
    entry = {"id": "300300300300300", "changes": list(changes)}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


class Provider:
    """Meta, speaking to one address for one phone number."""

    def __init__(self, session: aiohttp.ClientSession, url: str, account: str) -> None:
        self._session = session
        self.url = url
        self.account = account

    async def says(self, *messages: Mapping[str, Any]) -> Answer:
        """Deliver messages, signed."""
        return await self.post(delivery(change(self.account, messages=list(messages))))

    async def reports(self, *statuses: Mapping[str, Any]) -> Answer:
        """Deliver delivery statuses, signed."""
        return await self.post(delivery(change(self.account, statuses=list(statuses))))

    async def post(self, body: bytes, headers: Mapping[str, str] | None = None, *, url: str | None = None) -> Answer:
        """Post a body, signed unless other headers are given."""
        return await self.call(
            "POST", url or self.url, data=io.BytesIO(body), headers=signature(body) if headers is None else headers
        )

    async def call(self, method: str, url: str, **more: Any) -> Answer:
        """Any request."""
        async with self._session.request(method, url, **more) as response:
            return Answer(response.status, await response.text(), response.headers.copy())

    async def get(
        self, url: str, query: Sequence[tuple[str, str]] = (), headers: Mapping[str, str] | None = None
    ) -> Answer:
        """A GET request."""
        return await self.call("GET", url, params=list(query), headers=dict(headers or {}))
