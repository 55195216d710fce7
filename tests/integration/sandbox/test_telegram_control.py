"""Control calls of the Telegram emulator: what a page draws, and what a Mini App gets."""

import asyncio
import base64
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from aiogram import Bot
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, MenuButtonWebApp, WebAppInfo
from aiogram.utils.web_app import check_webapp_signature, safe_parse_webapp_init_data

from tests.integration.sandbox.conftest import Control
from tests.integration.sandbox.telegram_cast import ANA, BIA, BOT, CAIO, FORUM, GROUP, OTHER_BOT


async def test_init_data_is_signed_as_telegram_signs(telegram: Control) -> None:
    """What the emulator signs, aiogram's check accepts; the user is the one who opened the Mini App."""
    opened = await telegram.post("init_data", user_id=ANA, bot_id=BOT.id, auth_date=1_800_000_000)
    parsed = safe_parse_webapp_init_data(BOT.token, opened["init_data"])
    assert parsed.user is not None
    assert (parsed.user.id, parsed.user.language_code, parsed.auth_date.timestamp()) == (ANA, "pt-br", 1_800_000_000)


async def test_init_data_is_good_for_its_bot_alone(telegram: Control) -> None:
    """Another bot's token does not verify it, and neither does its own once a byte was changed."""
    data = (await telegram.post("init_data", user_id=ANA, bot_id=BOT.id))["init_data"]
    assert not check_webapp_signature(OTHER_BOT.token, data)
    assert not check_webapp_signature(BOT.token, data.replace("Ana", "Ane"))


async def test_init_data_carries_a_signature_and_further_fields(telegram: Control) -> None:
    """The hash covers ``signature`` and what a direct link adds."""
    extra = {"start_param": "lead-7", "chat_type": "private"}
    data = (await telegram.post("init_data", user_id=ANA, bot_id=BOT.id, extra=extra))["init_data"]
    fields = parse_qs(data, strict_parsing=True)
    assert (fields["start_param"], check_webapp_signature(BOT.token, data)) == (["lead-7"], True)
    assert len(base64.urlsafe_b64decode(fields["signature"][0] + "==")) == 64


async def test_the_menus_button_opens_the_mini_app(bot: Bot, telegram: Control) -> None:
    """Where the bot said; the fragment tells who it is, signed, and what his client looks like."""
    button = MenuButtonWebApp(text="Painel", web_app=WebAppInfo(url="https://x.org/app?a=1"))
    await bot.set_chat_menu_button(menu_button=button)
    opened = await telegram.post("launch", user_id=ANA, bot_id=BOT.id, theme_params={"bg_color": "#ffffff"})
    address, _, fragment = opened["url"].partition("#")
    told = {name: value for name, [value] in parse_qs(fragment, strict_parsing=True).items()}
    user = safe_parse_webapp_init_data(BOT.token, told["tgWebAppData"]).user
    assert (address, user is not None and user.id) == ("https://x.org/app?a=1", ANA)
    assert (told["tgWebAppPlatform"], json.loads(told["tgWebAppThemeParams"])) == ("weba", {"bg_color": "#ffffff"})


async def test_a_link_opens_the_main_one_at_its_place(telegram: Control) -> None:
    """Which the address tells as well as what is signed."""
    app_bot = BOT.model_copy(update={"token": "7009:AAE-app_bot", "main_web_app_url": "https://x.org/app"})
    await telegram.post("bots", **app_bot.model_dump())
    url = (await telegram.post("launch", user_id=ANA, bot_id=app_bot.id, start_param="lead_7"))["url"]
    [signed] = parse_qs(urlsplit(url).fragment)["tgWebAppData"]
    assert url.startswith("https://x.org/app?tgWebAppStartParam=lead_7#")
    assert safe_parse_webapp_init_data(app_bot.token, signed).start_param == "lead_7"


