"""Signed deliveries, ready to be written to a socket."""

import hashlib
import hmac
import random
from typing import Final

import orjson

ACCOUNT_KEY: Final = "bench"
APP_SECRET: Final = "bench-app-secret"  # noqa: S105 signs only what a benchmark sends to itself
NEW_LEADS: Final = 0.20
RETRIES: Final = 0.01
_RETRIED_WITHIN: Final = 2000
_SENT_AT: Final = "1749416383"


def account_number(tenant: int) -> str:
    """The phone number id of a tenant, counted from 1."""
    return str(100_000_000_000_000 + tenant)


def known_phone(tenant: int, lead: int) -> str:
    """A lead who has written before."""
    return str(5_511_900_000_000 + tenant * 100_000 + lead)


def new_phone(number: int) -> str:
    """A lead who writes for the first time."""
    return str(5_521_900_000_000 + number)


def deliveries(count: int, *, tenants: int, leads: int, seed: int = 7) -> list[bytes]:
    """Whole HTTP requests in the order to send them: every one a message, some of them sent before."""
    chance = random.Random(seed)  # noqa: S311 the same corpus every time
    made: list[bytes] = []
    for number in range(count):
        if made and chance.random() < RETRIES:
            made.append(made[chance.randrange(max(0, len(made) - _RETRIED_WITHIN), len(made))])
            continue
        tenant = chance.randrange(1, tenants + 1)
        known = chance.random() >= NEW_LEADS
        phone = known_phone(tenant, chance.randrange(1, leads + 1)) if known else new_phone(number)
        text = f"Hi! How much is the plan with delivery? Message {number}"
        made.append(request(text_message(number, account_number(tenant), phone, text)))
    return made


def request(body: bytes, *, account_key: str = ACCOUNT_KEY) -> bytes:
    """A signed request as it goes over the wire."""
    signature = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
    head = (
        f"POST /webhooks/meta_whatsapp/{account_key} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: facebookexternalua\r\n"
        f"Accept: */*\r\nContent-Type: application/json\r\nX-Hub-Signature-256: sha256={signature}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def text_message(number: int, account: str, phone: str, text: str) -> bytes:
    """The body of a delivery with one text of a lead."""
    message = {
        "from": phone,
        "id": f"wamid.bench{number:012d}",
        "timestamp": _SENT_AT,
        "type": "text",
        "text": {"body": text},
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550000000", "phone_number_id": account},
        "contacts": [{"profile": {"name": f"Lead {phone}"}, "wa_id": phone}],
        "messages": [message],
    }
    entry = {"id": "100000000000000", "changes": [{"field": "messages", "value": value}]}
    return orjson.dumps({"object": "whatsapp_business_account", "entry": [entry]})
