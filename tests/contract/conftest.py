"""The contracts are tried on the same databases as the integration tests."""

from tests.integration.conftest import (
    copies,
    database,
    ingest_store,
    live,
    migrated_template,
    onlooker,
    opened,
    peopled,
    sealer,
    seed,
    superuser,
)

__all__ = [
    "copies",
    "database",
    "ingest_store",
    "live",
    "migrated_template",
    "onlooker",
    "opened",
    "peopled",
    "sealer",
    "seed",
    "superuser",
]
