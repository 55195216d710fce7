"""What is due is shown, whatever else goes wrong; and every kind of it has its words."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest
from aiogram import Bot

from bot.drawing import Drawing
from bot.notices import draw_notice
from bot.notifier import Notifier
from bot.texts import Catalogs
from core.domain.conversation import Author, Role
from core.domain.ids import uuid7
from core.domain.notification import NotificationKind
from core.domain.team import PostKind
from core.services.announcements import Announcements
from core.services.post_queue import DuePost, PostQueue, Shown
from tests.integration.bot.stage import running
from tests.integration.chats import Chats
from tests.integration.sandbox.conftest import Control
from tests.integration.sandbox.telegram_cast import ANA, BOT
from tests.integration.services.desk import Desk
from tests.patience import PATIENCE

LANGUAGES = Catalogs.load().languages
WORDS = "a reply"
"""What a reply that is due says."""


@dataclass(frozen=True, slots=True)
class Admin:
    """Ana, who mends things, and her chat with the bot."""

    desk: Desk
    member_id: UUID
    chat: UUID

    @property
    def tenant_id(self) -> UUID:
        """Her business."""
        return self.desk.ref.tenant_id

    async def due(self, kind: PostKind, **more: object) -> UUID:
        """Something to be shown to her."""
        due_at = await self.desk.value("SELECT now()")
        row = {"tenant_id": self.tenant_id, "chat_ref": self.chat, "subject_id": uuid7(), "due_at": due_at}
        return await self.desk.seed.insert("telegram_posts", **{**row, **more}, kind=kind.value)

    async def reply_due(self) -> UUID:
        """Some words to be shown to her."""
        return await self.due(PostKind.REPLY, payload={"html": WORDS})


async def _admin(desk: Desk, telegram: Control, language: str = "pt-BR") -> Admin:
    member_id = await desk.seed.member(
        desk.ref.tenant_id, role=Role.ADMIN, telegram_user_id=ANA, name="Ana", language=language
    )
    await telegram.post("start", user_id=ANA, bot_id=BOT.id)
    chat = await desk.seed.insert(
        "telegram_chats", tenant_id=desk.ref.tenant_id, bot_id=BOT.id, chat_id=ANA, kind="private", member_id=member_id
    )
    return Admin(desk, member_id, chat)


class _StuckAnnouncements(Announcements):
    """There is so much to tell of that it never ends."""

    async def tell_due(self, limit: int = 100) -> int:
        await asyncio.Event().wait()
        return limit


class _BrokenDrawing(Drawing):
    """Nobody foresaw what a notice holds."""

    async def show(self, post: DuePost) -> Shown:
        if post.kind is PostKind.NOTICE:
            raise KeyError(post.id)
        return await super().show(post)


async def test_posts_are_shown_while_notifications_are_told(desk: Desk, bot: Bot, telegram: Control) -> None:
    """Nobody who asked something waits until the whole team is told of everything."""
    admin = await _admin(desk, telegram)
    await admin.reply_due()
    notifier = Notifier(PostQueue(bot.id), _StuckAnnouncements(), Drawing(bot, Catalogs.load()))
    finish = asyncio.Event()
    showing = asyncio.create_task(notifier.run(finish))
    await Chats(telegram, desk).shown(ANA, lambda message: message["text"] == WORDS)
    showing.cancel()
    await asyncio.gather(showing, return_exceptions=True)


async def test_a_post_that_breaks_holds_up_nothing_else_in_its_chat(desk: Desk, bot: Bot, telegram: Control) -> None:
    """What nobody foresaw is tried again later; the chat's lease is not waited for."""
    admin = await _admin(desk, telegram)
    broken = await admin.due(PostKind.NOTICE)
    queue = PostQueue(bot.id, lease=10 * PATIENCE)
    async with running(Notifier(queue, Announcements(), _BrokenDrawing(bot, Catalogs.load()))):
        async with asyncio.timeout(PATIENCE):
            while not await desk.value("SELECT faults FROM telegram_posts WHERE id = $1", broken):
                await asyncio.sleep(0.02)
        await admin.reply_due()
        await Chats(telegram, desk).shown(ANA, lambda message: message["text"] == WORDS)


async def test_a_channel_that_the_texts_do_not_know_is_told_of_too(desk: Desk) -> None:
    """A new channel's account stops: there is a word for whatever channel it is."""
    await desk.run("UPDATE channel_accounts SET channel = 'pigeon', status = 'stopped', stopped_reason = 'lost'")
    payload = {"kind": "channel_stopped", "subject_id": str(desk.thread.account_id)}
    for language in LANGUAGES:
        text = Catalogs.load().of(language)
        html = await draw_notice(desk.ref.tenant_id, payload, text)
        assert html is not None
        assert text("channel.other") in html


