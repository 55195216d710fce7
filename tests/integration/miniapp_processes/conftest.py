"""Real web processes over a migrated database, for what the panel asks of them."""

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

__all__ = ["business", "database", "redis", "sealer", "settings", "stream_server", "web_copies", "web_template"]
