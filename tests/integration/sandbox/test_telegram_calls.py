"""Calls of the Bot API as such: tokens, methods, and the ways to pass parameters."""

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramNotFound,
    TelegramUnauthorizedError,
)
from aiogram.methods import TelegramMethod

from sandbox.telegram.config import TelegramBot
from tests.integration.sandbox.conftest import Control
from tests.integration.sandbox.telegram_cast import BOT, FORUM, open_bot


async def test_a_wrong_token(telegram: Control) -> None:
    """A token that BotFather never gave is 401."""
    async with open_bot(TelegramBot(token="7001:AAE-wrong"), telegram.url) as bot:
        with pytest.raises(TelegramUnauthorizedError):
            await bot.get_me()


class Dance(TelegramMethod[bool]):
    """A method that Telegram does not have."""

    __returning__ = bool
    __api_method__ = "dance"


async def test_an_unknown_method(bot: Bot) -> None:
    """A method that does not exist is 404."""
    with pytest.raises(TelegramNotFound, match="method not found"):
        await bot(Dance())


async def test_calls_by_get_form_and_json(telegram: Control) -> None:
    """The Bot API takes a query, a form and JSON alike, and method names in any case."""
    url = f"{telegram.url}/bot{BOT.token}/SENDmessage"
    said = []
    body = {"chat_id": str(FORUM), "text": "oi"}
    async with telegram.http.get(url, params=body) as response:
        said.append((await response.json())["result"]["text"])
    async with telegram.http.post(url, data=body) as response:
        said.append((await response.json())["result"]["text"])
    async with telegram.http.post(url, json={"chat_id": FORUM, "text": "oi"}) as response:
        said.append((await response.json())["result"]["text"])
    assert said == ["oi"] * 3