async def _subject(kind: NotificationKind, admin: Admin) -> UUID:  # noqa: C901, PLR0911 - a kind each
    """What such a notification is about, as it stands in the database."""
    desk, tenant_id = admin.desk, admin.tenant_id
    conversation = {"tenant_id": tenant_id, "conversation_id": desk.ref.conversation_id}
    match kind:
        case NotificationKind.HAND_OFF_CARD | NotificationKind.SPEND_LIMIT:
            return await desk.seed.insert("hand_offs", lead_id=desk.thread.lead_id, reason="intent", **conversation)
        case NotificationKind.WAITING_REMINDER | NotificationKind.WAITING_ESCALATED:
            await desk.run(
                "UPDATE conversations SET status = 'waiting_human', assignee_id = NULL, waiting_since = now()"
            )
            return await desk.seed.insert("hand_offs", lead_id=desk.thread.lead_id, reason="intent", **conversation)
        case NotificationKind.LEAD_MESSAGE:
            return await desk.seed.message(desk.thread, "Oi", direction="in", author=Author.LEAD, status="received")
        case NotificationKind.DATA_REQUEST | NotificationKind.DATA_REQUEST_DUE | NotificationKind.DATA_REQUEST_OVERDUE:
            term = {"asked_at": datetime(2026, 3, 1, tzinfo=UTC), "due_at": datetime(2026, 3, 16, tzinfo=UTC)}
            about = {"lead_id": desk.thread.lead_id, "kind": "access", "origin": "lead"}
            return await desk.seed.insert("data_requests", tenant_id=tenant_id, **about, **term)
        case NotificationKind.ATTENDANT_MESSAGE:
            return await desk.seed.message(desk.thread, "Oi", author=Author.ATTENDANT, status="sent")
        case NotificationKind.DEAD_LETTER:
            return await desk.seed.insert(
                "dead_letters", tenant_id=tenant_id, kind="send", subject_id=uuid7(), error="refused", attempts=1
            )
        case NotificationKind.CHANNEL_STOPPED:
            await desk.run("UPDATE channel_accounts SET status = 'stopped', stopped_reason = 'revoked'")
            return desk.thread.account_id
        case (
            NotificationKind.TRANSFERRED
            | NotificationKind.SILENT_ATTENDANT
            | NotificationKind.WOKEN
            | NotificationKind.REPLIES_BLOCKED
            | NotificationKind.WISH_HEARD
        ):
            return desk.ref.conversation_id
        case NotificationKind.TENANT_DELETION | NotificationKind.TENANT_DELETION_NEAR:
            await desk.run("UPDATE tenants SET deletion_due_at = $1", datetime.fromisoformat(_DUE))
            return tenant_id
        case _:  # the tenant itself, or a month of its own, of which all is in the payload
            return tenant_id


_DUE = "2026-03-16T09:00:00+00:00"
_FULL = {
    "leads": 2400, "limit": 3000, "plan": "Scale", "percent": 80, "excess_cents": 90, "currency": "BRL",
    "cost_micros": 40_100_000, "budget_micros": 50_000_000, "left": 2, "count": 5, "guard": 4, "validator": 1, "number": 7,
    "wish": "leave", "due": _DUE, "day": "2026-03-16",
}  # fmt: skip
"""What a notice carries that says it all itself."""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", NotificationKind)
async def test_every_kind_is_told_in_every_language(
    desk: Desk, bot: Bot, telegram: Control, kind: NotificationKind, language: str
) -> None:
    """From the notification to words in a chat; a spend limit once had none, and nobody was told."""
    admin = await _admin(desk, telegram, language)
    await desk.run("UPDATE conversations SET status = 'human', assignee_id = $1", admin.member_id)
    subject_id = await _subject(kind, admin)
    await desk.run("DELETE FROM notifications")
    due_at = await desk.value("SELECT now()")
    await desk.seed.insert(
        "notifications", tenant_id=admin.tenant_id, kind=kind.value, subject_id=subject_id, due_at=due_at,
        payload={"member_id": str(admin.member_id), **_FULL},
    )  # fmt: skip
    async with running(Notifier(PostQueue(bot.id), Announcements(), Drawing(bot, Catalogs.load()))):
        await Chats(telegram, desk).shown(ANA, lambda message: bool(message["text"]))


async def test_the_database_knows_the_kinds(desk: Desk) -> None:
    """Those and no other: what has no words is refused where it is written."""
    allowed = await desk.value(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'notifications_kind'"
    )
    assert {part for part in str(allowed).split("'") if part.replace("_", "").isalpha()} == set(NotificationKind)
