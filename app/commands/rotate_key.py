"""``reveza rotate-key``: everything that is sealed, under the current secret key."""

import asyncio

import click

from app.commands.faults import tell_faults
from app.database import open_live_database
from app.settings import load_settings
from app.tombstones import audit_chain, tombstone_journal
from core.services.key_rotation import KeyRotation, Rotated
from core.services.sealing import Sealer


@click.command(name="rotate-key")
@click.option("--plain", is_flag=True, help="Use no keys of the businesses' own: before `migrate` goes down past them.")
def rotate_key(*, plain: bool) -> None:
    """Seal everything anew under the first key in REVEZA_SECRET_KEY; what was cut short goes on where it was.

    Nothing need be stopped. Ends with 1 where something could not be opened: then the other keys have to stay.
    """
    settings = load_settings()

    async def run() -> Rotated:
        async with open_live_database(settings, process="cli", pool=2):
            return await KeyRotation(Sealer(settings.secret_keys)).rotate(plain=plain)

    rotated = asyncio.run(run())
    lines = tombstone_journal(settings).reseal() + audit_chain(settings).reseal()
    click.echo(
        f"sealed anew: {rotated.sets} credential sets, {rotated.keys} keys of businesses, {rotated.accounts} accounts,"
        f" {lines} lines of journals"
    )
    tell_faults(
        rotated.faults,
        none="all of it is under the current key: no other is needed in REVEZA_SECRET_KEY, but for backups from before",
    )