async def test_a_button_opens_what_it_was_made_for(bot: Bot, telegram: Control) -> None:
    """And no other address: a client follows what the bot offered."""
    await telegram.post("start", user_id=ANA, bot_id=BOT.id)
    button = InlineKeyboardButton(text="Painel", web_app=WebAppInfo(url="https://x.org/app?lead=7"))
    await bot.send_message(ANA, "card", reply_markup=InlineKeyboardMarkup(inline_keyboard=[[button]]))
    opened = await telegram.post("launch", user_id=ANA, bot_id=BOT.id, url="https://x.org/app?lead=7")
    assert opened["url"].startswith("https://x.org/app?lead=7#")


async def test_a_page_waits_for_a_change(bot: Bot, telegram: Control) -> None:
    """A page asks with the last revision it drew, and is answered when a chat looks different."""
    seen = (await telegram.get("chats"))["next"]
    waiting = asyncio.create_task(telegram.get("chats", after=seen, wait_ms=5000))
    await bot.send_message(FORUM, "oi")
    changed = (await waiting)["chats"]
    again = await telegram.get("chats", after=changed[0]["revision"])
    assert ([chat["id"] for chat in changed], again["chats"]) == ([FORUM], [])


async def test_what_a_chat_looks_like(bot: Bot, telegram: Control) -> None:
    """Messages with buttons and reactions, topics, members, pins and taps: enough to draw it."""
    markup = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Assumir", callback_data="take")]])
    topic = await bot.create_forum_topic(FORUM, "Lead 7")
    card = await bot.send_message(FORUM, "card", reply_markup=markup, message_thread_id=topic.message_thread_id)
    await bot.pin_chat_message(FORUM, card.message_id)
    await telegram.post("react", user_id=BIA, chat_id=FORUM, message_id=card.message_id, emoji=["🔥"])
    await telegram.post("tap", user_id=BIA, chat_id=FORUM, message_id=card.message_id, button="take")
    chat = (await telegram.get("chats", chat_id=FORUM, bot_id=BOT.id))["chats"][0]
    drawn = next(message for message in chat["messages"] if message["message_id"] == card.message_id)
    assert (
        drawn["reply_markup"]["inline_keyboard"][0][0]["text"],
        drawn["reactions"],
    ) == ("Assumir", [{"user_id": BIA, "emoji": "🔥"}])
    assert (["Lead 7"], [card.message_id], ["take"], {ANA, BIA, 7001, 7002}) == (
        [one["name"] for one in chat["topics"]],
        chat["pinned"],
        [tap["data"] for tap in chat["taps"]],
        {member["user"]["id"] for member in chat["members"]},
    )


async def test_a_private_chat_belongs_to_one_bot(telegram: Control) -> None:
    """The same person has a chat with each bot."""
    for bot_id in (BOT.id, OTHER_BOT.id):
        await telegram.post("start", user_id=ANA, bot_id=bot_id)
    whole = (await telegram.get("chats", chat_id=ANA))["chats"]
    one = (await telegram.get("chats", chat_id=ANA, bot_id=BOT.id))["chats"]
    assert ([chat["bot_ids"] for chat in whole], [chat["bot_ids"] for chat in one]) == ([[7001], [7002]], [[7001]])


async def test_updates_can_be_looked_at(telegram: Control) -> None:
    """What waits for a bot can be read without taking it."""
    await telegram.post("write", user_id=ANA, bot_id=BOT.id, text="oi")
    waiting = (await telegram.get("updates", bot_id=BOT.id))["updates"]
    bots = {one["id"]: one["pending"] for one in (await telegram.get("bots"))["bots"]}
    assert (waiting[0]["message"]["text"], bots[BOT.id], bots[OTHER_BOT.id]) == ("oi", 1, 0)


