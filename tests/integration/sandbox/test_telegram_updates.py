"""How updates reach a bot: aiogram's polling and aiogram's webhook, unmodified."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiogram import Bot, Dispatcher, F
from aiogram.exceptions import TelegramBadRequest, TelegramConflictError
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.methods import GetUpdates, SendMessage
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web

from tests.integration.sandbox.conftest import Control, eventually
from tests.integration.sandbox.telegram_cast import ANA, BIA, BOT, CAIO, FORUM, GROUP, OTHER_BOT, polling, updates
from tests.patience import PATIENCE

SECRET = "a-secret_Token"
KEYBOARD = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Assumir", callback_data="take:1")]])


@asynccontextmanager
async def serving(handle: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[str]:
    """A web server with one POST route; its address."""
    app = web.Application()
    app.router.add_post("/hook", handle)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    await runner.cleanup()


class Hook:
    """A webhook that answers with the next of ``answers``, then 200, and keeps what came."""

    def __init__(self, *answers: int) -> None:
        self.answers = list(answers)
        self.got: list[dict[str, Any]] = []
        self.secrets: list[str | None] = []

    async def take(self, request: web.Request) -> web.Response:
        """An update comes in."""
        self.got.append(await request.json())
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        return web.Response(status=self.answers.pop(0) if self.answers else 200)

    @property
    def texts(self) -> list[str]:
        """What was written, in the order in which it came."""
        return [update["message"]["text"] for update in self.got]


async def test_a_dispatcher_polls(bot: Bot, telegram: Control) -> None:
    """The dispatcher of aiogram gets a command with its payload, and its answer arrives."""
    dispatcher, payloads = Dispatcher(), []

    async def start(message: Message, command: CommandObject) -> None:
        payloads.append(command.args)
        await message.answer("Bem-vinda")

    dispatcher.message.register(start, CommandStart(deep_link=True))
    async with polling(dispatcher, bot):
        await telegram.post("start", user_id=ANA, bot_id=BOT.id, payload="invite-7")
        await eventually(lambda: payloads == ["invite-7"])
        await said(telegram, ANA, "Bem-vinda")


async def test_a_dispatcher_answers_a_tap(bot: Bot, telegram: Control) -> None:
    """A tap comes as a callback query, and the answer is shown to the one who tapped."""
    dispatcher = Dispatcher()

    async def take(query: CallbackQuery) -> None:
        await query.answer(f"{query.data} por {query.from_user.first_name}", show_alert=True)

    dispatcher.callback_query.register(take, F.data.startswith("take:"))
    card = await bot.send_message(FORUM, "card", reply_markup=KEYBOARD)
    async with polling(dispatcher, bot):
        tapped = await telegram.post(
            "tap", user_id=BIA, chat_id=FORUM, message_id=card.message_id, button="Assumir", wait_ms=5000
        )
    assert tapped["answer"] == {"text": "take:1 por Bia", "show_alert": True, "url": ""}


async def said(telegram: Control, chat_id: int, text: str) -> None:
    """Wait until the chat shows a message with this text."""
    after, deadline = 0, time.monotonic() + 5
    while time.monotonic() < deadline:
        got = await telegram.get("chats", chat_id=chat_id, after=after, wait_ms=1000)
        after = got["next"]
        if any(m.get("text") == text for chat in got["chats"] for m in chat["messages"]):
            return
    pytest.fail(f"nobody said {text!r}")


async def poll_begun(telegram: Control) -> None:
    """Wait until the main bot has begun to poll."""
    async with asyncio.timeout(PATIENCE):
        while not (await telegram.get("bots"))["bots"][0]["polls"]:
            await asyncio.sleep(0.005)


async def test_unconfirmed_updates_come_again(bot: Bot, telegram: Control) -> None:
    """Updates come until an offset beyond them confirms them; their ids grow by one."""
    for text in ("um", "dois"):
        await telegram.post("write", user_id=ANA, bot_id=BOT.id, text=text)
    first, again = await bot.get_updates(), await bot.get_updates()
    rest = await bot.get_updates(offset=first[0].update_id + 1)
    assert ([u.update_id for u in again], ["dois"]) == (
        [first[0].update_id, first[0].update_id + 1],
        [u.message.text for u in rest if u.message],
    )


async def test_a_negative_offset_counts_from_the_end(bot: Bot, telegram: Control) -> None:
    """Offset -1 asks for the last update and forgets the others."""
    for text in ("um", "dois", "três"):
        await telegram.post("write", user_id=ANA, bot_id=BOT.id, text=text)
    await bot.get_updates(offset=-1)
    assert [u.message.text for u in await bot.get_updates() if u.message] == ["três"]


async def test_a_long_poll_waits_for_an_update(bot: Bot, telegram: Control) -> None:
    """An empty queue is answered once something comes."""
    poll = asyncio.create_task(bot.get_updates(timeout=5))
    await poll_begun(telegram)
    await telegram.post("write", user_id=ANA, bot_id=BOT.id, text="oi")
    assert [u.message.text for u in await poll if u.message] == ["oi"]


async def test_an_empty_poll_ends(bot: Bot) -> None:
    """Without an update the poll ends with nothing after its time."""
    assert await bot.get_updates(timeout=1) == []


async def test_a_second_poller_ends_the_first(bot: Bot, telegram: Control) -> None:
    """Only one may poll: the older one is told of the conflict."""
    older = asyncio.create_task(bot.get_updates(timeout=5))
    await poll_begun(telegram)
    await bot.get_updates()
    with pytest.raises(TelegramConflictError, match="terminated by other getUpdates request"):
        await older


async def test_polling_is_refused_beside_a_webhook(bot: Bot) -> None:
    """With a webhook set there is no polling."""
    await bot.set_webhook("http://127.0.0.1:1/hook")
    with pytest.raises(TelegramConflictError, match="can't use getUpdates method while webhook is active"):
        await bot.get_updates()


async def test_updates_are_kept_for_a_day(bot: Bot, telegram: Control) -> None:
    """After 24 hours an update is gone."""
    await telegram.post("write", user_id=ANA, bot_id=BOT.id, text="oi")
    kept = len(await bot.get_updates())
    await telegram.post("settings", clock_offset_s=24 * 3600 + 60)
    assert (kept, await bot.get_updates()) == (1, [])


async def test_kinds_have_to_be_asked_for(bot: Bot, telegram: Control) -> None:
    """Reactions come only when allowed_updates names them; what was not asked for is lost."""
    sent = await bot.send_message(FORUM, "oi")
    react = {"user_id": BIA, "chat_id": FORUM, "message_id": sent.message_id}
    await telegram.post("react", **react, emoji=["👍"])
    unasked = await updates(bot, ["message", "message_reaction"])
    await telegram.post("react", **react, emoji=["❤️"])
    asked = await updates(bot)
    assert unasked == []
    assert [
        [r.model_dump()["emoji"] for r in u.message_reaction.new_reaction] for u in asked if u.message_reaction
    ] == [["❤"]]


async def test_only_admins_see_reactions(plain_bot: Bot, telegram: Control) -> None:
    """A bot that does not lead the group hears of no reaction."""
    sent = await plain_bot.send_message(FORUM, "oi")
    await updates(plain_bot, ["message_reaction"])
    await telegram.post("react", user_id=BIA, chat_id=FORUM, message_id=sent.message_id, emoji=["👍"])
    assert await updates(plain_bot) == []


async def test_privacy_mode(plain_bot: Bot, telegram: Control) -> None:
    """A plain member sees commands meant for it and replies to it, nothing else."""
    mine = await plain_bot.send_message(GROUP, "pergunta")
    for text, reply_to in (("oi", None), ("/status", None), ("/status@reveza_bot", None), ("sim", mine.message_id)):
        await telegram.post("write", user_id=ANA, chat_id=GROUP, text=text, reply_to=reply_to)
    assert [u.message.text for u in await updates(plain_bot) if u.message] == ["/status", "sim"]


async def test_an_admin_bot_sees_everything(bot: Bot, telegram: Control) -> None:
    """A bot that leads the group sees what people say, but not what other bots say."""
    async with aiohttp.ClientSession() as session:
        await session.post(f"{telegram.url}/bot{OTHER_BOT.token}/sendMessage", json={"chat_id": FORUM, "text": "bip"})
    await telegram.post("write", user_id=ANA, chat_id=FORUM, text="oi")
    assert [u.message.text for u in await updates(bot) if u.message] == ["oi"]


async def test_an_edit_is_an_update(bot: Bot, telegram: Control) -> None:
    """A person's edit comes with the same message id."""
    wrote = await telegram.post("write", user_id=ANA, bot_id=BOT.id, text="um")
    await telegram.post("edit", user_id=ANA, bot_id=BOT.id, message_id=wrote["message_id"], text="dois")
    edited = [u.edited_message for u in await updates(bot) if u.edited_message]
    assert [(wrote["message_id"], "dois")] == [(m.message_id, m.text) for m in edited]


