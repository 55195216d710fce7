"""``reveza restore``: a backup in the place of what is stored."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import click

from app.restoring import Restored, Restorer
from app.standing import standing_servers
from core.domain.errors import Conflict
from db.backup.archive import BackupReader


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--replace", is_flag=True, help="Also where businesses are stored already.")
@click.option("--without-key", is_flag=True, help="Also where its credentials cannot be opened.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore(file: Path, *, replace: bool, without_key: bool, yes: bool) -> None:
    """Put the backup FILE in the place of what is stored, once it is loaded and found whole.

    Every process of Reveza has to be stopped. What was there is kept under another name. What was due when the backup
    was made is given to people: it may have been done since.
    """
    with BackupReader(file) as reader, standing_servers(alone=True) as settings:
        reader.verify()
        restorer = Restorer(settings, reader, click.echo)
        filled = asyncio.run(restorer.look(without_key=without_key))
        if filled and not replace:
            message = "there are businesses in the database already: say --replace to put the backup in their place"
            raise Conflict(message)
        if not yes:
            _ask(reader, filled=filled)
        _tell(asyncio.run(restorer.restore(datetime.now(UTC))))


def _ask(reader: BackupReader, *, filled: bool) -> None:
    at = f"{reader.manifest.taken_at:%Y-%m-%d %H:%M:%S} UTC"
    lost = f"Whatever was stored since {at} will be gone from what Reveza works on. " if filled else ""
    click.confirm(f"{lost}Restore the backup of {at}?", abort=True)


def _tell(restored: Restored) -> None:
    due = restored.settled
    click.echo(
        f"restored. Given to people, for it may be done already: {due.turns} answers the AI owed, {due.sends} messages "
        f"on their way, {due.fetches} to be fetched; {due.updates} things said in Telegram were let be"
    )
    click.echo(f'what was there is the database "{restored.replaced}" now; drop it when nothing of it is needed')
