"""``reveza dead-letters``: what failed for good, in a tenant."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import UUID

import click

from app.database import open_live_database
from app.settings import Settings, load_settings
from core.services.dead_letters import DeadLetters
from core.services.tenants import find_tenant
from pipeline.connection import publisher_client
from pipeline.jobs import QueueJobs
from pipeline.publisher import StreamPublisher

ACTOR = "operator"


@click.group(name="dead-letters")
def dead_letters() -> None:
    """List, retry or drop what failed for good."""


@dead_letters.command(name="list")
@click.argument("tenant")
def list_letters(tenant: str) -> None:
    """Print TENANT's open dead letters, oldest first."""

    async def show(letters: DeadLetters, tenant_id: UUID) -> None:
        found = await letters.open_letters(tenant_id)
        for letter in found:
            click.echo(
                f"{letter.id}  {letter.created_at:%Y-%m-%d %H:%M}  {letter.kind:5} {letter.attempts}x  {letter.error}"
            )
        if not found:
            click.echo("no open dead letters")

    _with(tenant, show)


@dead_letters.command()
@click.argument("tenant")
@click.argument("letter", type=click.UUID)
def retry(tenant: str, letter: UUID) -> None:
    """Try LETTER of TENANT again."""
    _with(tenant, lambda letters, tenant_id: letters.retry(tenant_id, letter, actor=ACTOR))
    click.echo("queued again")


@dead_letters.command()
@click.argument("tenant")
@click.argument("letter", type=click.UUID)
def drop(tenant: str, letter: UUID) -> None:
    """Drop LETTER of TENANT: nothing more is done about it."""
    _with(tenant, lambda letters, tenant_id: letters.drop(tenant_id, letter, actor=ACTOR))
    click.echo("dropped")


def _with(tenant: str, work: Callable[[DeadLetters, UUID], Awaitable[None]]) -> None:
    async def run() -> None:
        async with _opened(load_settings()) as letters:
            await work(letters, await find_tenant(tenant))

    asyncio.run(run())


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[DeadLetters]:
    redis = publisher_client(settings.redis_url, name="reveza-cli")
    try:
        async with open_live_database(settings, process="cli", pool=2):
            yield DeadLetters(QueueJobs(StreamPublisher(redis, time.monotonic)))
    finally:
        await redis.aclose()
