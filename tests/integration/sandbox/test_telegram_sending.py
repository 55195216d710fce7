"""What bots send through the Telegram emulator, as aiogram sends it."""

from datetime import timedelta
from io import BytesIO

import aiohttp
import pytest
from aiogram import Bot
from aiogram.enums import ChatAction, ParseMode
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    BufferedInputFile,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    MessageEntity,
    MessageOriginUser,
    ReplyParameters,
    URLInputFile,
    WebAppInfo,
)
from aiohttp import web

from tests.integration.sandbox.conftest import Control
from tests.integration.sandbox.telegram_cast import ANA, BOT, FORUM, GROUP

PICTURE = b"\x89PNG not really"


@pytest.fixture(autouse=True)
async def started(telegram: Control) -> None:
    """Ana has opened the bot's chat."""
    await telegram.post("start", user_id=ANA, bot_id=BOT.id)


def keyboard(**button: object) -> InlineKeyboardMarkup:
    """One button."""
    return InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton.model_validate({"text": "Ok", **button})]])


async def test_who_the_bot_is(bot: Bot) -> None:
    """The method getMe tells id, name and what BotFather set."""
    me = await bot.get_me()
    assert (me.id, me.username, me.can_read_all_group_messages) == (7001, "reveza_bot", False)


async def test_a_text_reaches_the_chat(bot: Bot, telegram: Control) -> None:
    """A text is a message of the bot under the chat's next id."""
    sent = await bot.send_message(ANA, "Olá, Ana 👋")
    seen = (await telegram.get("chats", chat_id=ANA))["chats"][0]["messages"][-1]
    assert (sent.message_id, 7001, "Olá, Ana 👋") == (seen["message_id"], seen["from"]["id"], seen["text"])


async def test_html_becomes_entities(bot: Bot) -> None:
    """Tags are gone from the text and stand as entities, counted in UTF-16 units."""
    sent = await bot.send_message(ANA, '👋 <b>Oi &amp; <a href="https://x.org/">olá</a></b>', parse_mode=ParseMode.HTML)
    assert [(e.type, e.offset, e.length, e.url) for e in sent.entities or []] == [
        ("bold", 3, 8, None),
        ("text_link", 8, 3, "https://x.org/"),
    ]
    assert sent.text == "👋 Oi & olá"


@pytest.mark.parametrize(
    ("source", "name", "offset"),
    [
        ("😀 😀_abc", "Italic", 9),
        ("😀 😀_abc * d _", "Italic", 18),
        ("😀 😀`", "Code", 9),
        ("😀 😀```", "Pre", 9),
        ("😀 😀```a", "Pre", 9),
        ("😀 😀```a ", "PreCode", 9),
        ("😀 😀__b_", "Italic", 12),
        ("😀 😀_b__", "Underline", 11),
        ("😀 😀```b c`", "Code", 15),
        ("||a", "Spoiler", 0),
    ],
)
async def test_markdown_that_does_not_end(bot: Bot, source: str, name: str, offset: int) -> None:
    """What is not closed is named, with the place where it was opened in bytes."""
    with pytest.raises(TelegramBadRequest) as caught:
        await bot.send_message(ANA, source, parse_mode=ParseMode.MARKDOWN_V2)
    assert f"can't parse entities: Can't find end of {name} entity at byte offset {offset}" in caught.value.message


async def test_code_with_a_language(bot: Bot) -> None:
    """The word after the fence is the language; a quotation begins with a greater-than sign."""
    sent = await bot.send_message(ANA, ">a\n>b\nc ```py\nx = 1```", parse_mode=ParseMode.MARKDOWN_V2)
    found = [(e.type, e.offset, e.length, e.language) for e in sent.entities or []]
    assert (sent.text, found) == ("a\nb\nc x = 1", [("blockquote", 0, 4, None), ("pre", 6, 5, "py")])


