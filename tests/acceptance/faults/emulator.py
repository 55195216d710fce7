"""Steering the emulators: leads that write, faults, held calls, the log."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import orjson


class RefusedError(AssertionError):
    """The emulator does not do what was asked of it, in its own words."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The control calls of one of the emulators."""

    session: aiohttp.ClientSession
    base: str

    async def arm(self, action: str, match: Mapping[str, str] | None = None, **more: object) -> int:
        """Arm a fault rule; its id."""
        rule = {"action": action, "match": dict(match or {}), **more}
        return int((await self.post("faults", rule))["id"])

    async def disarm(self, rule_id: int | None = None) -> None:
        """Drop one rule, or all."""
        query = {} if rule_id is None else {"id": str(rule_id)}
        async with self.session.delete(f"{self.base}/_sandbox/faults", params=query) as answer:
            answer.raise_for_status()

    async def bitten(self, seconds: float = 30.0, *, misses: int = 0) -> None:
        """Wait until every armed rule has met the calls it is for (one for ever, at least one), but for ``misses``."""
        deadline = asyncio.get_running_loop().time() + seconds
        while waiting := await self._waiting():
            if asyncio.get_running_loop().time() > deadline:
                if waiting <= misses:
                    return
                raise AssertionError(f"{waiting} faults met no call within {seconds} s")
            await asyncio.sleep(0.2)

    async def _waiting(self) -> int:
        async with self.session.get(f"{self.base}/_sandbox/faults") as answer:
            rules = (await answer.json())["faults"]
        return sum(1 for rule in rules if rule["left"] is not None or not rule["caught"])

    async def held(self, count: int = 1, seconds: float = 30.0) -> list[dict[str, Any]]:
        """The held calls, once there are ``count`` or the time is over."""
        query = {"count": str(count), "wait_ms": str(int(seconds * 1000))}
        async with self.session.get(f"{self.base}/_sandbox/held", params=query) as answer:
            found: list[dict[str, Any]] = (await answer.json())["held"]
            return found

    async def caught(
        self, meant: Callable[[Mapping[str, Any]], bool], seconds: float = 30.0, *, may_be_gone: bool = False
    ) -> int | None:
        """The held call that is meant, once there is one; none only where its caller may have died before it came, or after."""
        deadline = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < deadline:
            for call in await self.held(0, 0.0):
                if meant(call):
                    return int(call["id"])
            await asyncio.sleep(0.1)
        if not may_be_gone:
            raise AssertionError(f"no such call was held within {seconds} s")
        return None

    async def release(self, hold_id: int | None = None, then: str = "go") -> None:
        """Let one held call go on, or all."""
        body: dict[str, object] = {"then": then}
        if hold_id is not None:
            body["id"] = hold_id
        await self.post("release", body)

    async def post(self, call: str, body: Mapping[str, object]) -> dict[str, Any]:
        """Any control call."""
        async with self.session.post(f"{self.base}/_sandbox/{call}", json=body) as answer:
            if not answer.ok:
                raise RefusedError(await answer.text())
            told: dict[str, Any] = await answer.json()
            return told

    async def get(self, call: str, **query: int) -> dict[str, Any]:
        """Read what a control call tells."""
        async with self.session.get(f"{self.base}/_sandbox/{call}", params=query) as answer:
            told: dict[str, Any] = await answer.json()
            return told


@dataclass(frozen=True, slots=True)
class Emulator:
    """The emulators and their common log."""

    meta: Desk
    claude: Desk
    telegram: Desk
    log: Path

    async def write(
        self, number_id: str, lead: str, text: str, *, copies: int = 1, urls: Sequence[str] = (), **more: object
    ) -> str:
        """A lead writes; the provider's id of the message."""
        body = {"phone_number_id": number_id, "from": lead, "name": "Ana", "text": text, "copies": copies, **more}
        if urls:
            body["callback_urls"] = list(urls)
        return str((await self.meta.post("lead", body))["wamid"])

    async def owner_writes(self, number_id: str, lead: str, text: str, *, wait: bool = False) -> None:
        """The business answers on its own phone; ``wait``: until the echo is acknowledged."""
        await self.meta.post("owner", {"phone_number_id": number_id, "to": lead, "text": text, "wait": wait})

    async def calm(self) -> None:
        """No fault is armed and nothing is held any more."""
        for desk in (self.meta, self.claude, self.telegram):
            await desk.disarm()
            await desk.release()

    def events(self, start: int = 0) -> Iterator[dict[str, Any]]:
        """The log's events from that byte on."""
        with self.log.open("rb") as file:
            file.seek(start)
            for line in file.read().splitlines(keepends=True):
                if line.endswith(b"\n"):
                    yield orjson.loads(line)


@asynccontextmanager
async def open_emulator(log: Path, *, meta_url: str, claude_url: str, telegram_url: str) -> AsyncIterator[Emulator]:
    """Control calls for as long as the block lasts."""
    connector = aiohttp.TCPConnector(limit=64)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=60)) as session:
        yield Emulator(Desk(session, meta_url), Desk(session, claude_url), Desk(session, telegram_url), log)