async def test_a_deletion_is_no_update(bot: Bot, telegram: Control) -> None:
    """Bots never learn that a person deleted something."""
    wrote = await telegram.post("write", user_id=ANA, bot_id=BOT.id, text="um")
    await updates(bot)
    await telegram.post("delete", user_id=ANA, bot_id=BOT.id, message_id=wrote["message_id"])
    assert await updates(bot) == []


@pytest.mark.parametrize("kind", ["photo", "voice", "document", "video", "location", "contact"])
async def test_people_send_every_kind(bot: Bot, telegram: Control, kind: str) -> None:
    """What a person sends comes as that kind."""
    await telegram.post("write", user_id=ANA, bot_id=BOT.id, kind=kind, caption="veja")
    assert [kind] == [u.message.content_type for u in await updates(bot) if u.message]


async def test_an_id_beyond_32_bits(bot: Bot, telegram: Control) -> None:
    """Ids of people may need more than 32 bits."""
    await telegram.post("write", user_id=ANA, bot_id=BOT.id, text="oi")
    users = [u.message.from_user for u in await updates(bot) if u.message]
    assert [(u.id, u.language_code, u.username) for u in users if u] == [(ANA, "pt-br", "analima")]
    assert ANA > 2**32


async def test_aiograms_webhook_takes_updates(bot: Bot, telegram: Control) -> None:
    """An update reaches aiogram's request handler, which checks the secret token."""
    dispatcher = Dispatcher()

    async def greet(message: Message) -> None:
        await message.answer("pelo webhook")

    dispatcher.message.register(greet, Command("status"))
    handler = SimpleRequestHandler(dispatcher, bot, secret_token=SECRET)
    async with serving(handler.handle) as url:
        await bot.set_webhook(url, secret_token=SECRET, allowed_updates=["message"], max_connections=10)
        await telegram.post("write", user_id=ANA, bot_id=BOT.id, text="/status")
        await said(telegram, ANA, "pelo webhook")
        info = await bot.get_webhook_info()
        await bot.delete_webhook()
    assert (url, 10, 0, ["message"]) == (
        info.url,
        info.max_connections,
        info.pending_update_count,
        info.allowed_updates,
    )