@pytest.mark.parametrize(
    ("source", "text", "entity"),
    [
        ('<a href="https://x.org/?a>b&amp;c">x</a>', "x", {"type": "text_link", "url": "https://x.org/?a>b&c"}),
        ("<a href='https://x.org/'>x</a>", "x", {"type": "text_link", "url": "https://x.org/"}),
        ('<span class="tg-spoiler">x</span>', "x", {"type": "spoiler"}),
        ('<pre><code class="language-python">x</code></pre>', "x", {"type": "pre", "language": "python"}),
        ("<blockquote expandable>x</blockquote>", "x", {"type": "expandable_blockquote"}),
        ("<B>x</B>", "x", {"type": "bold"}),
        ("<b>&#120;&#x2e;&nbsp;</b>", "x.&nbsp;", {"type": "bold"}),
        ("  <b> x </b>  ", "x", {"type": "bold"}),
        ("/status", "/status", {"type": "bot_command"}),
        ("https://x.org/a.", "https://x.org/a.", {"type": "url"}),
    ],
)
async def test_what_html_means(bot: Bot, source: str, text: str, entity: dict[str, str]) -> None:
    """Attributes, references and nested tags are read as Telegram reads them."""
    sent = await bot.send_message(ANA, source, parse_mode=ParseMode.HTML)
    found = [one.model_dump(include=set(entity), exclude_none=True) for one in sent.entities or []]
    assert (text, [entity]) == (sent.text, found)


async def test_markdown_becomes_entities(bot: Bot) -> None:
    """MarkdownV2 is read too."""
    sent = await bot.send_message(ANA, r"*oi* _a_ ||b|| `c.d` 1\.5", parse_mode=ParseMode.MARKDOWN_V2)
    assert (
        sent.text,
        [e.type for e in sent.entities or []],
    ) == ("oi a b c.d 1.5", ["bold", "italic", "spoiler", "code"])


async def test_given_entities_stay(bot: Bot) -> None:
    """Entities given by the bot are kept."""
    sent = await bot.send_message(ANA, "abc", entities=[MessageEntity(type="bold", offset=0, length=1)])
    assert [(e.type, e.offset, e.length) for e in sent.entities or []] == [("bold", 0, 1)]


async def test_text_of_4096_units_passes(bot: Bot) -> None:
    """The limit counts UTF-16 units after the markup is gone."""
    sent = await bot.send_message(ANA, f"<b>{'😀' * 2048}</b>", parse_mode=ParseMode.HTML)
    assert len(sent.text or "") == 2048


@pytest.mark.parametrize(
    ("text", "mode", "words"),
    [
        ("😀" * 2048 + "!", None, "message is too long"),
        ("   ", None, "message text is empty"),
        ("<b></b>", "HTML", "message text is empty"),
        ("<b>oi", "HTML", "can't parse entities: Can't find end tag corresponding to start tag \"b\""),
        ("é <x>", "HTML", 'can\'t parse entities: Unsupported start tag "x" at byte offset 3'),
        ("a</b>", "HTML", "can't parse entities: Unexpected end tag at byte offset 1"),
        (
            "<b>a</i>",
            "HTML",
            'can\'t parse entities: Unmatched end tag at byte offset 4, expected "</b>", found "</i>"',
        ),
        ("1 < 2", "HTML", "can't parse entities: Unclosed start tag at byte offset 2"),
        ("a.", "MarkdownV2", "can't parse entities: Character '.' is reserved and must be escaped with the preceding"),
        ("😀*a", "MarkdownV2", "can't parse entities: Can't find end of Bold entity at byte offset 4"),
        ("`a", "MarkdownV2", "can't parse entities: Can't find end of Code entity at byte offset 0"),
        ("a", "Word", "unsupported parse_mode"),
    ],
)
async def test_refused_texts(bot: Bot, text: str, mode: str | None, words: str) -> None:
    """Telegram's own words say what is wrong with a text."""
    with pytest.raises(TelegramBadRequest) as caught:
        await bot.send_message(ANA, text, parse_mode=mode)
    assert f"Bad Request: {words}" in caught.value.message


