"""Tortoise's client of the tenants' connection, which knows who is told of what is committed through it."""

from typing import Any, Final

from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.connection import get_connections

from core.domain.ports import LiveEvents

APP: Final = "app"
"""The tenants' connection."""


class TellingClient(AsyncpgDBClient):
    """A client with somebody to tell."""

    def __init__(self, *, live: LiveEvents, **settings: Any) -> None:
        super().__init__(**settings)
        self.live = live


client_class = TellingClient
"""Where Tortoise looks for it."""


def live_events() -> LiveEvents:
    """Who is told of changes in the open database; to be asked outside a transaction."""
    client = get_connections().get(APP)
    assert isinstance(client, TellingClient), "open_database opens it so"  # noqa: S101 - see there
    return client.live
