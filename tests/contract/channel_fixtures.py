"""Every registered channel, and what lies in its folder of fixtures: what the contract suites run over."""

import asyncio
import json
from functools import cache
from pathlib import Path
from typing import Any

import aiohttp

from channels.base import Channel, Credentials
from channels.registry import build_channels

FOLDERS = [Path(__file__).parent.parent / "fixtures" / "channels"]
"""Where the channels' folders lie."""


async def _built() -> dict[str, Channel]:
    async with aiohttp.ClientSession() as session:
        return build_channels(session, {})


@cache
def channels() -> dict[str, Channel]:
    """Every channel under its name, to read with: its session is closed."""
    return asyncio.run(_built())


def folder(name: str) -> Path:
    """A channel's folder; where there is none yet, the place for it."""
    return next((found for root in FOLDERS if (found := root / name).is_dir()), FOLDERS[0] / name)


def provider(name: str, ability: str) -> bool:
    """Whether a provider has what others have; what ``provider.json`` leaves unsaid holds."""
    file = folder(name) / "provider.json"
    given = json.loads(file.read_bytes()) if file.is_file() else {}
    return bool(given.get(ability, True))


def body(name: str, delivery: str) -> bytes:
    """The very bytes of a delivery."""
    return (folder(name) / f"{delivery}.json").read_bytes()


def described(name: str, file: str) -> Any:
    """What a JSON file of the channel says."""
    return json.loads((folder(name) / file).read_bytes())


def credentials(name: str) -> Credentials:
    """What verifies the channel's fixtures."""
    given = described(name, "credentials.json")
    return Credentials(given["account_key"], given["secrets"])
