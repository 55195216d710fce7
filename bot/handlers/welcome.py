"""How people come in, and what they find: ``/start``, ``/ajuda``, and whoever is in no team."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from aiogram import Bot, F, Router
from aiogram.enums import ChatType
from aiogram.filters import CommandObject, CommandStart
from aiogram.types import Message, User

from bot.asking import Ask, answer
from bot.commands import HELP, called, described, usable_by
from bot.replies import Replies
from bot.strangers import why_not
from bot.texts import Catalogs, Html, Text, language_of
from core.domain.team import ChatKind
from core.services import members, team_chats
from core.services.members import Membership, Person
from core.services.team_chats import Place

_OF_A_LEAD: Final = "lead_"
"""Deep links to a lead begin so, and no invitation but by a chance of one in a thousand millions."""


class Welcome:
    """Lets people in and tells them what there is."""

    def __init__(self, catalogs: Catalogs, replies: Replies) -> None:
        self._catalogs = catalogs
        self._replies = replies

    def router(self) -> Router:
        """The routes for members and those who want to be."""
        router = Router(name="welcome")
        router.message.register(self.start, CommandStart(), F.chat.type == ChatType.PRIVATE)
        router.message.register(self.outsider, F.chat.type == ChatType.PRIVATE, _is_outsider)
        router.message.register(self.stranger, F.text.startswith("/"), _is_stranger)
        router.message.register(self.help, called(HELP))
        return router

    def last_router(self) -> Router:
        """The route for commands that there are not; it comes after every other."""
        router = Router(name="unknown")
        router.message.register(self.unknown, F.text.startswith("/"), F.chat.type == ChatType.PRIVATE)
        return router

    async def start(
        self,
        message: Message,
        *,
        bot: Bot,
        command: CommandObject,
        memberships: Sequence[Membership],
        ask: Ask | None,
        text: Text,
        update_key: UUID,
    ) -> None:
        """With an invitation: in; without one: what there is."""
        payload = command.args or ""
        if payload and not payload.startswith(_OF_A_LEAD) and message.from_user is not None:
            await self._join(payload, message.from_user, bot.id, update_key)
        elif ask is not None:
            await answer(self._replies, ask, text("start.welcome", name=_called(message), help=_help(ask)))
        else:
            await self._tell_outsider(message, memberships, text)

    async def _join(self, token: str, user: User, bot_id: int, key: UUID) -> None:
        joined = await members.join(token, Person(user.id, user.full_name, language_of(user.language_code)))
        place = await team_chats.open_private(bot_id, joined, user.id, user.full_name)
        await members.act_in(user.id, joined.tenant_id)
        text = self._catalogs.of(joined.language)
        ask = Ask(joined, place, text, key, user.id)
        role = text(f"role.{joined.role}")
        told = text("start.joined", name=user.full_name, tenant=joined.tenant_name, role=role, help=_help(ask))
        await answer(self._replies, ask, told)

    async def outsider(self, message: Message, *, memberships: Sequence[Membership], text: Text) -> None:
        """Whatever somebody writes who is in no team."""
        await self._tell_outsider(message, memberships, text)

    async def _tell_outsider(self, message: Message, memberships: Sequence[Membership], text: Text) -> None:
        words = text("start.suspended") if memberships else text("start.ask_invite")
        await self._replies.outside(message.chat.id, words)

    async def stranger(
        self, message: Message, *, memberships: Sequence[Membership], place: Place, text: Text, update_key: UUID
    ) -> None:
        """A command in a team's group by somebody who is not in the team, or not to be known."""
        html = text(why_not(message, memberships, place.tenant_id))
        await self._replies.reply(place, html, key=update_key, reply_to=message.message_id)

    async def help(self, message: Message, *, ask: Ask | None, text: Text) -> None:
        """What the asker may do here."""
        if ask is not None:
            await answer(self._replies, ask, _help(ask))
        else:
            await self._replies.outside(message.chat.id, text("group.not_linked"), thread_id=message.message_thread_id)

    async def unknown(self, message: Message, *, ask: Ask | None) -> None:
        """A command that there is not."""
        del message
        if ask is not None:
            await answer(self._replies, ask, ask.text("help.unknown"))


async def _is_outsider(_message: Message, member: Membership | None) -> bool:
    return member is None


async def _is_stranger(_message: Message, member: Membership | None, place: Place | None) -> bool:
    return member is None and place is not None and place.kind is ChatKind.GROUP


def _called(message: Message) -> str:
    return message.from_user.first_name if message.from_user else ""


def _help(ask: Ask) -> Html:
    in_group = ask.place.kind is ChatKind.GROUP
    entries = [entry for entry in usable_by(ask.member.role) if (entry.group if in_group else entry.private)]
    lines = [
        ask.text("help.line", command=entry.name(ask.text.language), does=described(entry, ask.text))
        for entry in entries
    ]
    title = ask.text("help.title", role=ask.text(f"role.{ask.member.role}"))
    return Html("\n".join((title, *lines, ask.text("help.how"))))
