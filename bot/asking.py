"""Somebody of a team who asked for something, and where he is answered."""

from dataclasses import dataclass
from uuid import UUID, uuid5

from aiogram.types import InlineKeyboardMarkup

from bot.replies import Replies
from bot.texts import Html, Text
from core.domain.actor import Actor
from core.services.members import Membership
from core.services.team_chats import Place


@dataclass(frozen=True, slots=True)
class Ask:
    """One command or tap of a member. ``key`` is the same at every attempt; ``number`` is Telegram's message."""

    member: Membership
    place: Place
    text: Text
    key: UUID
    telegram_user_id: int
    names_tenant: bool = False
    number: int | None = None

    @property
    def actor(self) -> Actor:
        """Who asks, in the tenant it is about."""
        return self.member.actor


async def answer(
    replies: Replies, ask: Ask, html: Html, keyboard: InlineKeyboardMarkup | None = None, *, part: str = ""
) -> None:
    """Say it where it was asked; who is in several teams is told which one it is about.

    ``part`` tells several answers to one question apart.
    """
    head = Html(f"{ask.text('answer.tenant', tenant=ask.member.tenant_name)}\n") if ask.names_tenant else Html("")
    key = uuid5(ask.key, part) if part else ask.key
    await replies.reply(ask.place, Html(head + html), key=key, keyboard=keyboard, reply_to=ask.number)
