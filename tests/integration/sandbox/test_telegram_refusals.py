"""What the Bot API says to calls that no careful client makes: sent bare, as JSON."""

import asyncio
from typing import Any

import aiohttp
import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramEntityTooLarge, TelegramNetworkError
from aiogram.types import BufferedInputFile
from aiohttp import web

from tests.integration.sandbox.conftest import Control
from tests.integration.sandbox.telegram_cast import ANA, BIA, BOT, FORUM, GROUP
from tests.integration.sandbox.test_telegram_updates import poll_begun

BUTTON = {"text": "a", "callback_data": "b"}
MEGABYTE = 1024 * 1024


def inline(*rows: object) -> dict[str, object]:
    """A text with an inline keyboard."""
    return {"chat_id": FORUM, "text": "x", "reply_markup": {"inline_keyboard": list(rows)}}


async def call(telegram: Control, method: str, body: object) -> str:
    """Call a method of the main bot; what it is refused with."""
    async with telegram.http.post(f"{telegram.url}/bot{BOT.token}/{method}", json=body) as response:
        answer = await response.json()
        assert (response.status, False) == (answer["error_code"], answer["ok"])
        return str(answer["description"])


@pytest.mark.parametrize(
    ("method", "body", "words"),
    [
        ("sendMessage", {"text": "x"}, "chat_id is empty"),
        ("sendMessage", {"chat_id": "abc", "text": "x"}, "chat not found"),
        ("sendMessage", {"chat_id": FORUM, "text": "x", "reply_markup": []}, "object expected as reply markup"),
        ("sendMessage", {"chat_id": FORUM, "text": "x", "reply_markup": "{"}, "can't parse reply markup JSON object"),
        (
            "sendMessage",
            {"chat_id": FORUM, "text": "x", "reply_markup": {"a": 1}},
            "can't parse reply keyboard markup JSON object",
        ),
        (
            "sendMessage",
            {"chat_id": FORUM, "text": "x", "reply_markup": {"inline_keyboard": 1}},
            'can\'t parse inline keyboard markup: Field "inline_keyboard" must be of type Array',
        ),
        ("sendMessage", inline(1), "can't parse inline keyboard button: expected an Array of InlineKeyboardButton"),
        ("sendMessage", inline([1]), "can't parse inline keyboard button: expected an Object"),
        (
            "sendMessage",
            inline([{"callback_data": "a"}]),
            "can't parse inline keyboard button: Can't find field \"text\"",
        ),
        ("sendMessage", inline([{**BUTTON, "style": "loud"}]), "invalid button style specified"),
        ("sendMessage", inline([BUTTON] * 101), "REPLY_MARKUP_TOO_LONG"),
        (
            "sendMessage",
            {"chat_id": FORUM, "text": "x", "reply_parameters": 7},
            "object expected as reply parameters",
        ),
        ("sendMessage", {"chat_id": FORUM, "text": "x", "entities": 7}, "can't parse entities: expected an Array"),
        (
            "sendMessage",
            {"chat_id": FORUM, "text": "x", "entities": [{"type": "bold"}]},
            "can't parse MessageEntity: Can't find field \"offset\"",
        ),
        (
            "sendMessage",
            {"chat_id": FORUM, "text": "[a](b", "parse_mode": "MarkdownV2"},
            "can't parse entities: Can't find end of a URL at byte offset 3",
        ),
        ("sendMessage", [1], "object expected as request body"),
        ("sendPhoto", {"chat_id": FORUM}, "there is no photo in the request"),
        ("sendLocation", {"chat_id": FORUM, "latitude": "x"}, "latitude is empty"),
        ("sendContact", {"chat_id": FORUM}, "phone number is empty"),
        ("sendContact", {"chat_id": FORUM, "phone_number": "1"}, "first name is empty"),
        ("editMessageText", {"chat_id": FORUM, "text": "x"}, "message identifier is not specified"),
        ("getChatMember", {"chat_id": FORUM}, "invalid user_id specified"),
        ("getFile", {}, "file_id not specified"),
        ("closeForumTopic", {"chat_id": FORUM, "message_thread_id": 1}, "TOPIC_ID_INVALID"),
        ("setMyCommands", {"commands": [1]}, "can't parse BotCommand: expected an Object"),
        (
            "setMyCommands",
            {"commands": [{"command": f"c{n}", "description": "x"} for n in range(101)]},
            "BOT_COMMANDS_TOO_MUCH",
        ),
        ("getMyCommands", {"language_code": "pt-br"}, "invalid language code specified"),
        ("getMyCommands", {"scope": {"type": "moon"}}, "can't parse BotCommandScope: Unsupported type specified"),
        ("getMyCommands", {"scope": {"type": "chat", "chat_id": 5}}, "chat not found"),
        ("setChatMenuButton", {"menu_button": {"type": "moon"}}, "can't parse MenuButton: Unsupported type specified"),
        (
            "setChatMenuButton",
            {"menu_button": {"type": "web_app", "web_app": {"url": "https://x.org"}}},
            "menu button text must be non-empty",
        ),
        (
            "setChatMenuButton",
            {"menu_button": {"type": "web_app", "text": "x", "web_app": {"url": "http://x.org"}}},
            "menu button Web App URL 'http://x.org' is invalid: Only HTTPS links are allowed",
        ),
        ("setChatMenuButton", {"chat_id": FORUM, "menu_button": {"type": "default"}}, "chat not found"),
    ],
)
async def test_wrong_arguments(telegram: Control, method: str, body: object, words: str) -> None:
    """A wrong argument is refused with 400, in Telegram's words."""
    assert await call(telegram, method, body) == f"Bad Request: {words}"


