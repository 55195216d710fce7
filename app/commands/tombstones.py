"""``reveza tombstones``: who was forgotten, as it is kept outside the database."""

import asyncio

import click

from app.commands.faults import tell_faults
from app.database import open_live_database
from app.settings import load_settings
from app.tombstones import tombstone_journal
from core.services.tombstones import apply_tombstones, compare_tombstones


@click.group()
def tombstones() -> None:
    """Look at who was forgotten; make a restored database forget them again."""


@tombstones.command(name="list")
def list_all() -> None:
    """Print every tombstone: when, of which tenant, which lead, under which number."""
    contents = tombstone_journal(load_settings()).read()
    for stone in contents.stones:
        click.echo(f"{stone.erased_at:%Y-%m-%d %H:%M}  {stone.tenant_id}  {stone.subject_id}  {stone.id}")
    if not contents.stones:
        click.echo("no tombstones")


@tombstones.command()
def check() -> None:
    """Compare the journal with itself and with the database; ends with 1 where they do not agree."""
    settings = load_settings()

    async def run() -> list[str]:
        async with open_live_database(settings, process="cli", pool=2):
            return await compare_tombstones(tombstone_journal(settings))

    tell_faults(asyncio.run(run()), none="the journal is whole, and the database agrees")


@tombstones.command()
def apply() -> None:
    """Forget whoever the journal tells of and the database has still; safe to run at any time."""
    settings = load_settings()

    async def run() -> str:
        async with open_live_database(settings, process="cli", pool=2):
            done = await apply_tombstones(tombstone_journal(settings))
        deleted = f", {done.deleted} businesses deleted again" if done.deleted else ""
        return f"{done.applied} applied, {done.known} known, {done.elsewhere} of other tenants, {done.faults} faults{deleted}"

    click.echo(asyncio.run(run()))
