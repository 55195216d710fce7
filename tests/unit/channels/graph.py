"""The Graph API's words, as tests have it say them."""

from typing import Any

import orjson
from aioresponses import aioresponses
from yarl import URL

GRAPH = "https://graph.example"
TOKEN = "EAAFixtureTokenThatMustNeverBeSeenAnywhere"
MESSAGES = f"{GRAPH}/v26.0/200100200100201/messages"
ACCEPTED = {
    "messaging_product": "whatsapp",
    "contacts": [{"input": "5511987650001", "wa_id": "551187650001"}],
    "messages": [{"id": "wamid.SENT="}],
}


def failure(code: int, message: str = "it failed", **more: Any) -> dict[str, Any]:
    return {"error": {"message": message, "type": "OAuthException", "code": code, **more}}


def _one_call(graph: aioresponses) -> tuple[URL, dict[str, Any]]:
    [((_, url), [call])] = (graph.requests or {}).items()
    return url, call.kwargs


def sent(graph: aioresponses) -> dict[str, Any]:
    """What the one request held."""
    payload: dict[str, Any] = orjson.loads(_one_call(graph)[1]["data"])
    return payload


def sent_headers(graph: aioresponses) -> dict[str, str]:
    return dict(_one_call(graph)[1]["headers"])


def address_asked(graph: aioresponses) -> str:
    return str(_one_call(graph)[0])
