"""Who acts, where, and in which language: found out once for each update, before any handler."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final
from uuid import UUID

from aiogram import BaseMiddleware
from aiogram.dispatcher.middlewares.user_context import EVENT_CONTEXT_KEY, EventContext
from aiogram.enums import ChatType
from aiogram.types import Chat, TelegramObject, Update, User

from bot.asking import Ask
from bot.refused import Refused
from bot.texts import Catalogs, language_of
from core.domain.errors import RevezaError
from core.domain.team import ChatKind
from core.services import members, team_chats
from core.services.members import Membership
from core.services.team_chats import Place

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]
_OURS: Final = 500
"""From this status on an error is our own trouble: the update is tried again."""


class Acting(BaseMiddleware):
    """Gives handlers ``memberships``, ``member``, ``place``, ``ask`` and ``text``, and says what was refused."""

    def __init__(self, catalogs: Catalogs, refused: Refused) -> None:
        self._catalogs = catalogs
        self._refused = refused

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Find out, then handle."""
        assert isinstance(event, Update), "registered for updates as a whole"  # noqa: S101 - see bot.dispatcher
        context: EventContext = data[EVENT_CONTEXT_KEY]
        key: UUID = data["update_key"]
        try:
            data |= await self._standing(event, context, data["bot"].id, key)
            return await handler(event, data)
        except RevezaError as error:
            if error.status >= _OURS:
                await self._given_up(event, context, last=data["last_attempt"])
                raise
            text = data.get("text") or self._catalogs.of(language_of(_language(context.user)))
            await self._refused.tell(event, error, text=text, place=data.get("place"), key=key)
            return None
        except Exception:
            await self._given_up(event, context, last=data["last_attempt"])
            raise

    async def _given_up(self, event: Update, context: EventContext, *, last: bool) -> None:
        if last:
            await self._refused.apologise(event, self._catalogs.of(language_of(_language(context.user))))

    async def _standing(self, event: Update, context: EventContext, bot_id: int, key: UUID) -> dict[str, Any]:
        found = await _memberships(context.user)
        places = await team_chats.places_at(bot_id, context.chat.id) if context.chat else []
        member = _acting(context.chat, found, places)
        place = await _place(event, context, member, places, bot_id)
        text = self._catalogs.of(_spoken(member, found, context.user))
        ask = None
        if member is not None and place is not None and context.user is not None:
            several = place.kind is ChatKind.PRIVATE and len(found) > 1
            number = event.message.message_id if event.message else None
            ask = Ask(member, place, text, key, context.user.id, names_tenant=several, number=number)
        return {"memberships": found, "member": member, "place": place, "text": text, "ask": ask}


async def _memberships(user: User | None) -> Sequence[Membership]:
    return await members.memberships(user.id) if user is not None and not user.is_bot else []


def _acting(chat: Chat | None, found: Sequence[Membership], places: Sequence[Place]) -> Membership | None:
    """In a group he acts in the tenant whose group it is; in his own chat where he chose to, or acted last."""
    able = [one for one in found if not one.suspended]
    if chat is not None and chat.type != ChatType.PRIVATE:
        group = team_chats.in_group(places)
        able = [one for one in able if group is not None and one.tenant_id == group.tenant_id]
    return able[0] if able else None


async def _place(
    event: Update, context: EventContext, member: Membership | None, places: Sequence[Place], bot_id: int
) -> Place | None:
    """The chat as its tenant's; a member who writes in his own chat can be reached there from now on."""
    chat = context.chat
    if chat is None:
        return None
    if chat.type != ChatType.PRIVATE:
        group = team_chats.in_group(places)
        return group.in_thread(context.thread_id) if group else None
    known = next((one for one in places if member is not None and one.tenant_id == member.tenant_id), None)
    if member is None or (known is not None and known.reachable):
        return known
    if event.message is None and event.callback_query is None:
        return known
    return await team_chats.open_private(bot_id, member, chat.id, chat.full_name)


def _spoken(member: Membership | None, found: Sequence[Membership], user: User | None) -> str:
    """The language he chose, though it be for another business than this chat's, or for none; else Telegram's."""
    known = member or (found[0] if found else None)
    return known.language if known else language_of(_language(user))


def _language(user: User | None) -> str | None:
    return user.language_code if user is not None else None
