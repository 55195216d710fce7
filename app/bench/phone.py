"""The managers' Mini App, opened signed in on a slow phone with nothing in its cache, until a page is there to be used."""

import asyncio
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Final
from urllib.parse import quote, urlencode

import asyncpg

from app.bench.chromium import Tab, tab
from app.bench.launches import BOT_TOKEN, launch
from app.bench.pipeline_seeding import Past, seed_past
from app.bench.stage import Stage
from app.embedded.keeping import LOOPBACK
from app.front_end import FrontEnd
from core.domain.errors import Unavailable

TARGET_MS: Final = 2500
_MANAGER: Final = 1_000
_PAST: Final = Past(2_000)
_SLOWER: Final = 4
"""How much slower than this machine's the phone's processor is."""
_NETWORK: Final = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_638_400 / 8,
    "uploadThroughput": 750_000 / 8,
}
"""Lighthouse's mobile profile: 150 ms there and back, 1.6 Mbit/s down, 750 kbit/s up."""
_SCREEN: Final = {"width": 412, "height": 823, "deviceScaleFactor": 1.75, "mobile": True}
_NOTICED_MS: Final = 100
"""A task that is longer keeps a finger waiting for longer than anybody takes for at once."""
_QUIET_SECONDS: Final = 2.0
_PATIENCE_SECONDS: Final = 60.0
_LOOKS_SECONDS: Final = 0.25
_PROBE: Final = Path(__file__).with_name("phone_probe.js")
_THEME: Final = {
    "bg_color": "#ffffff", "text_color": "#000000", "hint_color": "#707579", "button_color": "#3390ec",
    "button_text_color": "#ffffff", "secondary_bg_color": "#f4f4f5", "section_bg_color": "#ffffff",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opening:
    """A page: its address below the app's, and what of it only the API's answers can show."""

    name: str
    path: str
    shown: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """One file or answer on its way: milliseconds since the launch, bytes on the wire."""

    name: str
    began: float
    ended: float
    size: int


@dataclass(frozen=True, slots=True)
class Opened:
    """How one opening went, in milliseconds since the launch."""

    painted: float
    shown: float
    usable: float
    """Shown, and from then on no task that a finger would notice."""
    blocked: float
    """By how much the tasks between the first paint and then were over 50 ms, together."""
    tapped: float
    """How long a tap on the navigation waited."""
    fetched: Sequence[Fetched] = field(repr=False)

    @property
    def needed(self) -> Sequence[Fetched]:
        """What had come when the page was shown."""
        return [one for one in self.fetched if one.ended <= self.shown]


def play(stage: Stage, folder: Path, browser: str, rounds: int) -> Mapping[str, Sequence[Opened]]:
    """Open every page so many times, each time anew; by the page's name."""
    pages = FrontEnd()
    if not pages.is_built:
        pages.build()
    with stage.web({"TELEGRAM_BOT_TOKEN": BOT_TOKEN}) as (_, port):
        lead = asyncio.run(_seeded(stage))
        openings = (
            Opening("dashboard", "dashboard", "dl dd"),
            Opening("leads", "", "[data-opens]"),
            Opening("a lead, by a link", f"?tgWebAppStartParam=lead_{lead}", "section[aria-label] h2"),
        )
        launches = _launches()
        return {
            one.name: [
                asyncio.run(
                    _opened(browser, folder / f"{number}-{place}", _address(port, one, next(launches)), one.shown)
                )
                for number in range(rounds)
            ]
            for place, one in enumerate(openings)
        }


def phone_table(opened: Mapping[str, Sequence[Opened]]) -> str:
    """Medians over the rounds, the slowest beside them, and how busy the machine was."""
    phone = f"a phone {_SLOWER} times slower than this machine, {_NETWORK['latency']} ms, 1.6 Mbit/s, nothing cached"
    lines = [
        f"{phone}; load {os.getloadavg()[0]:.1f}",
        f"{'':20}{'painted':>9}{'shown':>9}{'usable ms':>11}{'worst':>8}{'blocked':>9}{'a tap':>7}{'requests':>10}{'kB':>7}",
        *(_line(name, rounds) for name, rounds in opened.items()),
    ]
    return "\n".join(lines)


def waterfall(opened: Opened) -> str:
    """What was fetched, when, and how much of it came over the wire."""
    marks = f"painted {opened.painted:.0f}, shown {opened.shown:.0f}, usable {opened.usable:.0f}"
    rows = [f"{one.began:7.0f} – {one.ended:6.0f} ms{one.size:9d} B  {one.name}" for one in opened.fetched]
    return "\n".join([*rows, marks])


def _line(name: str, rounds: Sequence[Opened]) -> str:
    def middle(values: Iterator[float]) -> float:
        return median(values)

    return (
        f"{name:20}{middle(one.painted for one in rounds):9.0f}{middle(one.shown for one in rounds):9.0f}"
        f"{middle(one.usable for one in rounds):11.0f}{max(one.usable for one in rounds):8.0f}"
        f"{middle(one.blocked for one in rounds):9.0f}{middle(one.tapped for one in rounds):7.0f}"
        f"{middle(len(one.needed) for one in rounds):10.0f}"
        f"{middle(sum(part.size for part in one.needed) / 1000 for one in rounds):7.0f}"
    )


def _launches() -> Iterator[str]:
    """A launch opens one session: each is of another second."""
    now = int(time.time())
    yield from (launch(_MANAGER, at=now - before) for before in range(600))


def _address(port: int, opening: Opening, signed: str) -> str:
    told = {
        "tgWebAppData": signed,
        "tgWebAppVersion": "9.1",
        "tgWebAppPlatform": "android",
        "tgWebAppThemeParams": json.dumps(_THEME),
    }
    return f"http://{LOOPBACK}:{port}/miniapp/{opening.path}#{urlencode(told, quote_via=quote)}"


async def _seeded(stage: Stage) -> str:
    """A business as it is after half a year; one of its leads."""
    connection = await asyncpg.connect(stage.database())
    try:
        tenant = await seed_past(connection, "studio", _PAST, first_user=_MANAGER)
        await connection.execute("VACUUM (ANALYZE)")
        lead = await connection.fetchval("SELECT id FROM leads WHERE tenant_id = $1 ORDER BY id LIMIT 1", tenant)
        return str(lead.hex)
    finally:
        await connection.close()


async def _opened(browser: str, folder: Path, address: str, shown: str) -> Opened:
    await asyncio.to_thread(folder.mkdir, parents=True)
    async with tab(browser, folder) as page:
        await _made_a_phone(page)
        probe = _PROBE.read_text(encoding="utf-8").replace("__SHOWN__", json.dumps(shown))
        await page.tell("Page.addScriptToEvaluateOnNewDocument", source=probe)
        await page.tell("Page.navigate", url=address)
        seen = await _settled(page, address)
        return _read(seen, await _tapped(page))


async def _made_a_phone(page: Tab) -> None:
    await page.tell("Page.enable")
    await page.tell("Network.enable")
    await page.tell("Emulation.setDeviceMetricsOverride", **_SCREEN)
    await page.tell("Emulation.setTouchEmulationEnabled", enabled=True)
    await page.tell("Emulation.setLocaleOverride", locale="pt-BR")
    await page.tell("Network.emulateNetworkConditions", **_NETWORK)
    await page.tell("Emulation.setCPUThrottlingRate", rate=_SLOWER)


async def _settled(page: Tab, address: str) -> Mapping[str, Any]:
    """What the page has noted, once it is shown and nothing long has happened for a while."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        await asyncio.sleep(_LOOKS_SECONDS)
        seen = await page.value("window.seen?.()")
        if seen and seen["shown"] is not None and seen["now"] - _usable(seen) > _QUIET_SECONDS * 1000:
            found: Mapping[str, Any] = seen
            return found
        if time.monotonic() > deadline:
            words = await page.value("document.body.innerText")
            message = f"{address.partition('#')[0]} was not there within {_PATIENCE_SECONDS:g} s; it says: {words!r}"
            raise Unavailable(message)


def _usable(seen: Mapping[str, Any]) -> float:
    ends = [began + took for began, took in seen["tasks"] if took >= _NOTICED_MS]
    return float(max([seen["shown"], *ends]))


def _read(seen: Mapping[str, Any], tapped: float) -> Opened:
    usable = _usable(seen)
    over = [took - 50 for began, took in seen["tasks"] if seen["painted"] <= began < usable]
    fetched = [Fetched(one["name"], one["began"], one["ended"], one["size"]) for one in seen["fetched"]]
    return Opened(seen["painted"], seen["shown"], usable, sum(over), tapped, fetched)


async def _tapped(page: Tab) -> float:
    """How long a finger waits that touches another section, or, above a list, what is there to be touched."""
    place = await page.value("window.touchable()")
    await page.tell("Input.dispatchTouchEvent", type="touchStart", touchPoints=[place])
    await page.tell("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while (waited := await page.value("window.waited()")) is None:
        if time.monotonic() > deadline:
            message = "a tap was never answered"
            raise Unavailable(message)
        await asyncio.sleep(_LOOKS_SECONDS)
    return float(waited)
