"""``reveza lead``: what the law gives a person a right to, done by an operator."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import click

from app.database import open_live_database
from app.settings import load_settings
from app.tombstones import tombstone_journal
from core.domain.lead_archive import archive_name
from core.services.audit import OPERATOR
from core.services.erasure import Erasures
from core.services.lead_export import export_lead
from core.services.tenants import find_tenant


@click.group()
def lead() -> None:
    """Give a lead what is kept about him, or forget him."""


@lead.command()
@click.argument("tenant")
@click.argument("lead_id", type=click.UUID)
@click.option("--to", "target", type=click.Path(path_type=Path), help="The file, which must not be there yet.")
def export(tenant: str, lead_id: UUID, target: Path | None) -> None:
    """Write all that is kept about the lead LEAD_ID of TENANT into one archive (docs/lead-archive.md)."""
    settings = load_settings()
    path = target or Path(archive_name(lead_id))

    async def run() -> int:
        async with open_live_database(settings, process="cli", pool=2):
            tenant_id = await find_tenant(tenant)
            with _private(path) as file:  # before anything is put together, and put on record as given away
                archive = await export_lead(tenant_id, lead_id, by=OPERATOR)
                async for chunk in archive.chunks():
                    file.write(chunk)
        return archive.size

    click.echo(f"{path}: {asyncio.run(run())} bytes")


@lead.command()
@click.argument("tenant")
@click.argument("lead_id", type=click.UUID)
@click.option("--yes", is_flag=True, help="Do not ask.")
def forget(tenant: str, lead_id: UUID, *, yes: bool) -> None:
    """Erase the lead LEAD_ID of TENANT with everything that was said with him. Nothing brings him back."""
    if not yes:
        click.confirm(f"Erase {lead_id} of {tenant} for good?", abort=True)
    settings = load_settings()

    async def run() -> UUID:
        async with open_live_database(settings, process="cli", pool=2):
            erasures = Erasures(tombstone_journal(settings))
            return await erasures.forget(await find_tenant(tenant), lead_id, by=OPERATOR)

    click.echo(f"forgotten; the erasure is {asyncio.run(run())}")


@contextmanager
def _private(path: Path) -> Iterator[BinaryIO]:
    """A new file that nobody else on this machine reads; gone again where it does not become whole."""
    try:
        made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        message = f"{path}: {error.strerror}"
        raise click.ClickException(message) from error
    try:
        with os.fdopen(made, "wb") as file:
            yield file
    except BaseException:
        path.unlink()
        raise
