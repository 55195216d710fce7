"""``/canais``: the channel accounts, whether they work, and an end to them. Their secrets are shown to nobody."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.asking import Ask, answer
from bot.commands import CHANNELS, called
from bot.keyboards import button, keyboard
from bot.replies import Replies
from bot.taps import AccountTap, AccountVerb
from bot.texts import Html, Text
from bot.troubles import why_stopped
from core.domain.conversation import Role
from core.domain.errors import SendError
from core.services.channel_desk import ChannelDesk
from core.services.connections import ConnectedAccount


class ChannelCommands:
    """The accounts of a business."""

    def __init__(self, desk: ChannelDesk, replies: Replies) -> None:
        self._desk = desk
        self._replies = replies

    def router(self) -> Router:
        """The routes of commands."""
        router = Router(name="channels")
        router.message.register(self.channels, called(CHANNELS))
        return router

    async def channels(self, _message: Message, *, ask: Ask) -> None:
        """Every account with its state; an admin's buttons lead to each."""
        found = await self._desk.accounts(ask.actor)
        if not found:
            await answer(self._replies, ask, ask.text("channels.none"))
            return
        rows = [
            [button(_name(one, ask.text), AccountTap.about(AccountVerb.SHOW, ask.member.tenant_id, one.id))]
            for one in found
            if ask.member.role is Role.ADMIN
        ]
        lines = [_line(one, ask.text) for one in found]
        await answer(self._replies, ask, Html("\n".join((ask.text("channels.title"), *lines))), keyboard(rows))

    async def tapped(self, query: CallbackQuery, *, callback_data: AccountTap, ask: Ask) -> str:
        """A button about an account."""
        account = await self._desk.account(ask.actor, callback_data.subject_id)
        match callback_data.verb:
            case AccountVerb.SHOW:
                await self._show(account, ask)
            case AccountVerb.CHECK:
                await self._check(account, ask)
            case AccountVerb.ASK:
                sure = AccountTap.about(AccountVerb.DISCONNECT, ask.member.tenant_id, account.id)
                row = [button(ask.text.plain("channels.disconnect_sure"), sure)]
                asked = ask.text("channels.disconnect_ask", account=_name(account, ask.text))
                await answer(self._replies, ask, asked, keyboard([row]))
            case AccountVerb.DISCONNECT:
                await self._desk.disconnect(ask.actor, account.id)
                await answer(self._replies, ask, ask.text("channels.disconnected", account=_name(account, ask.text)))
                await self._replies.retire(query)
        return ""

    async def _show(self, account: ConnectedAccount, ask: Ask) -> None:
        row = [
            button(ask.text.plain("channels.check"), _tap(AccountVerb.CHECK, ask, account)),
            button(ask.text.plain("channels.disconnect"), _tap(AccountVerb.ASK, ask, account)),
        ]
        await answer(self._replies, ask, _line(account, ask.text), keyboard([row]))

    async def _check(self, account: ConnectedAccount, ask: Ask) -> None:
        name, found = _name(account, ask.text), await self._desk.check(ask.actor, account.id)
        if isinstance(found, SendError):
            told = ask.text("channels.check_failed", account=name, reason=why_stopped(str(found), ask.text, found.code))
        elif account.status == "stopped":
            told = ask.text(
                "channels.check_stopped", account=name, reason=why_stopped(account.stopped_reason or "", ask.text)
            )
        else:
            told = ask.text("channels.check_passed" if found else "channels.check_unknown", account=name)
        await answer(self._replies, ask, told)


def _tap(verb: AccountVerb, ask: Ask, account: ConnectedAccount) -> AccountTap:
    return AccountTap.about(verb, ask.member.tenant_id, account.id)


def _name(account: ConnectedAccount, text: Text) -> str:
    channel = f"channel.{account.channel}"
    return f"{text.plain(channel if channel in text else 'channel.other')} {account.external_id}"


def _line(account: ConnectedAccount, text: Text) -> Html:
    state = text(f"channels.state.{account.status}", reason=why_stopped(account.stopped_reason or "", text))
    return text("channels.line", account=_name(account, text), state=state)
