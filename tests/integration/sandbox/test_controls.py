"""Only programs of this machine control the emulators: with a real model behind one of them, a call costs money."""

import aiohttp
import pytest

from sandbox.server import EMULATORS, Sandbox

SAY = "/_sandbox/health"
FOREIGN = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Host": "evil.example"},
    {"Sec-Fetch-Site": "cross-site"},
)


@pytest.mark.parametrize(
    "headers", FOREIGN, ids=["another site", "a sandboxed frame", "a name that leads here", "no origin told"]
)
@pytest.mark.parametrize("emulator", EMULATORS)
async def test_a_page_in_the_browser_controls_nothing(
    emulators: Sandbox, http: aiohttp.ClientSession, emulator: str, headers: dict[str, str]
) -> None:
    """Whichever emulator, whatever it asks."""
    async with http.post(f"{emulators.urls[emulator]}/_sandbox/anything", headers=headers) as response:
        assert response.status == 403
    async with http.get(emulators.urls[emulator] + SAY) as response:
        assert response.status == 200


async def test_what_vendors_have_is_open(emulators: Sandbox, http: aiohttp.ClientSession) -> None:
    """A vendor's API asks nobody where he comes from."""
    url = f"{emulators.telegram_url}/bot1:x/getMe"
    async with http.get(url, headers={"Origin": "https://somewhere.example"}) as response:
        assert response.status == 401
