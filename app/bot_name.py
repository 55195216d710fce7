"""The name of the installation's bot, asked of Telegram once: the web process needs nothing else of the bot's library."""

from typing import Final

import aiohttp
from pydantic import BaseModel, ValidationError

from core.domain.errors import Unavailable

_SECONDS: Final = 5.0


class _Bot(BaseModel):
    username: str


class _GetMe(BaseModel):
    result: _Bot


class TelegramBotName:
    """Asks when the name is first needed, and remembers it: a bot's name changes with its owner's intent alone."""

    def __init__(self, session: aiohttp.ClientSession, api_url: str, token: str) -> None:
        self._session = session
        self._address = f"{api_url}/bot{token}/getMe"
        self._name = ""

    async def __call__(self) -> str:
        """The name. Raises ``Unavailable``, never with the address: the token stands in it."""
        if not self._name:
            self._name = await self._asked()
        return self._name

    async def _asked(self) -> str:
        try:
            async with self._session.get(self._address, timeout=aiohttp.ClientTimeout(total=_SECONDS)) as response:
                return _GetMe.model_validate_json(await response.read()).result.username
        except (aiohttp.ClientError, TimeoutError, ValidationError):
            message = "Telegram does not tell the bot's name now"
            raise Unavailable(message) from None