async def test_a_person_takes_another_name(bot: Bot, telegram: Control) -> None:
    """Who registers again is known under the new name everywhere."""
    await telegram.post("users", id=BIA, first_name="Beatriz")
    names = [user["first_name"] for user in (await telegram.get("users"))["users"]]
    assert ((await bot.get_chat_member(FORUM, BIA)).user.first_name, names) == ("Beatriz", ["Ana", "Beatriz", "Caio"])


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("write", {"user_id": 1, "chat_id": FORUM, "text": "x"}, 404),
        ("write", {"user_id": CAIO, "chat_id": FORUM, "text": "x"}, 403),
        ("write", {"user_id": ANA, "chat_id": FORUM, "text": "x", "thread_id": 99}, 404),
        ("write", {"user_id": ANA, "chat_id": FORUM}, 400),
        ("write", {"user_id": ANA, "chat_id": FORUM, "kind": "photo", "file_base64": "?"}, 400),
        ("write", {"user_id": ANA, "text": "x"}, 404),
        ("edit", {"user_id": ANA, "chat_id": FORUM, "message_id": 99, "text": "x"}, 404),
        ("tap", {"user_id": ANA, "chat_id": FORUM, "message_id": 99, "button": "x"}, 404),
        ("react", {"user_id": ANA, "chat_id": FORUM, "message_id": 99, "emoji": ["👍"]}, 404),
        ("upgrade", {"user_id": ANA, "chat_id": FORUM}, 400),
        ("members", {"chat_id": GROUP, "person_id": CAIO, "action": "leave"}, 400),
        ("members", {"chat_id": GROUP, "person_id": ANA, "action": "join"}, 400),
        ("groups", {"title": "x", "members": [1]}, 404),
        ("launch", {"user_id": ANA, "bot_id": BOT.id}, 404),
        ("launch", {"user_id": ANA, "bot_id": BOT.id, "start_param": "lead_7"}, 404),
        ("launch", {"user_id": ANA, "bot_id": BOT.id, "url": "https://x.org/app"}, 404),
        ("launch", {"user_id": ANA, "bot_id": BOT.id, "start_param": "a b"}, 400),
        ("start", {"user_id": ANA, "bot_id": 7001, "payload": "não"}, 400),
        ("bots", {"token": "no token"}, 400),
        ("faults", {"action": "cut", "match": {"colour": "red"}}, 400),
    ],
)
async def test_wrong_control_calls(telegram: Control, path: str, body: dict[str, object], status: int) -> None:
    """A control call that makes no sense is refused, not ignored."""
    async with telegram.http.post(f"{telegram.url}/_sandbox/{path}", json=body) as response:
        assert status == response.status


async def test_people_obey_topics_and_blocks(telegram: Control) -> None:
    """In a closed topic a plain member cannot write, and nobody writes to a bot that he blocked."""
    topic = await telegram.post("topics", chat_id=FORUM, user_id=ANA, action="create", name="Lead 7")
    thread = topic["message_thread_id"]
    await telegram.post("topics", chat_id=FORUM, user_id=ANA, action="rename", thread_id=thread, name="Lead sete")
    await telegram.post("topics", chat_id=FORUM, user_id=ANA, action="close", thread_id=thread)
    await telegram.post("block", user_id=BIA, bot_id=BOT.id)
    statuses = []
    for body in ({"chat_id": FORUM, "thread_id": thread}, {"bot_id": BOT.id}):
        said = {"user_id": BIA, "text": "oi", **body}
        async with telegram.http.post(f"{telegram.url}/_sandbox/write", json=said) as response:
            statuses.append(response.status)
    assert statuses == [400, 403]
    await telegram.post("topics", chat_id=FORUM, user_id=ANA, action="reopen", thread_id=thread)
    await telegram.post("write", user_id=BIA, chat_id=FORUM, thread_id=thread, text="oi")


async def test_people_delete_only_their_own(telegram: Control) -> None:
    """A plain member cannot delete what another wrote; the owner can."""
    wrote = await telegram.post("write", user_id=ANA, chat_id=FORUM, text="oi")
    body = {"user_id": BIA, "chat_id": FORUM, "message_id": wrote["message_id"]}
    async with telegram.http.post(f"{telegram.url}/_sandbox/delete", json=body) as response:
        assert response.status == 400
    await telegram.post("delete", **{**body, "user_id": ANA})