async def test_a_method_in_the_webhooks_answer_is_done(bot: Bot, telegram: Control) -> None:
    """With aiogram a webhook is answered by a method in a multipart body; the emulator does it."""
    dispatcher = Dispatcher()

    async def greet(message: Message) -> SendMessage:
        return message.answer("na própria resposta", parse_mode="HTML", reply_markup=KEYBOARD)

    dispatcher.message.register(greet)
    handler = SimpleRequestHandler(dispatcher, bot, handle_in_background=False)
    async with serving(handler.handle) as url:
        await bot.set_webhook(url)
        await telegram.post("write", user_id=ANA, bot_id=BOT.id, text="oi")
        await said(telegram, ANA, "na própria resposta")
        await bot.delete_webhook()


async def test_a_method_in_a_json_answer_is_done(bot: Bot, telegram: Control) -> None:
    """The answer may be JSON as well; a method that is refused stops nothing."""

    async def take(request: web.Request) -> web.Response:
        update = await request.json()
        text = "em JSON" if update["message"]["text"] == "bom" else ""
        return web.json_response({"method": "sendMessage", "chat_id": ANA, "text": text})

    async with serving(take) as url:
        await bot.set_webhook(url)
        for text in ("mau", "bom"):
            await telegram.post("write", user_id=ANA, bot_id=BOT.id, text=text)
        await said(telegram, ANA, "em JSON")
        await bot.delete_webhook()
    refused = await telegram.events("telegram_refused")
    assert [event["description"] for event in refused] == ["Bad Request: message text is empty"]


