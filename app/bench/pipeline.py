"""The managers' Mini App over a long past: what its screens ask, one request after the other, over HTTP."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final

import aiohttp
import asyncpg

from app.bench.launches import BOT_TOKEN, launch
from app.bench.pipeline_seeding import RARE, Past, seed_past
from app.bench.stage import Stage
from app.embedded.keeping import LOOPBACK
from core.domain.errors import Unavailable

ASKED: Final[Mapping[str, str]] = {
    "list": "/leads",
    "list, second page": "",
    **{f"sorted by {sort}": f"/leads?sort={sort}" for sort in ("score", "name", "created")},
    "name: ana": "/leads?q=ana",
    "name: conceicao": "/leads?q=conceicao",
    "name: zelia xav": "/leads?q=zelia%20xav",
    "name, part: ceic": "/leads?q=ceic",
    "name, by score": "/leads?q=ana&sort=score",
    "phone: 9123": "/leads?q=9123",
    "text, common: oi": "/leads?q=oi",
    "text, one letter: a": "/leads?q=a",
    "text, two words": "/leads?q=pilates%20joelho",
    "text, rare": f"/leads?q={RARE[:8]}",
    "text, nowhere": "/leads?q=xyzzy",
    "stage": "/leads?stage=lost",
    "status: waiting": "/leads?status=waiting_human",
    "status: closed": "/leads?status=closed",
    "channel": "/leads?channel=instagram",
    "tag, rare": "/leads?tag=raro",
    "tag, common": "/leads?tag=vip",
    "source": "/leads?source=ad",
    "nobody's": "/leads?unassigned=true",
    "stage and source by name": "/leads?stage=hot&source=ad&sort=name",
    "board": "/board",
    "board, channel": "/board?channel=instagram",
    "board, searched": "/board?q=conceicao",
    "tags": "/tags",
    **{f"dashboard, {days} days": f"/dashboard?days={days}" for days in (7, 30, 90)},
    **{f"funnel, {days} days": f"/dashboard/funnel?days={days}" for days in (7, 30, 90)},
}
"""What is asked, by what it is called. Where the list goes on is known once it was read."""
_BIG: Final = Past(50_000)
_SMALL: Final = Past(5_000)
_BIG_USER: Final = 1_000
_SMALL_USER: Final = 2_000
_WHO: Final = ("manager", "attendant")
"""As ``MEMBERS`` begin."""
_OK: Final = 200
_WARMUP: Final = 3


@dataclass(frozen=True, slots=True)
class Looked:
    """How long an answer took, in milliseconds, half the time and nineteen times of twenty."""

    who: str
    asked: str
    p50: float
    p95: float


def look(stage: Stage, times: int) -> Sequence[Looked]:
    """A manager and an attendant look at everything, so many times each."""
    with stage.web({"TELEGRAM_BOT_TOKEN": BOT_TOKEN}) as (_, port):
        asyncio.run(_seeded(stage))
        return asyncio.run(_looked(port, times))


def table(looked: Sequence[Looked]) -> str:
    """One line for each thing that was asked, both of those who asked beside each other."""
    people = list(dict.fromkeys(one.who for one in looked))
    found = {(one.who, one.asked): one for one in looked}
    lines = [f"{'ms':28}" + "".join(f"{who + ' p50':>18}{'p95':>9}" for who in people)]
    for asked in ASKED:
        cells = "".join(f"{found[who, asked].p50:18.1f}{found[who, asked].p95:9.1f}" for who in people)
        lines.append(f"{asked:28}{cells}")
    return "\n".join(lines)


async def _seeded(stage: Stage) -> None:
    connection = await asyncpg.connect(stage.database())
    try:
        await seed_past(connection, "big", _BIG, first_user=_BIG_USER)
        await seed_past(connection, "small", _SMALL, first_user=_SMALL_USER)
        await connection.execute("VACUUM (ANALYZE)")
    finally:
        await connection.close()


async def _looked(port: int, times: int) -> list[Looked]:
    looked = []
    opened_at = count(int(time.time()), -1)
    async with aiohttp.ClientSession(f"http://{LOOPBACK}:{port}") as http:
        for number, who in enumerate(_WHO):
            for asked, path in ASKED.items():
                # A session of its own for each: no person asks as often as this. A launch opens one.
                access = await _signed_in(http, launch(_BIG_USER + number, at=next(opened_at)))
                took = sorted([one async for one in _asked(http, access, path, times)])
                looked.append(Looked(who, asked, took[len(took) // 2], took[int(len(took) * 0.95)]))
    return looked


async def _signed_in(http: aiohttp.ClientSession, opened_by: str) -> str:
    async with http.post("/api/v1/session", json={"init_data": opened_by}) as response:
        return str((await response.json(content_type=None))["access_token"])


async def _asked(http: aiohttp.ClientSession, access: str, path: str, times: int) -> AsyncIterator[float]:
    """How long each answer took, the first few aside."""
    if not path:
        first = await _answer(http, access, "/leads")
        path = f"/leads?cursor={first['next_cursor']}"
    for number in range(_WARMUP + times):
        began = time.perf_counter()
        await _answer(http, access, path)
        if number >= _WARMUP:
            yield (time.perf_counter() - began) * 1000


async def _answer(http: aiohttp.ClientSession, access: str, path: str) -> dict[str, object]:
    async with http.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {access}"}) as response:
        found: dict[str, object] = await response.json(content_type=None)
        if response.status != _OK:
            message = f"{path}: {response.status} {found}"
            raise Unavailable(message)
        return found