async def test_a_reply_carries_what_it_answers(bot: Bot) -> None:
    """The answered message stands in the answer."""
    first = await bot.send_message(ANA, "um")
    second = await bot.send_message(ANA, "dois", reply_parameters=ReplyParameters(message_id=first.message_id))
    assert second.reply_to_message is not None
    assert (first.message_id, "um") == (second.reply_to_message.message_id, second.reply_to_message.text)


async def test_a_reply_to_nothing_is_refused(bot: Bot) -> None:
    """What is answered has to exist."""
    with pytest.raises(TelegramBadRequest, match="message to be replied not found"):
        await bot.send_message(ANA, "oi", reply_parameters=ReplyParameters(message_id=999))


async def test_a_reply_to_nothing_may_be_allowed(bot: Bot) -> None:
    """The bot may prefer a message without its reference."""
    lost = ReplyParameters(message_id=999, allow_sending_without_reply=True)
    assert (await bot.send_message(ANA, "oi", reply_parameters=lost)).reply_to_message is None


async def test_link_preview_options_stay(bot: Bot) -> None:
    """What the bot chose for the preview is in the message."""
    sent = await bot.send_message(ANA, "https://x.org", link_preview_options=LinkPreviewOptions(is_disabled=True))
    assert sent.link_preview_options is not None
    assert sent.link_preview_options.is_disabled


async def test_callback_data_of_64_bytes_passes(bot: Bot) -> None:
    """Sixty-four bytes is as much as a button carries."""
    sent = await bot.send_message(ANA, "oi", reply_markup=keyboard(callback_data="é" * 32, style="primary"))
    assert sent.reply_markup is not None
    assert sent.reply_markup.inline_keyboard[0][0].callback_data == "é" * 32


@pytest.mark.parametrize(
    ("chat", "button", "words"),
    [
        (ANA, {"callback_data": "é" * 32 + "a"}, "BUTTON_DATA_INVALID"),
        (ANA, {"callback_data": ""}, "BUTTON_DATA_INVALID"),
        (ANA, {"url": "not a link"}, "inline keyboard button URL 'not a link' is invalid: Wrong HTTP URL"),
        (FORUM, {"web_app": WebAppInfo(url="https://x.org")}, "BUTTON_TYPE_INVALID"),
        (ANA, {"web_app": WebAppInfo(url="http://x.org")}, "Only HTTPS links are allowed"),
        (ANA, {"copy_text": CopyTextButton(text="x" * 257)}, "BUTTON_COPY_TEXT_INVALID"),
        (ANA, {}, "Text buttons are unallowed in the inline keyboard"),
    ],
)
async def test_refused_buttons(bot: Bot, chat: int, button: dict[str, object], words: str) -> None:
    """A button that Telegram does not take is named."""
    with pytest.raises(TelegramBadRequest) as caught:
        await bot.send_message(chat, "oi", reply_markup=keyboard(**button))
    assert words in caught.value.message


async def test_web_app_buttons_in_private(bot: Bot) -> None:
    """In a private chat a button may open the Mini App."""
    sent = await bot.send_message(ANA, "oi", reply_markup=keyboard(web_app=WebAppInfo(url="https://x.org/app")))
    assert sent.reply_markup is not None


async def test_an_uploaded_photo_can_be_downloaded(bot: Bot) -> None:
    """What was uploaded comes back by getFile, byte for byte."""
    sent = await bot.send_photo(ANA, BufferedInputFile(PICTURE, "a.png"), caption="<b>veja</b>", parse_mode="HTML")
    assert sent.photo is not None
    got = await bot.download(sent.photo[-1].file_id)
    assert isinstance(got, BytesIO)
    assert (got.read(), sent.caption) == (PICTURE, "veja")


