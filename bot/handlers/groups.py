"""Groups: ``/vincular``, ``/desvincular``, and what becomes of the chats that the bot is in."""

from collections.abc import Sequence
from uuid import UUID

from aiogram import Bot, F, Router
from aiogram.enums import ChatMemberStatus, ChatType
from aiogram.types import (
    CallbackQuery,
    Chat,
    ChatMemberAdministrator,
    ChatMemberOwner,
    ChatMemberUnion,
    ChatMemberUpdated,
    InlineKeyboardMarkup,
    Message,
)

from bot.asking import Ask, answer
from bot.commands import LINK, UNLINK, called, only_private
from bot.keyboards import button, keyboard
from bot.replies import Replies
from bot.strangers import STRANGER, why_not
from bot.taps import BusinessTap, BusinessVerb
from bot.texts import Catalogs, Html, Text
from core.services import team_chats
from core.services.members import Membership, administered
from core.services.team_chats import Place

_OUTSIDE = frozenset({ChatMemberStatus.LEFT, ChatMemberStatus.KICKED})


class Groups:
    """Whose group it is, and whether the bot can work there."""

    def __init__(self, catalogs: Catalogs, replies: Replies) -> None:
        self._catalogs = catalogs
        self._replies = replies

    def first_router(self) -> Router:
        """The routes of what Telegram itself tells of chats."""
        router = Router(name="chats")
        router.my_chat_member.register(self.standing)
        router.message.register(self.moved, F.migrate_to_chat_id)
        router.message.register(self.came, F.migrate_from_chat_id)
        return router

    def router(self) -> Router:
        """The routes of commands; in chats that are nobody's too."""
        router = Router(name="groups")
        router.message.register(self.only_in_groups, called(LINK), F.chat.type == ChatType.PRIVATE)
        router.message.register(self.only_in_groups, called(UNLINK), F.chat.type == ChatType.PRIVATE)
        router.message.register(self.only_private, only_private(), F.chat.type != ChatType.PRIVATE)
        router.message.register(self.link, called(LINK))
        router.message.register(self.unlink, called(UNLINK))
        return router

    async def only_in_groups(self, _message: Message, *, ask: Ask) -> None:
        """Where the command belongs."""
        await answer(self._replies, ask, ask.text("group.only_in_groups"))

    async def only_private(self, _message: Message, *, ask: Ask | None) -> None:
        """What not everybody in the group is to see."""
        if ask is not None:
            await answer(self._replies, ask, ask.text("group.only_private"))

    async def link(
        self,
        message: Message,
        *,
        bot: Bot,
        memberships: Sequence[Membership],
        ask: Ask | None,
        text: Text,
        update_key: UUID,
    ) -> None:
        """The group is to be a business's: the asker's, or the one he chooses."""
        if ask is not None:
            await team_chats.link_group(ask.actor, bot.id, message.chat.id, message.chat.title or "")
            await answer(self._replies, ask, ask.text("group.linked_already", tenant=ask.member.tenant_name))
            return
        unknown = why_not(message, memberships, None)
        if unknown != STRANGER:
            await self._outside(message, text(unknown))
            return
        admins = team_chats.who_may_link(memberships)
        if len(admins) > 1:
            await self._outside(message, text("group.which"), _offers(admins))
            return
        await self._link(bot, admins[0], message.chat, text, update_key)

    async def tapped(
        self, query: CallbackQuery, *, bot: Bot, member: Membership, ask: Ask | None, text: Text, update_key: UUID
    ) -> str:
        """The button: the same."""
        team_chats.who_may_link([member])
        if query.message is not None and query.message.chat.type != ChatType.PRIVATE and ask is None:
            await self._link(bot, member, query.message.chat, text, update_key)
            return ""
        return text.plain("group.toast_linked")

    async def _link(self, bot: Bot, member: Membership, chat: Chat, text: Text, key: UUID) -> None:
        missing = await _missing(bot, chat, text)
        if missing:
            html = Html("\n".join((text("group.not_ready"), *missing)))
            await self._replies.outside(chat.id, html, keyboard=_offers([member], text.plain("group.again")))
            return
        place = await team_chats.link_group(member.actor, bot.id, chat.id, chat.title or "")
        await self._replies.reply(place, text("group.linked", tenant=member.tenant_name), key=key)

    async def unlink(self, message: Message, *, ask: Ask | None, text: Text) -> None:
        """The group is nobody's from now on; what it was told it keeps."""
        if ask is None:
            await self._outside(message, text("group.not_linked"))
            return
        await team_chats.unlink_group(ask.actor, ask.place)
        await self._outside(message, ask.text("group.unlinked", tenant=ask.member.tenant_name))

    async def _outside(self, message: Message, html: Html, offers: InlineKeyboardMarkup | None = None) -> None:
        thread_id = message.message_thread_id if message.is_topic_message else None
        await self._replies.outside(message.chat.id, html, thread_id=thread_id, keyboard=offers)

    async def standing(
        self, event: ChatMemberUpdated, *, bot: Bot, memberships: Sequence[Membership], text: Text, update_key: UUID
    ) -> None:
        """The bot was let in, promoted or demoted, blocked or thrown out."""
        inside = event.new_chat_member.status not in _OUTSIDE
        places = await team_chats.places_at(bot.id, event.chat.id)
        for place in places:
            if inside:
                await team_chats.mark_reachable(place)
            else:
                await team_chats.mark_unreachable(place.tenant_id, place.chat_ref)
        group = team_chats.in_group(places)
        if group is not None and inside and _may_work(event.old_chat_member) and not _may_work(event.new_chat_member):
            await self._tell_missing(bot, event.chat, group, update_key)
        admins = administered(memberships)
        came = inside and event.old_chat_member.status in _OUTSIDE
        if came and not places and admins and event.chat.type != ChatType.PRIVATE:
            await self._replies.outside(event.chat.id, text("group.offer"), keyboard=_offers(admins))

    async def _tell_missing(self, bot: Bot, chat: Chat, group: Place, key: UUID) -> None:
        """Who can mend it hears that the bot is deaf in the team's group, and what it lacks."""
        for place, language in await team_chats.who_mends(group):
            text = self._catalogs.of(language)
            missing = await _missing(bot, chat, text)
            if missing:
                told = text("group.demoted", group=chat.title or "")
                await self._replies.reply(place, Html("\n".join((told, *missing))), key=key)

    async def moved(self, message: Message, *, bot: Bot) -> None:
        """A group became a supergroup: its last message in the old chat."""
        if message.migrate_to_chat_id is not None:
            await _move(await team_chats.places_at(bot.id, message.chat.id), message.migrate_to_chat_id)

    async def came(self, message: Message, *, bot: Bot) -> None:
        """The same, its first message in the new one: whichever comes first."""
        if message.migrate_from_chat_id is not None:
            await _move(await team_chats.places_at(bot.id, message.migrate_from_chat_id), message.chat.id)


def _offers(admins: Sequence[Membership], words: str = "") -> InlineKeyboardMarkup | None:
    return keyboard(
        [button(words or f"🔗 {one.tenant_name}", BusinessTap.about(BusinessVerb.LINK, one.tenant_id))]
        for one in admins
    )


def _may_work(standing: ChatMemberUnion) -> bool:
    """Whether the bot reads everything in a group with this standing, and may manage its topics."""
    return isinstance(standing, ChatMemberOwner) or (
        isinstance(standing, ChatMemberAdministrator) and bool(standing.can_manage_topics)
    )


async def _missing(bot: Bot, chat: Chat, text: Text) -> list[Html]:
    """What the group still lacks, as things to do."""
    known = await bot.get_chat(chat.id)
    mine = await bot.get_chat_member(chat.id, bot.id)
    found = [] if known.is_forum else [text("group.needs_topics")]
    if not _may_work(mine):
        leads = isinstance(mine, ChatMemberAdministrator)
        found.append(text("group.needs_right" if leads else "group.needs_admin"))
    return found


async def _move(places: Sequence[Place], chat_id: int) -> None:
    for place in places:
        await team_chats.move_group(place.tenant_id, place.chat_ref, chat_id)
