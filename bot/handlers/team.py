"""``/equipe``: who is in the team; for admins, who comes, who goes and who may what."""

from typing import Final

from aiogram import Bot, Router
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message

from bot.asking import Ask, answer
from bot.commands import TEAM, called
from bot.keyboards import button, keyboard
from bot.links import link_of_invitation
from bot.replies import Replies
from bot.taps import BusinessTap, BusinessVerb, InviteTap, MemberTap, MemberVerb
from bot.texts import Html, Text
from core.domain.conversation import Role
from core.services import members
from core.services.members import TeamMember

_ROLES: Final = {
    MemberVerb.ATTENDANT: Role.ATTENDANT,
    MemberVerb.MANAGER: Role.MANAGER,
    MemberVerb.ADMIN: Role.ADMIN,
}


class Team:
    """The team's own affairs."""

    def __init__(self, replies: Replies) -> None:
        self._replies = replies

    def router(self) -> Router:
        """The routes of commands."""
        router = Router(name="team")
        router.message.register(self.team, called(TEAM))
        return router

    async def team(self, _message: Message, *, ask: Ask) -> None:
        """Everybody; an admin's buttons lead to each."""
        found = await members.team(ask.actor)
        lines = [_line(one, ask.text) for one in found]
        tenant_id, admin = ask.member.tenant_id, ask.member.role is Role.ADMIN
        rows = [[button(one.name, MemberTap.about(MemberVerb.SHOW, tenant_id, one.id))] for one in found if admin]
        if admin:
            rows.append([button(ask.text.plain("team.invite"), BusinessTap.about(BusinessVerb.INVITE, tenant_id))])
        title = ask.text("team.title", count=len(found))
        await answer(self._replies, ask, Html("\n".join((title, *lines))), keyboard(rows))

    async def asked_for_invitation(self, _query: CallbackQuery, *, ask: Ask) -> str:
        """Which role is it for."""
        rows = [
            [button(ask.text.plain(f"role.{role}"), InviteTap.for_role(ask.member.tenant_id, role))]
            for role in members.roles_to_invite(ask.actor)
        ]
        await answer(self._replies, ask, ask.text("team.invite_as"), keyboard(rows))
        return ""

    async def invited(self, _query: CallbackQuery, *, bot: Bot, callback_data: InviteTap, ask: Ask) -> str:
        """A link for one new member. It is a secret: shown to the admin in his own chat alone."""
        invitation = await members.invite(ask.member.tenant_id, callback_data.role, by=ask.actor)
        link = link_of_invitation((await bot.me()).username or "", invitation.token)
        role = ask.text(f"role.{callback_data.role}")
        until = f"{invitation.expires_at:%d/%m}"
        await answer(self._replies, ask, ask.text("team.invitation", role=role, link=link, until=until))
        return ""

    async def tapped(self, query: CallbackQuery, *, callback_data: MemberTap, ask: Ask) -> str:
        """A button about a member."""
        chosen = await members.colleague(ask.actor, callback_data.subject_id)
        match callback_data.verb:
            case MemberVerb.SHOW:
                await answer(self._replies, ask, _line(chosen, ask.text), keyboard(_choices(ask, chosen)))
            case MemberVerb.ASK:
                sure = MemberTap.about(MemberVerb.REMOVE, ask.member.tenant_id, chosen.id)
                row = [button(ask.text.plain("team.remove_sure"), sure)]
                await answer(self._replies, ask, ask.text("team.remove_ask", member=chosen.name), keyboard([row]))
            case MemberVerb.REMOVE:
                await members.remove(ask.actor, chosen.id)
                await answer(self._replies, ask, ask.text("team.removed", member=chosen.name))
                await self._replies.retire(query)
            case verb:
                role = _ROLES[verb]
                await members.change_role(ask.actor, chosen.id, role)
                told = ask.text("team.role_changed", member=chosen.name, role=ask.text(f"role.{role}"))
                await answer(self._replies, ask, told)
        return ""


def _choices(ask: Ask, chosen: TeamMember) -> list[list[InlineKeyboardButton]]:
    tenant_id = ask.member.tenant_id
    roles = [
        [
            button(
                ask.text.plain("team.make", role=ask.text.plain(f"role.{role}")),
                MemberTap.about(verb, tenant_id, chosen.id),
            )
        ]
        for verb, role in _ROLES.items()
        if role is not chosen.role
    ]
    return [*roles, [button(ask.text.plain("team.remove"), MemberTap.about(MemberVerb.ASK, tenant_id, chosen.id))]]


def _line(one: TeamMember, text: Text) -> Html:
    duty = text("team.on_duty" if one.on_duty else "team.off_duty")
    return text("team.line", member=one.name, role=text(f"role.{one.role}"), duty=duty, count=one.conversations)
