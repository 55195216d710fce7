"""``reveza hold``: what is kept whatever its time, and for what reason."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import UUID

import click

from app.database import open_live_database
from app.settings import load_settings
from core.services.holds import holds, lift_hold, place_hold
from core.services.tenants import find_tenant


@click.group()
def hold() -> None:
    """Keep a lead, or a whole business, from expiring and from being erased."""


@hold.command()
@click.argument("tenant")
@click.option("--lead", "lead_id", type=click.UUID, help="The lead; with none all of the business.")
@click.option("--reason", required=True, help="Why: a lawsuit, an authority's order.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Its end, in UTC; with none it stands until lifted.")
def place(tenant: str, *, lead_id: UUID | None, reason: str, until: datetime | None) -> None:
    """Keep a lead of TENANT, or all of it. Nothing of it expires, and nobody of it is erased."""

    async def run(tenant_id: UUID) -> str:
        end = until.replace(tzinfo=UTC) if until else None
        return f"held: {await place_hold(tenant_id, lead_id=lead_id, reason=reason, until=end)}"

    _told(tenant, run)


@hold.command(name="list")
@click.argument("tenant")
def list_all(tenant: str) -> None:
    """Print the holds of TENANT that stand, the oldest first."""

    async def run(tenant_id: UUID) -> str:
        lines = [
            f"{one.id}  {one.lead_id or 'the whole business'}  since {one.placed_at:%Y-%m-%d}"
            f"  {f'until {one.until:%Y-%m-%d}' if one.until else 'until lifted'}  by {one.placed_by}  {one.reason}"
            for one in await holds(tenant_id)
        ]
        return "\n".join(lines) or "no holds"

    _told(tenant, run)


@hold.command()
@click.argument("tenant")
@click.argument("hold_id", metavar="HOLD", type=click.UUID)
def lift(tenant: str, hold_id: UUID) -> None:
    """End the HOLD of TENANT: what is over goes with the next weekly run."""

    async def run(tenant_id: UUID) -> str:
        await lift_hold(tenant_id, hold_id=hold_id)
        return f"lifted: {hold_id}"

    _told(tenant, run)


def _told(tenant: str, work: Callable[[UUID], Awaitable[str]]) -> None:
    async def run() -> str:
        async with open_live_database(load_settings(), process="cli", pool=2):
            return await work(await find_tenant(tenant))

    click.echo(asyncio.run(run()))
