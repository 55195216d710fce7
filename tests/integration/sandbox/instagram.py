"""An Instagram account of either login at the emulator, and a bare client of its Send API."""

import json
from dataclasses import dataclass
from typing import Any, cast

import aiohttp

from sandbox.instagram.config import InstagramAccount, InstagramApp, InstagramConfig, InstagramSettings

ACCOUNT = "17840000000000001"
PAGE_ACCOUNT = "17840000000000002"
PAGE = "700700700700700"
IG_TOKEN = "IGAA-sandbox-token"
PAGE_TOKEN = "EAAG-sandbox-page-token"
APP_SECRET = "secret-of-the-app"
PRODUCT_SECRET = "secret-of-the-instagram-product"
APP_ID = "300000000000001"
LEAD = "6610000000000001"
QUICK = InstagramSettings(echo_ms=1, read_ms=None, retry_first_ms=20, retry_max_ms=80, retry_deadline_s=5)


def instagram_config(callback_url: str) -> InstagramConfig:
    """One app, an account by Instagram Login and one by Facebook Login."""
    app = InstagramApp(
        app_id=APP_ID,
        app_secret=APP_SECRET,
        instagram_app_secret=PRODUCT_SECRET,
        verify_token="handshake-token",
        callback_urls=(callback_url,),
    )
    accounts = (
        InstagramAccount(account=ACCOUNT, app_id=APP_ID, instagram_token=IG_TOKEN),
        InstagramAccount(account=PAGE_ACCOUNT, app_id=APP_ID, page_token=PAGE_TOKEN, page_id=PAGE),
    )
    return InstagramConfig(apps=(app,), accounts=accounts, settings=QUICK)


def told(body: bytes) -> dict[str, Any]:
    """The only element of a webhook."""
    [entry] = json.loads(body)["entry"]
    [found] = entry.get("messaging") or entry["standby"]
    return cast("dict[str, Any]", found)


@dataclass(frozen=True, slots=True)
class Direct:
    """A bare client."""

    http: aiohttp.ClientSession
    url: str

    async def send(self, text: str = "Olá", to: str = LEAD, **more: Any) -> tuple[int, dict[str, Any]]:
        """Send a text from the account of Instagram Login."""
        return await self.post(
            f"v26.0/{ACCOUNT}/messages", {"recipient": {"id": to}, "message": {"text": text}, **more}
        )

    async def post(self, path: str, body: object, token: str = IG_TOKEN) -> tuple[int, dict[str, Any]]:
        """Any call that changes something."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self.http.post(f"{self.url}/{path}", json=body, headers=headers) as response:
            return response.status, cast("dict[str, Any]", await response.json())

    async def get(self, path: str, token: str = IG_TOKEN) -> tuple[int, dict[str, Any]]:
        """Any call that asks."""
        async with self.http.get(f"{self.url}/{path}", headers={"Authorization": f"Bearer {token}"}) as response:
            return response.status, cast("dict[str, Any]", await response.json())
