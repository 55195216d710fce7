"""Z-API's words and deliveries, as tests have it say them."""

import json
from typing import Any

import orjson
from aioresponses import aioresponses

from channels.base import Account

API = "https://zapi.example"
INSTANCE = "3C01A2B3C4D5E6F708192A3B4C5D6E7F"
TOKEN = "F1E2D3C4B5A6978801234567"
CLIENT_TOKEN = "Fa1b2c3d4SecretOfTheAccount"
ACCOUNT = Account(INSTANCE, {"instance_token": TOKEN, "client_token": CLIENT_TOKEN})
BASE = f"{API}/instances/{INSTANCE}/token/{TOKEN}"
ACCEPTED = {"zaapId": "3C00", "messageId": "3EB0SENT", "id": "3EB0SENT"}
CONNECTED = {"connected": True, "error": "You are already connected.", "smartphoneConnected": True}

ANA = "5511987650001"
ANA_LID = "70011223344550@lid"


def received(**more: Any) -> bytes:
    """A delivery of one message of Ana's."""
    given = {
        "type": "ReceivedCallback",
        "instanceId": INSTANCE,
        "messageId": "3EB0A",
        "phone": ANA,
        "chatLid": ANA_LID,
        "fromMe": False,
        "fromApi": False,
        "momment": 1790000000000,
        "chatName": "Ana",
        "senderName": "Ana",
        **more,
    }
    return json.dumps(given).encode()


def connected(api: aioresponses) -> aioresponses:
    """The instance has its phone."""
    api.get(f"{BASE}/status", payload=CONNECTED, repeat=True)
    return api


def posts(api: aioresponses) -> list[tuple[str, dict[str, Any], dict[str, str]]]:
    """What was posted: the end of the address, the body, the headers."""
    return [
        (str(url).removeprefix(f"{BASE}/"), orjson.loads(call.kwargs["data"]), dict(call.kwargs["headers"]))
        for (method, url), calls in (api.requests or {}).items()
        if method == "POST"
        for call in calls
    ]
