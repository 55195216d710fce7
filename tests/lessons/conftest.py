"""The lessons are tried on the same desks and offices as the integration tests."""

from tests.integration.conftest import (
    copies,
    database,
    desk,
    ingest_store,
    live,
    migrated_template,
    opened,
    sealer,
    seed,
    superuser,
)
from tests.integration.sandbox.conftest import bot, emulators, http, receiver, telegram
from tests.integration.team.conftest import counter, office, quiet_office

__all__ = [
    "bot",
    "copies",
    "counter",
    "database",
    "desk",
    "emulators",
    "http",
    "ingest_store",
    "live",
    "migrated_template",
    "office",
    "opened",
    "quiet_office",
    "receiver",
    "sealer",
    "seed",
    "superuser",
    "telegram",
]
