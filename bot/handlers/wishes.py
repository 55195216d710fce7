"""``/anotar``: what a lead wished of a person, by whatever way, written down by whoever heard it."""

from collections.abc import Sequence

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.aiming import aim_of
from bot.asking import Ask, answer
from bot.commands import RECORD, called
from bot.replies import Replies
from bot.taps import WishTap
from bot.wishes import wishes
from core.domain.data_request import RequestKind
from core.domain.errors import NotFound
from core.domain.opt_out import WishKind
from core.domain.ports import ConversationRef
from core.domain.team import MessagePurpose
from core.services import scenes
from core.services.data_requests import told_request, write_down_request
from core.services.members import Membership
from core.services.opt_outs import wish_standing, write_down_wish
from core.services.scenes import Thread
from core.services.team_chats import Place


class WishCommands:
    """Writes down what leads wish. Whom a command is about is known as for words: a reply, a topic, the active lead."""

    def __init__(self, replies: Replies) -> None:
        self._replies = replies

    def router(self) -> Router:
        """The routes of commands."""
        router = Router(name="wishes")
        router.message.register(self.record, called(RECORD))
        return router

    async def record(
        self, message: Message, *, ask: Ask, memberships: Sequence[Membership], place: Place | None
    ) -> None:
        """Asks what it was."""
        aim = await aim_of(message, memberships, place)
        thread = None if aim is None else await scenes.thread_of(aim.member.tenant_id, aim.conversation_id)
        if aim is None or thread is None:
            await answer(self._replies, ask, ask.text("rights.which"))
            return
        ref = ConversationRef(aim.member.tenant_id, thread.conversation_id)
        left_alone = (await wish_standing(ref)).left_since is not None
        standing = ask.text("wish.left_alone" if left_alone else "wish.written_to")
        await self._replies.reply(
            aim.place, ask.text("wish.which", lead=thread.lead, standing=standing), key=ask.key,
            keyboard=wishes(ref.tenant_id, ref.conversation_id, ask.text, left_alone=left_alone), reply_to=ask.number,
            about=thread.conversation_id, purpose=MessagePurpose.VIEW,
        )  # fmt: skip

    async def tapped(self, query: CallbackQuery, *, callback_data: WishTap, ask: Ask) -> str:
        """What he wished: written down once, however often it is tapped."""
        thread = await scenes.thread_of(ask.member.tenant_id, callback_data.subject_id)
        if thread is None:
            message = "nobody is there"
            raise NotFound(message)
        wish = callback_data.wish
        told = await (_asked if wish in set(RequestKind) else _wished)(ask, thread, wish)
        await self._replies.retire(query)
        return told


async def _asked(ask: Ask, thread: Thread, wish: str) -> str:
    request_id = await write_down_request(ask.actor, thread.lead_id, RequestKind(wish))
    request = await told_request(ask.actor.tenant_id, request_id)
    due = request.due_at.strftime(ask.text.plain("day.pattern")) if request else ""
    return ask.text.plain("wish.toast.request", due=due)


async def _wished(ask: Ask, thread: Thread, wish: str) -> str:
    kind = WishKind(wish)
    changed = await write_down_wish(ask.actor, thread.lead_id, kind)
    return ask.text.plain(f"wish.toast.{kind}" if changed else "wish.toast.unchanged", lead=thread.lead)
