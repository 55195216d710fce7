"""``reveza channels``: a tenant's accounts, and what a channel's parser makes of a delivery."""

import asyncio
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import aiohttp
import click
import orjson

from app.commands.channel_accounts import connect, disconnect, list_accounts, reconnect
from channels.base import Channel
from channels.registry import build_channels
from core.domain.errors import BadRequest
from core.domain.events import InboundEvent, MediaRef

_STDIN = "-"


@click.group(commands=[connect, list_accounts, reconnect, disconnect])
def channels() -> None:
    """Channels: the providers that leads write through."""


@channels.command()
@click.argument("channel")
@click.argument("files", nargs=-1, type=click.Path())
def parse(channel: str, files: tuple[str, ...]) -> None:
    """Print the events of each FILE (a delivery as it came) as CHANNEL reads it, one JSON object a file.

    Without FILE, or for "-", the delivery comes from standard input.
    """
    failed = False
    with click.open_file("-", "wb") as out:
        for line in asyncio.run(_lines(channel, files or (_STDIN,))):
            failed = failed or "error" in line
            out.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
    sys.exit(1 if failed else 0)


async def _lines(name: str, files: tuple[str, ...]) -> list[dict[str, Any]]:
    async with aiohttp.ClientSession() as session:
        known = build_channels(session, {})
    if name not in known:
        message = f"no channel {name!r}; there are: {', '.join(known)}"
        raise click.BadParameter(message, param_hint="CHANNEL")
    return list(_parse_all(known[name], files))


def _parse_all(channel: Channel, files: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for file in files:
        try:
            with click.open_file(file, "rb") as source:
                events = channel.parse_inbound(source.read())
        except (OSError, BadRequest) as error:
            yield {"file": file, "error": error.strerror if isinstance(error, OSError) else str(error)}
        else:
            yield {"file": file, "events": [describe(event) for event in events]}


def describe(event: InboundEvent) -> Mapping[str, Any]:
    """The published form of an event: every key always there, ``null`` where it says nothing."""
    return {
        "kind": event.kind.value,
        "account": event.account,
        "sender_ids": [sender.value for sender in event.senders],
        "external_id": event.external_id,
        "type": event.type,
        "text": event.text,
        "media": _media(event.media),
        "ts": _time(event.ts),
        "ref_id": event.ref_id,
        "flags": list(event.flags),
    }


def _media(media: MediaRef | None) -> dict[str, str] | None:
    if media is None:
        return None
    given = {"id": media.id, "mime_type": media.mime_type, "url": media.url, "filename": media.filename}
    return {name: value for name, value in given.items() if value is not None}


def _time(ts: datetime | None) -> str | None:
    return ts.isoformat().replace("+00:00", "Z") if ts is not None else None