@pytest.mark.parametrize("kind", ["document", "voice", "audio", "video", "sticker", "animation", "video_note"])
async def test_every_kind_of_file(bot: Bot, kind: str) -> None:
    """Files of each kind arrive as that kind, and go out again by their id."""
    send = getattr(bot, f"send_{kind}")
    first = await send(ANA, BufferedInputFile(b"data", "a.bin"))
    again = await send(ANA, getattr(first, kind).file_id)
    assert getattr(again, kind).file_unique_id == getattr(first, kind).file_unique_id


async def test_a_photo_by_url_is_fetched(bot: Bot) -> None:
    """Telegram fetches the picture itself."""
    app = web.Application()
    app.router.add_get("/a.png", _picture)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sent = await bot.send_photo(ANA, f"http://127.0.0.1:{runner.addresses[0][1]}/a.png")
    await runner.cleanup()
    assert (sent.photo or [])[0].file_size == len(PICTURE)


async def _picture(_request: web.Request) -> web.Response:
    return web.Response(body=PICTURE, content_type="image/png")


async def test_refused_files(bot: Bot, plain_bot: Bot) -> None:
    """Unknown ids, ids of another kind, of another bot, empty uploads and dead links are refused."""
    document = (await bot.send_document(ANA, BufferedInputFile(b"data", "a.txt"))).document
    assert document is not None
    with pytest.raises(TelegramBadRequest, match="wrong remote file identifier"):
        await bot.send_photo(ANA, "nonsense")
    with pytest.raises(TelegramBadRequest, match="can't use file of type Document as Photo"):
        await bot.send_photo(ANA, document.file_id)
    with pytest.raises(TelegramBadRequest, match="wrong file_id or the file is temporarily unavailable"):
        await plain_bot.send_document(FORUM, document.file_id)
    with pytest.raises(TelegramBadRequest, match="file must be non-empty"):
        await bot.send_document(ANA, BufferedInputFile(b"", "a.txt"))
    with pytest.raises(TelegramBadRequest, match="failed to get HTTP URL content"):
        await bot.send_photo(ANA, "http://127.0.0.1:1/a.png")
    with pytest.raises(TelegramBadRequest, match="invalid file_id"):
        await bot.get_file("nonsense")
    with pytest.raises(TelegramBadRequest, match="message caption is too long"):
        await bot.send_document(ANA, document.file_id, caption="x" * 1025)


async def test_files_of_other_bots_are_not_found(bot: Bot, plain_bot: Bot, http: aiohttp.ClientSession) -> None:
    """A file path is good with the token of a bot that knows the file alone."""
    document = (await bot.send_document(ANA, BufferedInputFile(b"data", "a.txt"))).document
    assert document is not None
    path = (await bot.get_file(document.file_id)).file_path or ""
    async with http.get(plain_bot.session.api.file_url(plain_bot.token, path)) as response:
        assert response.status == 404


async def test_typing_is_seen(bot: Bot, telegram: Control) -> None:
    """A chat action shows in the chat, until the message comes."""
    await bot.send_chat_action(ANA, ChatAction.TYPING)
    during = (await telegram.get("chats", chat_id=ANA))["chats"][0]["typing"]
    await bot.send_message(ANA, "oi")
    after = (await telegram.get("chats", chat_id=ANA))["chats"][0]["typing"]
    assert ([one["action"] for one in during], after) == (["typing"], [])


async def test_a_wrong_action_is_refused(bot: Bot) -> None:
    """There are so many actions and no more."""
    with pytest.raises(TelegramBadRequest, match="wrong parameter action in request"):
        await bot.send_chat_action(ANA, "dancing")


async def test_place_and_contact(bot: Bot) -> None:
    """A place and a contact are messages too."""
    place = (await bot.send_location(ANA, -23.5, -46.6)).location
    contact = (await bot.send_contact(ANA, "+5511", "Zé")).contact
    assert place is not None
    assert contact is not None
    assert (place.latitude, contact.first_name) == (-23.5, "Zé")


