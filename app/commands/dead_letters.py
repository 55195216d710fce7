"""``reveza dead-letters``: what failed for good, in a tenant."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import UUID

import click

from app.database import open_live_database
from app.settings import Settings, load_settings
from core.services.dead_letters import DeadLetters, Dealt
from core.services.tenants import find_tenant
from pipeline.connection import publisher_client
from pipeline.jobs import QueueJobs
from pipeline.publisher import StreamPublisher

ACTOR = "operator"


_ALL = click.option("--all", "kind", metavar="KIND", help="All of a kind, as `list` names it: turn, send, fetch.")


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
@click.argument("letter", type=click.UUID, required=False)
@_ALL
def retry(tenant: str, letter: UUID | None, kind: str | None) -> None:
    """Try LETTER of TENANT again, or all of a kind."""
    if letter is not None and kind is None:
        _with(tenant, lambda letters, tenant_id: letters.retry(tenant_id, letter, actor=ACTOR))
        click.echo("queued again")
        return
    _all(tenant, letter, kind, lambda letters: letters.retry_all, "queued again")


@dead_letters.command()
@click.argument("tenant")
@click.argument("letter", type=click.UUID, required=False)
@_ALL
def drop(tenant: str, letter: UUID | None, kind: str | None) -> None:
    """Drop LETTER of TENANT, or all of a kind: nothing more is done about it."""
    if letter is not None and kind is None:
        _with(tenant, lambda letters, tenant_id: letters.drop(tenant_id, letter, actor=ACTOR))
        click.echo("dropped")
        return
    _all(tenant, letter, kind, lambda letters: letters.drop_all, "dropped")


def _all(
    tenant: str, letter: UUID | None, kind: str | None, way: Callable[[DeadLetters], Callable[..., Awaitable[Dealt]]],
    done: str,
) -> None:  # fmt: skip
    """One batch after the other, until there is none; what cannot be dealt with is counted."""
    if kind is None or letter is not None:
        message = "name one LETTER, or a kind by --all"
        raise click.UsageError(message)

    async def deal(letters: DeadLetters, tenant_id: UUID) -> None:
        dealt, refused, after = 0, 0, None
        while True:
            batch = await way(letters)(tenant_id, kind, actor=ACTOR, after=after)
            dealt, refused, after = dealt + batch.done, refused + batch.refused, batch.following
            if after is None:
                break
        click.echo(f"{dealt} {done}, {refused} left as they are")

    _with(tenant, deal)


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