@pytest.mark.parametrize("kind", ["text/html", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"])
async def test_an_answer_that_says_nothing(bot: Bot, telegram: Control, kind: str) -> None:
    """What a webhook answers beside a method is ignored; the update has been taken."""

    async def take(_request: web.Request) -> web.Response:
        return web.Response(body=b"thanks", headers={"Content-Type": kind})

    async with serving(take) as url:
        await bot.set_webhook(url)
        await telegram.post("write", user_id=ANA, bot_id=BOT.id, text="oi")
        async with asyncio.timeout(PATIENCE):
            while not await telegram.events("telegram_webhook_acked"):
                await asyncio.sleep(0.01)
        await bot.delete_webhook()
    assert len(await telegram.events("telegram_webhook_attempt")) == 1


async def test_a_webhook_is_tried_again(bot: Bot, telegram: Control) -> None:
    """What is not answered 2xx comes again, in order within the chat, with the secret each time."""
    hook = Hook(500, 404, 302)
    async with serving(hook.take) as url:
        await bot.set_webhook(url, secret_token=SECRET)
        for text in ("um", "dois"):
            await telegram.post("write", user_id=ANA, bot_id=BOT.id, text=text)
        await eventually(lambda: len(hook.got) == 5)
        info = await bot.get_webhook_info()
        await bot.delete_webhook()
    assert (["um", "um", "um", "um", "dois"], {SECRET}) == (hook.texts, set(hook.secrets))
    assert (info.last_error_message or "").startswith("Wrong response from the webhook: 302")


async def test_chats_do_not_wait_for_each_other(bot: Bot, telegram: Control) -> None:
    """While one chat's update is tried again, another chat's comes through."""
    hook = Hook()
    stuck = asyncio.Event()

    async def take(request: web.Request) -> web.Response:
        if (await request.json())["message"]["from"]["id"] == ANA and not stuck.is_set():
            return web.Response(status=503)
        return await hook.take(request)

    async with serving(take) as url:
        await bot.set_webhook(url)
        await telegram.post("write", user_id=ANA, bot_id=BOT.id, text="um")
        await telegram.post("write", user_id=CAIO, bot_id=BOT.id, text="dois")
        await eventually(lambda: hook.texts == ["dois"])
        stuck.set()
        await eventually(lambda: hook.texts == ["dois", "um"])
        await bot.delete_webhook()


async def test_what_waits_goes_to_the_next_receiver(bot: Bot, telegram: Control) -> None:
    """Updates that a dead webhook never took are pending, and are polled after it is deleted."""
    await bot.set_webhook("http://127.0.0.1:1/hook")
    await telegram.post("write", user_id=ANA, bot_id=BOT.id, text="um")
    async with asyncio.timeout(PATIENCE):
        while (await bot.get_webhook_info()).last_error_message is None:
            await asyncio.sleep(0.01)
    info = await bot.get_webhook_info()
    await bot.delete_webhook()
    assert (info.pending_update_count, info.last_error_message) == (1, "Connection refused")
    assert [u.message.text for u in await bot.get_updates() if u.message] == ["um"]


async def test_pending_updates_can_be_dropped(bot: Bot, telegram: Control) -> None:
    """A bot may begin with a clean slate."""
    await telegram.post("write", user_id=ANA, bot_id=BOT.id, text="um")
    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot(GetUpdates()) == []


@pytest.mark.parametrize(
    ("url", "secret", "words"),
    [
        ("http://x.org/hook", None, "bad webhook: An HTTPS URL must be provided for webhook"),
        ("https://x.org:8080/hook", None, "Webhook can be set up only on ports 80, 88, 443 or 8443"),
        ("https:///hook", None, "bad webhook: invalid webhook URL specified"),
        ("https://x.org/hook", "not allowed!", "secret token contains unallowed characters"),
    ],
)
async def test_refused_webhooks(bot: Bot, url: str, secret: str | None, words: str) -> None:
    """A webhook that Telegram would not call is refused."""
    with pytest.raises(TelegramBadRequest, match=words):
        await bot.set_webhook(url, secret_token=secret)