async def sent(telegram: Control, method: str, body: dict[str, Any]) -> int:
    """Call a method that sends; the id of the message."""
    async with telegram.http.post(f"{telegram.url}/bot{BOT.token}/{method}", json=body) as response:
        return int((await response.json())["result"]["message_id"])


async def test_edits_take_inline_keyboards_alone(telegram: Control) -> None:
    """An edit cannot put a reply keyboard under a message, nor a caption under a text."""
    message_id = await sent(telegram, "sendMessage", {"chat_id": FORUM, "text": "x"})
    where = {"chat_id": FORUM, "message_id": message_id}
    keyboard = {"keyboard": [[{"text": "a"}]]}
    assert (
        await call(telegram, "editMessageReplyMarkup", {**where, "reply_markup": keyboard})
        == "Bad Request: inline keyboard expected"
    )
    assert (
        await call(telegram, "editMessageCaption", {**where, "caption": "y"})
        == "Bad Request: there is no caption in the message to edit"
    )


async def test_service_messages_are_left_alone(telegram: Control) -> None:
    """What tells of a change to the chat is neither pinned, nor reacted to, nor copied, nor forwarded."""
    topic = await telegram.post("topics", chat_id=FORUM, user_id=ANA, action="create", name="x")
    where = {"chat_id": FORUM, "message_id": topic["message_thread_id"], "from_chat_id": FORUM}
    words = {
        "pinChatMessage": "message can't be pinned",
        "setMessageReaction": "message can't be reacted to",
        "copyMessage": "message can't be copied",
        "forwardMessage": "message can't be forwarded",
    }
    for method, refusal in words.items():
        assert f"Bad Request: {refusal}" == await call(telegram, method, where)


async def test_a_page_is_no_photo(telegram: Control) -> None:
    """What stands at the URL has to be of the kind that is sent."""

    async def page(_request: web.Request) -> web.Response:
        return web.Response(text="<p>not a picture</p>", content_type="text/html")

    app = web.Application()
    app.router.add_get("/a.png", page)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/a.png"
    refused = await call(telegram, "sendPhoto", {"chat_id": FORUM, "photo": url})
    await runner.cleanup()
    assert refused == "Bad Request: wrong type of the web page content"


async def test_a_bot_does_not_leave_a_private_chat(telegram: Control) -> None:
    """There is nothing to leave in a chat of two, and a group is left once."""
    await telegram.post("start", user_id=ANA, bot_id=BOT.id)
    public = (await telegram.post("groups", title="Aberto", username="aberto", members=[ANA]))["id"]
    refused = [await call(telegram, "leaveChat", {"chat_id": chat}) for chat in (ANA, public)]
    assert refused == [
        "Bad Request: chat member status can't be changed in private chats",
        "Forbidden: bot is not a member of the supergroup chat",
    ]


async def test_large_files(bot: Bot) -> None:
    """More than 50 MB cannot be sent, and more than 20 MB cannot be fetched."""
    with pytest.raises(TelegramEntityTooLarge):
        await bot.send_document(FORUM, BufferedInputFile(bytes(50 * MEGABYTE + 1), "a.bin"), request_timeout=60)
    large = (await bot.send_document(FORUM, BufferedInputFile(bytes(20 * MEGABYTE + 1), "a.bin"))).document
    assert large is not None
    with pytest.raises(TelegramBadRequest, match="file is too big"):
        await bot.get_file(large.file_id)


async def test_bodies_that_cannot_be_read(telegram: Control) -> None:
    """Broken JSON and a broken form are refused, not answered with an error of the server."""
    url, statuses = f"{telegram.url}/bot{BOT.token}/getMe", []
    for kind, data in (
        ("application/json", b"{"),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=a", b"x"),
    ):
        async with telegram.http.post(url, data=data, headers={"Content-Type": kind}) as response:
            statuses.append(response.status)
    assert statuses == [400, 400, 400]


async def test_paths_that_are_no_calls(telegram: Control, http: aiohttp.ClientSession) -> None:
    """A path without a proper token is not found; an unknown bot is unauthorized."""
    statuses = []
    for path in ("botnonsense/getMe", "bot1:abc/getMe", "file/bot1:abc/photos/x", f"file/bot{BOT.token}/photos/x"):
        async with http.get(f"{telegram.url}/{path}") as response:
            statuses.append(response.status)
    assert statuses == [404, 401, 401, 404]


async def test_people_of_an_upgraded_group_write_in_the_new_one(telegram: Control) -> None:
    """Nobody writes in the old group, and what one wrote is one's own to edit."""
    await telegram.post("upgrade", chat_id=GROUP, user_id=ANA)
    mine = await telegram.post("write", user_id=ANA, chat_id=FORUM, text="meu")
    refusals = []
    for path, body in (
        ("write", {"user_id": ANA, "chat_id": GROUP, "text": "x"}),
        ("edit", {"user_id": BIA, "chat_id": FORUM, "message_id": mine["message_id"], "text": "x"}),
    ):
        async with telegram.http.post(f"{telegram.url}/_sandbox/{path}", json=body) as response:
            refusals.append((await response.json())["description"])
    assert refusals == [
        "Bad Request: the group lives on as a supergroup",
        "Bad Request: only one's own messages can be edited",
    ]


async def test_a_waiting_poll_ends_when_telegram_goes_down(bot: Bot, telegram: Control) -> None:
    """A poll that waited brings nothing while Telegram is down; what came meanwhile is polled afterwards."""
    poll = asyncio.create_task(bot.get_updates(timeout=5))
    await poll_begun(telegram)
    await telegram.post("faults", action="down")
    await telegram.post("write", user_id=ANA, bot_id=BOT.id, text="oi")
    with pytest.raises(TelegramNetworkError):
        await poll
    await telegram.delete("faults")
    assert [update.message.text for update in await bot.get_updates() if update.message] == ["oi"]
