"""``reveza audit``: whether anybody has changed who did what."""

import asyncio

import click

from app.commands.faults import tell_faults
from app.database import open_live_database
from app.settings import load_settings
from app.tombstones import audit_chain
from core.services.tenants import find_tenant, list_tenants


@click.group()
def audit() -> None:
    """Look after the audit log."""


@audit.command()
@click.argument("tenant", required=False)
def verify(tenant: str | None) -> None:
    """Look whether the audit log of TENANT, or of every tenant, is whole; ends with 1 where it is not."""
    settings = load_settings()

    async def run() -> list[str]:
        async with open_live_database(settings, process="cli", pool=2):
            slugs = [tenant] if tenant else [one.slug for one in await list_tenants()]
            chain = audit_chain(settings)
            return [f"{slug}: {fault}" for slug in slugs for fault in await chain.faults(await find_tenant(slug))]

    tell_faults(asyncio.run(run()), none="whole")
