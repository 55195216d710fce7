"""How the parts of a run find each other at its start."""

import asyncio
from collections.abc import Mapping, Sequence
from http import HTTPStatus

import aiohttp

from app import emulated
from core.domain.errors import Unavailable

_READY_SECONDS = 120.0


async def answering(probes: Sequence[str]) -> None:
    """Wait until all of these addresses answer that they are ready. Raises ``Unavailable``."""
    try:
        async with asyncio.timeout(_READY_SECONDS), aiohttp.ClientSession() as session:
            await asyncio.gather(*(_answers(session, url) for url in probes))
    except TimeoutError:
        message = f"not ready after {_READY_SECONDS:.0f} s; the lines above say why"
        raise Unavailable(message) from None


async def _answers(session: aiohttp.ClientSession, url: str) -> None:
    while True:
        try:
            async with session.get(url) as response:
                if response.status == HTTPStatus.OK:
                    return
        except aiohttp.ClientError:
            pass
        await asyncio.sleep(0.05)


async def introduced(emulators: Mapping[str, str]) -> list[str]:
    """Shake hands as Meta does when a callback is configured, and let the team press /start.

    The names of emulators whose handshake was refused.
    """
    apps = {"meta": emulated.APP_ID, "instagram": emulated.INSTAGRAM_APP_ID}
    async with aiohttp.ClientSession() as session:
        if url := emulators.get("telegram"):
            for member in emulated.TEAM:
                await _posted(session, f"{url}/_sandbox/start", body={"user_id": member.telegram_user_id})
        told = {
            name: await _posted(session, f"{emulators[name]}/_sandbox/subscribe", app_id=app_id)
            for name, app_id in apps.items()
            if name in emulators
        }
    return [name for name, answer in told.items() if not answer.get("success")]


async def _posted(
    session: aiohttp.ClientSession, url: str, *, body: Mapping[str, object] | None = None, **query: str
) -> dict[str, object]:
    async with session.post(url, params=query, json=body) as answer:
        told: dict[str, object] = await answer.json() if answer.ok else {}
        return told
