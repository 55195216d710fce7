"""A Chromium without a window, told what to do in its own protocol (chromedevtools.github.io/devtools-protocol)."""

import asyncio
import itertools
import os
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

import aiohttp

from app.embedded.processes import start, stop_child, tail, wait_until
from core.domain.errors import Unavailable

_STARTING_SECONDS: Final = 30.0
_ANSWERING_SECONDS: Final = 60.0
_STOP: Final = ((signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0))
_QUIETLY: Final = (
    "--headless=new",
    "--remote-debugging-port=0",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--hide-scrollbars",
    "--mute-audio",
)


class Tab:
    """One page, in a context of its own: nothing is in its cache."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._session: str | None = None

    async def open(self) -> None:
        """Make the context and its page."""
        context = await self.tell("Target.createBrowserContext")
        page = await self.tell("Target.createTarget", url="about:blank", browserContextId=context["browserContextId"])
        attached = await self.tell("Target.attachToTarget", targetId=page["targetId"], flatten=True)
        self._session = attached["sessionId"]

    async def tell(self, method: str, **params: object) -> Mapping[str, Any]:
        """Have it do something, and wait for its answer."""
        number = next(self._numbers)
        call: dict[str, object] = {"id": number, "method": method, "params": params}
        await self._socket.send_json(call if self._session is None else call | {"sessionId": self._session})
        async with asyncio.timeout(_ANSWERING_SECONDS):
            while (told := await self._socket.receive_json()).get("id") != number:
                pass  # what happens meanwhile is of no interest: the page itself notes what is measured
        if "error" in told:
            message = f"the browser refused {method}: {told['error']['message']}"
            raise Unavailable(message)
        result: Mapping[str, Any] = told["result"]
        return result

    async def value(self, expression: str) -> Any:
        """What a script's expression comes to in the page."""
        told = await self.tell("Runtime.evaluate", expression=expression, returnByValue=True)
        return told["result"].get("value")


@asynccontextmanager
async def tab(program: str, folder: Path) -> AsyncIterator[Tab]:
    """A browser of its own with one page, until the block ends; ``folder``, which is there, holds its profile."""
    log = folder / "chromium.log"
    # As root its own sandbox does not start.
    rooted = ["--no-sandbox"] if os.geteuid() == 0 else []
    command = [program, *_QUIETLY, *rooted, f"--user-data-dir={folder / 'profile'}", "about:blank"]
    child = start(command, log=log, death_signal=signal.SIGKILL)
    try:
        told = folder / "profile" / "DevToolsActivePort"
        if not await asyncio.to_thread(
            wait_until, lambda: _is_told(told) or child.poll() is not None, _STARTING_SECONDS
        ):
            message = f"the browser did not start:\n{tail(log)}"
            raise Unavailable(message)
        port, path = told.read_text().split()
        async with (
            aiohttp.ClientSession() as http,
            http.ws_connect(f"http://127.0.0.1:{port}{path}", max_msg_size=0) as socket,
        ):
            opened = Tab(socket)
            await opened.open()
            yield opened
    finally:
        await asyncio.to_thread(stop_child, child, _STOP)


def _is_told(place: Path) -> bool:
    with suppress(OSError):
        return "\n" in place.read_text()
    return False
