"""A database with the lease table and a table of ticks."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

TABLES = """
CREATE TABLE leader_leases (
    name text PRIMARY KEY, holder text NOT NULL, token bigint NOT NULL, expires_at timestamptz NOT NULL
);
CREATE TABLE ticks (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, holder text NOT NULL, task text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
"""


@pytest.fixture
async def database(empty_database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to look at leases and ticks with."""
    connection = await asyncpg.connect(empty_database_url)
    await connection.execute(TABLES)
    yield connection
    await connection.close()
