"""Every fault of the Telegram emulator, as aiogram meets it; and Telegram's quotas."""

import asyncio
import json
from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import SendMessage

from tests.integration.sandbox.conftest import Control, eventually
from tests.integration.sandbox.telegram_cast import ANA, BOT, FORUM, GROUP
from tests.integration.sandbox.test_telegram_updates import Hook, serving
from tests.patience import PATIENCE


async def texts(telegram: Control, chat_id: int = FORUM) -> list[str]:
    """What stands in the chat."""
    chats = (await telegram.get("chats", chat_id=chat_id))["chats"]
    return [message.get("text", "") for message in chats[0]["messages"]]


async def test_too_many_requests(bot: Bot, telegram: Control) -> None:
    """A 429 carries the seconds to wait, and nothing is sent."""
    await telegram.post("faults", action="status", http=429, retry_after=7)
    with pytest.raises(TelegramRetryAfter) as caught:
        await bot.send_message(FORUM, "oi")
    await bot.send_message(FORUM, "de novo")
    assert (caught.value.retry_after, await texts(telegram)) == (7, ["de novo"])


@pytest.mark.parametrize(
    ("code", "expected"),
    [(429, TelegramRetryAfter), (500, TelegramServerError), (502, TelegramServerError), (403, TelegramForbiddenError)],
)
async def test_errors_by_status(bot: Bot, telegram: Control, code: int, expected: type[Exception]) -> None:
    """Each status comes out as aiogram's exception for it."""
    await telegram.post("faults", action="status", http=code)
    with pytest.raises(expected):
        await bot.send_message(FORUM, "oi")


async def test_an_error_with_other_words(bot: Bot, telegram: Control) -> None:
    """The words of a refusal can be chosen."""
    await telegram.post("faults", action="status", status={"http": 400, "description": "Bad Request: TOPIC_DELETED"})
    with pytest.raises(TelegramBadRequest, match="TOPIC_DELETED"):
        await bot.send_message(FORUM, "oi")


async def test_down_until_it_is_cleared(bot: Bot, telegram: Control) -> None:
    """While Telegram is down every call fails, polls too; afterwards they work."""
    rule = (await telegram.post("faults", action="down"))["id"]
    for call in (bot.send_message(FORUM, "oi"), bot.get_updates(), bot.get_me()):
        with pytest.raises(TelegramNetworkError):
            await call
    await telegram.delete(f"faults?id={rule}")
    await bot.send_message(FORUM, "voltou")
    assert await texts(telegram) == ["voltou"]


async def test_no_webhook_leaves_while_it_is_down(bot: Bot, telegram: Control) -> None:
    """Updates of the time it was down come afterwards."""
    hook = Hook()
    async with serving(hook.take) as url:
        await bot.set_webhook(url)
        await telegram.post("faults", action="down")
        await telegram.post("write", user_id=ANA, bot_id=BOT.id, text="oi")
        during = await telegram.events("telegram_webhook_attempt")
        await telegram.delete("faults")
        await eventually(lambda: hook.texts == ["oi"])
        await bot.delete_webhook()
    assert during == []


async def test_cut_sends_nothing(bot: Bot, telegram: Control) -> None:
    """A cut connection is a network error, and nothing was sent."""
    await telegram.post("faults", action="cut")
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(FORUM, "oi")
    await bot.send_message(FORUM, "de novo")
    assert await texts(telegram) == ["de novo"]


async def test_accept_then_cut_sends(bot: Bot, telegram: Control) -> None:
    """The same error, but the message is there."""
    await telegram.post("faults", action="accept_then_cut", match={"method": "sendMessage", "text_contains": "cart"})
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(FORUM, "o cartão")
    names = [event["event"] for event in await telegram.events() if event.get("call")]
    assert await texts(telegram) == ["o cartão"]
    assert names == ["telegram_call", "telegram_accepted", "telegram_cut"]


async def test_hold_accepts_and_waits(bot: Bot, telegram: Control) -> None:
    """A held call is accepted at once and answered on release."""
    await telegram.post("faults", action="hold", match={"chat_id": str(FORUM)})
    call = asyncio.create_task(bot.send_message(FORUM, "oi"))
    held = (await telegram.get("held", wait_ms=2000))["held"]
    during = await texts(telegram)
    await telegram.post("release", id=held[0]["id"])
    assert (
        (held[0]["stage"], held[0]["method"], during),
        (await call).text,
    ) == (("after", "sendMessage", ["oi"]), "oi")


async def test_a_timeout_after_acceptance(bot: Bot, telegram: Control) -> None:
    """A caller that gives up leaves its message behind."""
    await telegram.post("faults", action="hold")
    with pytest.raises(TelegramNetworkError, match="Request timeout error"):
        await bot(SendMessage(chat_id=FORUM, text="oi"), request_timeout=1)
    await telegram.nothing_held()
    assert (await texts(telegram), len(await telegram.events("telegram_abandoned"))) == (["oi"], 1)


async def test_hold_before_sends_nothing_yet(bot: Bot, telegram: Control) -> None:
    """A call held before its acceptance is sent on release, or never when it is cut."""
    await telegram.post("faults", action="hold_before", times=2)
    first = asyncio.create_task(bot.send_message(GROUP, "vai"))
    await telegram.get("held", wait_ms=2000)
    during = await texts(telegram, GROUP)
    await telegram.post("release")
    await first
    second = asyncio.create_task(bot.send_message(GROUP, "não vai"))
    await telegram.get("held", wait_ms=2000)
    await telegram.post("release", then="cut")
    with pytest.raises(TelegramNetworkError):
        await second
    assert (during, await texts(telegram, GROUP)) == ([], ["vai"])


