"""``reveza backup``: everything that is stored, in one file; and what such a file is worth."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import click

from app.backups import keep_newest, name_at, open_folder, usual_folder
from app.restoring import Restorer
from app.settings import Settings
from app.standing import standing_servers
from app.version import VERSION
from db.backup.archive import BackupReader, BackupWriter
from db.backup.dump import back_up
from db.backup.manifest import Manifest

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group(invoke_without_command=True)
@click.option("--to", "folder", type=click.Path(path_type=Path, file_okay=False), help="The folder it goes to.")
@click.option("--keep", type=click.IntRange(min=1), help="Remove all but the newest so many backups in that folder.")
@click.pass_context
def backup(context: click.Context, folder: Path | None, keep: int | None) -> None:
    """Write everything that is stored into one file, as of one moment, and read it back. Nothing need be stopped."""
    if context.invoked_subcommand is not None:
        return
    with standing_servers(alone=False) as settings:
        folder = open_folder(folder or usual_folder(settings))
        path = folder / name_at(datetime.now(UTC))
        manifest = _write(settings, path)
    click.echo(f"{path}: {_told(manifest)}, {path.stat().st_size / 1e6:,.1f} MB, read back and whole")
    for removed in keep_newest(folder, keep) if keep else ():
        click.echo(f"removed {removed.name}")


@backup.command()
@click.argument("file", type=_FILE)
@click.option("--deep", is_flag=True, help="Also load it into a scratch database, and compare every row.")
def verify(file: Path, *, deep: bool) -> None:
    """Read all of FILE and compare it with what it says of itself."""
    with BackupReader(file) as reader:
        reader.verify()
        click.echo(f"{file} is whole: {_told(reader.manifest)}")
        if deep:
            with standing_servers(alone=False) as settings:
                asyncio.run(Restorer(settings, reader, click.echo).rehearse())
            click.echo(
                "loaded into a scratch database and migrated, it was the same row by row; that one is gone again"
            )


def _write(settings: Settings, path: Path) -> Manifest:
    with BackupWriter(path) as writer:
        manifest = asyncio.run(
            back_up(settings.database_url_for("backup"), writer, product=VERSION, keys=settings.key_fingerprints)
        )
        writer.finish()
    return manifest


def _told(manifest: Manifest) -> str:
    return (
        f"{manifest.rows:,} rows of {len(manifest.tables)} tables as of {manifest.taken_at:%Y-%m-%d %H:%M:%S} UTC "
        f"(Reveza {manifest.product}, schema {manifest.schema_version})"
    )
