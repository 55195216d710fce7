"""``reveza miniapp``: what the managers' pages are made from."""

import asyncio
import json

import click


@click.group()
def miniapp() -> None:
    """The managers' pages and their API."""


@miniapp.command()
def openapi() -> None:
    """Print the API's OpenAPI document; the pages keep theirs in miniapp/web/openapi.json."""
    from app.described import described_api  # noqa: PLC0415 - builds the whole API, which `--help` need not

    click.echo(json.dumps(asyncio.run(described_api()), ensure_ascii=False, indent=2))