async def test_slow_answers_late(bot: Bot, telegram: Control) -> None:
    """A slow call takes its time and works."""
    await telegram.post("faults", action="slow", ms=60)
    clock = asyncio.get_running_loop().time
    started = clock()
    await bot.send_message(FORUM, "oi")
    assert clock() - started >= 0.06


@pytest.mark.parametrize(
    "match",
    [
        {"method": "editMessageText"},
        {"chat_id": str(GROUP)},
        {"text_contains": "outro"},
        {"message_thread_id": "5"},
        {"bot_id": "7002"},
    ],
)
async def test_rules_catch_what_they_name(bot: Bot, telegram: Control, match: dict[str, str]) -> None:
    """A rule that names something else lets a call pass."""
    await telegram.post("faults", action="cut", match=match)
    assert (await bot.send_message(FORUM, "oi")).text == "oi"


async def test_rules_leave_polls_alone(bot: Bot, telegram: Control) -> None:
    """A rule without a method does not mean getUpdates; one that names it does."""
    await telegram.post("faults", action="cut")
    assert await bot.get_updates() == []
    await telegram.delete("faults")
    await telegram.post("faults", action="status", http=500, match={"method": "getUpdates"})
    with pytest.raises(TelegramServerError):
        await bot.get_updates()


async def test_an_update_comes_twice(bot: Bot, telegram: Control) -> None:
    """The same update, with the same id, is brought twice."""
    hook = Hook()
    await telegram.post("faults", action="duplicate_webhook", match={"update_kind": "message"})
    async with serving(hook.take) as url:
        await bot.set_webhook(url)
        await telegram.post("write", user_id=ANA, bot_id=BOT.id, text="oi")
        async with asyncio.timeout(PATIENCE):
            while len(await telegram.events("telegram_webhook_attempt")) < 2:
                await asyncio.sleep(0.005)
        await bot.delete_webhook()
    assert len(hook.got) == 2
    assert len({update["update_id"] for update in hook.got}) == 1


@pytest.mark.parametrize("fault", [{"action": "drop_webhook"}, {"action": "delay_webhook", "ms": 40}])
async def test_an_update_comes_late(bot: Bot, telegram: Control, fault: dict[str, Any]) -> None:
    """A lost attempt and a delay both end in the update."""
    hook = Hook()
    await telegram.post("faults", **fault)
    async with serving(hook.take) as url:
        await bot.set_webhook(url)
        await telegram.post("write", user_id=ANA, bot_id=BOT.id, text="oi")
        await eventually(lambda: hook.texts == ["oi"])
        await bot.delete_webhook()
    assert len(await telegram.events("telegram_webhook_fault")) == 1


async def test_the_log_holds_no_token(bot: Bot, telegram: Control) -> None:
    """Events name bots by id."""
    await bot.send_message(FORUM, "oi")
    assert BOT.token not in json.dumps(await telegram.events())


async def test_the_log_ties_a_call_to_its_message(bot: Bot, telegram: Control) -> None:
    """What was accepted names the message that came of it."""
    sent = await bot.send_message(FORUM, "oi")
    accepted = (await telegram.events("telegram_accepted"))[-1]
    written = (await telegram.events("telegram_message"))[-1]
    assert {(FORUM, sent.message_id)} == {
        (accepted["chat_id"], accepted["result_message_id"]),
        (written["chat_id"], written["message_id"]),
    }


async def test_without_quotas_nothing_is_counted(bot: Bot) -> None:
    """Ordinary tests send as fast as they like."""
    for _ in range(40):
        await bot.send_message(GROUP, "oi")


async def test_one_message_a_second_in_a_chat(bot: Bot, telegram: Control) -> None:
    """The second within a second has to wait, and passes after it; other chats do not wait."""
    await telegram.post("settings", quotas=True)
    await bot.send_message(FORUM, "um")
    with pytest.raises(TelegramRetryAfter) as caught:
        await bot.send_message(FORUM, "dois")
    await bot.send_message(GROUP, "um")
    await telegram.post("settings", clock_offset_s=caught.value.retry_after)
    await bot.send_message(FORUM, "dois")
    assert (caught.value.retry_after, await texts(telegram)) == (1, ["um", "dois"])


async def test_twenty_a_minute_in_a_group(bot: Bot, telegram: Control) -> None:
    """All topics of a group share its minute, edits count too, and the wait ends with the minute."""
    topic = (await bot.create_forum_topic(FORUM, "Lead 7")).message_thread_id
    await telegram.post("settings", quotas=True, per_chat_per_second=100, overall_per_second=100)
    sent = await bot.send_message(FORUM, "primeira")
    for number in range(18):
        await bot.send_message(FORUM, str(number), message_thread_id=topic if number % 2 else None)
    await bot.edit_message_text("outro", chat_id=FORUM, message_id=sent.message_id)
    with pytest.raises(TelegramRetryAfter) as caught:
        await bot.send_message(FORUM, "demais")
    await telegram.post("settings", clock_offset_s=caught.value.retry_after)
    await bot.send_message(FORUM, "agora")
    assert 50 < caught.value.retry_after <= 60


async def test_thirty_a_second_in_all(bot: Bot, telegram: Control) -> None:
    """Whatever the chats, a bot sends so many a second."""
    await telegram.post("settings", quotas=True, per_chat_per_second=100, overall_per_second=3)
    for chat in (FORUM, GROUP, FORUM):
        await bot.send_message(chat, "oi")
    with pytest.raises(TelegramRetryAfter):
        await bot.send_message(GROUP, "oi")
