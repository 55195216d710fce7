"""Real processes of the bot over a migrated database, a Valkey and the emulated Bot API."""

from tests.integration.sandbox.conftest import emulators, http, receiver, telegram
from tests.integration.webhooks.conftest import (
    business,
    database,
    redis,
    sealer,
    settings,
    stream_server,
    web_copies,
    web_template,
)

__all__ = [
    "business",
    "database",
    "emulators",
    "http",
    "receiver",
    "redis",
    "sealer",
    "settings",
    "stream_server",
    "telegram",
    "web_copies",
    "web_template",
]
