"""What each decides for himself: ``/idioma`` and ``/trocar``."""

from collections.abc import Sequence
from uuid import UUID

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.asking import Ask, answer
from bot.commands import LANGUAGE, SWITCH, called
from bot.keyboards import button, keyboard
from bot.menu_button import MenuButtons
from bot.replies import Replies
from bot.taps import BusinessTap, BusinessVerb, LanguageTap
from bot.texts import Catalogs
from core.services import members
from core.services.members import Membership


class Personal:
    """The language, and the business one acts in."""

    def __init__(self, catalogs: Catalogs, replies: Replies, menus: MenuButtons) -> None:
        self._catalogs = catalogs
        self._replies = replies
        self._menus = menus

    def router(self) -> Router:
        """The routes; taps about a business are in ``switched``."""
        router = Router(name="personal")
        router.message.register(self.languages, called(LANGUAGE))
        router.message.register(self.businesses, called(SWITCH))
        router.callback_query.register(self.spoken, LanguageTap.filter())
        return router

    async def languages(self, _message: Message, *, ask: Ask) -> None:
        """Which one is to be spoken."""
        row = [
            button(self._catalogs.of(code).plain("language.name"), LanguageTap(language=code))
            for code in sorted(self._catalogs.languages)
        ]
        await answer(self._replies, ask, ask.text("language.ask"), keyboard([row]))

    async def spoken(
        self, query: CallbackQuery, *, callback_data: LanguageTap, memberships: Sequence[Membership], update_key: UUID
    ) -> None:
        """One was chosen: everywhere he is somebody."""
        del update_key
        text = self._catalogs.of(callback_data.language)
        for one in memberships:
            await members.change_language(one.actor, text.language)
        await self._replies.toast(query, text.plain("language.changed"))
        await self._menus.speak(query.from_user.id, text.language)

    async def businesses(self, _message: Message, *, ask: Ask, memberships: Sequence[Membership]) -> None:
        """Where he may act."""
        if len(memberships) == 1:
            await answer(self._replies, ask, ask.text("switch.only", tenant=ask.member.tenant_name))
            return
        rows = [
            [button(one.tenant_name, BusinessTap.about(BusinessVerb.SWITCH, one.tenant_id))]
            for one in memberships
            if not one.suspended
        ]
        await answer(self._replies, ask, ask.text("switch.ask"), keyboard(rows))

    async def switched(self, _query: CallbackQuery, *, ask: Ask) -> str:
        """He acts there from now on."""
        await members.act_in(ask.telegram_user_id, ask.member.tenant_id)
        await answer(self._replies, ask, ask.text("switch.done"))
        return ask.text.plain("switch.toast", tenant=ask.member.tenant_name)
