"""Stored updates: each is processed until it is done or given up, and none holds back another chat's."""

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from aiogram import Bot, Dispatcher
from aiogram.types import Message
from structlog.testing import capture_logs

from bot.middlewares import Acting
from bot.processor import Processor
from bot.refused import Refused
from bot.replies import Replies
from bot.texts import Catalogs
from core.domain.errors import Unavailable
from core.services.update_inbox import NewUpdate, UpdateInbox
from tests.integration.bot.stage import running
from tests.integration.sandbox.conftest import Control
from tests.integration.sandbox.telegram_cast import ANA, BIA, BOT
from tests.integration.services.desk import Desk
from tests.patience import PATIENCE

DONE = "SELECT count(*) FROM telegram_updates WHERE done_at IS NOT NULL"


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[Any]]:
    """What is logged meanwhile; tracebacks are not drawn."""
    with capture_logs() as logs:
        yield logs


def written(number: int, text: str, chat_id: int = ANA) -> NewUpdate:
    """An update as it is stored."""
    person = {"id": chat_id, "first_name": "Ana"}
    chat = {**person, "type": "private"}
    message = {"message_id": number, "date": 1, "chat": chat, "from": {**person, "is_bot": False}, "text": text}
    return NewUpdate(number, chat_id, json.dumps({"update_id": number, "message": message}).encode())


def processor_of(bot: Bot, handler: Callable[..., Any], inbox: UpdateInbox, **more: Any) -> Processor:
    """A process whose only handler is the given one."""
    dispatcher = Dispatcher(disable_fsm=True)
    dispatcher.update.outer_middleware(Acting(Catalogs.load(), Refused(Replies(bot))))
    dispatcher.message.register(handler)
    return Processor(inbox, bot, dispatcher, **more)


async def _done(desk: Desk, count: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while await desk.value(DONE) < count:
            # What was put off need not be waited for.
            await desk.run(
                "UPDATE telegram_updates SET lease_until = now() WHERE error IS NOT NULL AND done_at IS NULL"
            )
            await asyncio.sleep(0.02)


async def test_a_chat_goes_in_order_and_chats_side_by_side(desk: Desk, bot: Bot) -> None:
    """While Ana's first waits for something, Bia's is done, and Ana's second is not begun."""
    inbox, go_on = UpdateInbox(BOT.id), asyncio.Event()
    begun: list[str] = []

    async def handler(message: Message) -> None:
        begun.append(message.text or "")
        if message.text == "first":
            await go_on.wait()

    await inbox.store([written(1, "first"), written(2, "second"), written(3, "other", BIA)])
    async with running(processor_of(bot, handler, inbox)):
        await _done(desk, 1)
        assert sorted(begun) == ["first", "other"]
        go_on.set()
        await _done(desk, 3)
    assert begun[-1] == "second"


async def test_what_fails_is_tried_again_under_the_same_key(desk: Desk, bot: Bot) -> None:
    """So that what it did before it failed is not done twice; its words are forgotten at the end."""
    inbox, keys = UpdateInbox(BOT.id), []

    async def handler(message: Message, update_key: UUID) -> None:
        keys.append(update_key)
        if len(keys) < 3:
            raise Unavailable

    await inbox.store([written(1, "Oi")])
    async with running(processor_of(bot, handler, inbox)):
        await _done(desk, 1)
    assert (len(keys), len(set(keys))) == (3, 1)
    assert await desk.value("SELECT body FROM telegram_updates") == b""


async def test_what_always_fails_is_given_up_with_its_class(desk: Desk, bot: Bot, telegram: Control) -> None:
    """The person is told at the last attempt, and what is behind it in the lane goes on."""
    inbox, seen = UpdateInbox(BOT.id, attempts=2), []
    await telegram.post("start", user_id=ANA, bot_id=BOT.id)

    async def handler(message: Message) -> None:
        seen.append(message.text)
        if message.text == "poison":
            raise ZeroDivisionError

    await inbox.store([written(1, "poison"), written(2, "after")])
    async with running(processor_of(bot, handler, inbox)):
        await _done(desk, 2)
    assert seen == ["poison", "poison", "after"]
    assert await desk.value("SELECT error FROM telegram_updates WHERE update_id = 1") == "ZeroDivisionError"
    chat = (await telegram.get("chats", after=-1, chat_id=ANA, bot_id=BOT.id))["chats"][0]
    assert [one["text"] for one in chat["messages"]][1:] == [
        "Não consegui fazer isso agora. Tente de novo em alguns minutos."
    ]


async def test_what_takes_too_long_is_tried_again(desk: Desk, bot: Bot) -> None:
    """Before its lease is over, so that nobody else does it meanwhile."""
    inbox, tried = UpdateInbox(BOT.id), []

    async def handler(message: Message) -> None:
        tried.append(message.text)
        if len(tried) == 1:
            await asyncio.Event().wait()

    await inbox.store([written(1, "Oi")])
    async with running(processor_of(bot, handler, inbox, seconds=0.1)):
        await _done(desk, 1)
    assert tried == ["Oi", "Oi"]


async def test_an_update_of_an_unknown_shape_is_passed_over(desk: Desk, bot: Bot) -> None:
    """Nothing would ever come of it."""
    inbox, seen = UpdateInbox(BOT.id), []

    async def handler(message: Message) -> None:
        seen.append(message.text)

    await inbox.store([NewUpdate(1, ANA, b'{"update_id": 1, "message": {"text": "half \\ud83d"}}'), written(2, "next")])
    async with running(processor_of(bot, handler, inbox)):
        await _done(desk, 2)
    assert seen == ["next"]


async def test_what_is_under_way_is_finished_at_the_end(desk: Desk, bot: Bot) -> None:
    """A process that is told to stop leaves nothing half done."""
    inbox, begun = UpdateInbox(BOT.id), asyncio.Event()

    async def handler(message: Message) -> None:
        begun.set()
        await asyncio.sleep(0.2)

    await inbox.store([written(1, "Oi")])
    async with running(processor_of(bot, handler, inbox)):
        await begun.wait()
    assert await desk.value(DONE) == 1
