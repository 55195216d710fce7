"""The people of the business: who is there, who comes and goes, and what each may do."""

from collections.abc import Sequence
from uuid import UUID

from pydantic import AwareDatetime

from core.domain.actor import Actor
from core.domain.conversation import Role
from core.domain.errors import Forbidden, LastAdmin, NotFound, PlanFull, Unavailable
from core.services import members
from core.services.members import TeamMember
from miniapp.api.operation import ApiModel, Call, Nothing, Operation
from miniapp.api.ports import BotName

_ONE = "/team/{member_id}"


class Member(ApiModel):
    """Somebody of the team. ``reachable``: the bot can tell him of what is passed to him; ``you``: he is who asks."""

    id: UUID
    name: str
    role: Role
    on_duty: bool
    conversations: int
    reachable: bool
    you: bool


class Team(ApiModel):
    """Everybody, by name."""

    members: Sequence[Member]


class NewInvitation(ApiModel):
    """What the person who comes by it will be."""

    role: Role


class Invitation(ApiModel):
    """A way in for one person, once. It is shown now and never again."""

    link: str
    expires_at: AwareDatetime


class RoleChange(ApiModel):
    """What a member is from now on."""

    role: Role


class TeamDesk:
    """The operations about the team."""

    def __init__(self, bot_name: BotName) -> None:
        self._bot_name = bot_name

    def operations(self) -> Sequence[Operation]:
        """All of them."""
        return (
            Operation("team", "GET", "/team", "Who works here.", self._team, answer=Team),
            Operation(
                "invite", "POST", "/team/invitations", "Let somebody in.", self._invite,
                body=NewInvitation, answer=Invitation, refusals=(Forbidden, PlanFull, Unavailable),
            ),
            Operation(
                "change_role", "PATCH", _ONE, "Give a member another role.", self._change_role,
                body=RoleChange, refusals=(Forbidden, NotFound, LastAdmin),
            ),
            Operation(
                "remove_member", "DELETE", _ONE, "Let a member go; everybody may go himself.", self._remove,
                refusals=(Forbidden, NotFound, LastAdmin),
            ),
        )  # fmt: skip

    async def _team(self, call: Call[Nothing, Nothing]) -> Team:
        return Team(members=[_member(one, call.actor) for one in await members.team(call.actor)])

    async def _invite(self, call: Call[Nothing, NewInvitation]) -> Invitation:
        members.roles_to_invite(call.actor)
        name = await self._bot_name()
        invitation = await members.invite(call.actor.tenant_id, call.body.role, by=call.actor)
        return Invitation(link=f"https://t.me/{name}?start={invitation.token}", expires_at=invitation.expires_at)

    async def _change_role(self, call: Call[Nothing, RoleChange]) -> None:
        await members.change_role(call.actor, call.ids["member_id"], call.body.role)

    async def _remove(self, call: Call[Nothing, Nothing]) -> None:
        await members.remove(call.actor, call.ids["member_id"])


def _member(one: TeamMember, actor: Actor) -> Member:
    return Member(
        id=one.id,
        name=one.name,
        role=one.role,
        on_duty=one.on_duty,
        conversations=one.conversations,
        reachable=one.reachable,
        you=one.id == actor.member_id,
    )