async def test_copy_and_forward(bot: Bot) -> None:
    """A copy forgets where it comes from, a forward says it."""
    first = await bot.send_message(ANA, "um")
    copied = await bot.copy_message(GROUP, ANA, first.message_id)
    forwarded = await bot.forward_message(GROUP, ANA, first.message_id)
    assert (copied.message_id + 1, "um") == (forwarded.message_id, forwarded.text)
    assert isinstance(forwarded.forward_origin, MessageOriginUser)


async def test_a_lost_message_cannot_be_copied(bot: Bot) -> None:
    """What is copied or forwarded has to exist."""
    with pytest.raises(TelegramBadRequest, match="message to copy not found"):
        await bot.copy_message(GROUP, ANA, 999)
    with pytest.raises(TelegramBadRequest, match="message to forward not found"):
        await bot.forward_message(GROUP, ANA, 999)


async def test_edits(bot: Bot) -> None:
    """Text and keyboard change; without a keyboard the old one goes."""
    sent = await bot.send_message(ANA, "um", reply_markup=keyboard(callback_data="a"))
    edited = await bot.edit_message_text("dois", chat_id=ANA, message_id=sent.message_id)
    marked = await bot.edit_message_reply_markup(
        chat_id=ANA, message_id=sent.message_id, reply_markup=keyboard(callback_data="b")
    )
    assert not isinstance(edited, bool)
    assert not isinstance(marked, bool)
    assert (edited.text, edited.reply_markup, marked.reply_markup is not None) == ("dois", None, True)


async def test_refused_edits(bot: Bot, telegram: Control) -> None:
    """Nothing new, nothing there, somebody else's, no text: each has its words."""
    sent = await bot.send_message(ANA, "um")
    picture = await bot.send_photo(ANA, BufferedInputFile(PICTURE, "a.png"))
    hers = await telegram.post("write", user_id=ANA, bot_id=BOT.id, text="meu")
    for message_id, text, words in (
        (sent.message_id, "um", "message is not modified"),
        (999, "dois", "message to edit not found"),
        (hers["message_id"], "dois", "message can't be edited"),
        (picture.message_id, "dois", "there is no text in the message to edit"),
    ):
        with pytest.raises(TelegramBadRequest, match=words):
            await bot.edit_message_text(text, chat_id=ANA, message_id=message_id)
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await bot.edit_message_reply_markup(chat_id=ANA, message_id=sent.message_id)


async def test_a_caption_is_edited(bot: Bot) -> None:
    """A picture gets other words."""
    picture = await bot.send_photo(ANA, BufferedInputFile(PICTURE, "a.png"), caption="um")
    edited = await bot.edit_message_caption(chat_id=ANA, message_id=picture.message_id, caption="dois")
    assert not isinstance(edited, bool)
    assert edited.caption == "dois"


async def test_deletions(bot: Bot, telegram: Control) -> None:
    """In private a bot deletes its own messages and the user's, for two days."""
    sent = await bot.send_message(ANA, "um")
    old = await bot.send_message(ANA, "velha")
    hers = await telegram.post("write", user_id=ANA, bot_id=BOT.id, text="senha")
    assert await bot.delete_message(ANA, sent.message_id)
    assert await bot.delete_message(ANA, hers["message_id"])
    with pytest.raises(TelegramBadRequest, match="message to delete not found"):
        await bot.delete_message(ANA, sent.message_id)
    await telegram.post("settings", clock_offset_s=timedelta(days=2, minutes=1).total_seconds())
    with pytest.raises(TelegramBadRequest, match="message can't be deleted"):
        await bot.delete_message(ANA, old.message_id)


async def test_a_file_from_a_url_is_uploaded_by_aiogram(bot: Bot, telegram: Control) -> None:
    """A URL file of aiogram is an upload for Telegram: here the emulator's log, sent on."""
    sent = await bot.send_document(ANA, URLInputFile(f"{telegram.url}/_sandbox/log", filename="log.txt", bot=bot))
    assert sent.document is not None
    assert sent.document.file_name == "log.txt"
