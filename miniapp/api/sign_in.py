"""Who comes in, stays in, and where he is signed in."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from pydantic import AwareDatetime, Field

from core.domain.errors import Forbidden, NotFound
from core.domain.failure_limit import TooManyFailures
from core.services.members import memberships
from core.services.session_tokens import TokenInvalid
from core.services.sessions import EndReason, LaunchUsed, Sessions, TokenPair
from miniapp.api.init_data import LONGEST, LaunchExpired, read_launch
from miniapp.api.operation import ApiModel, Call, Nothing, Operation
from miniapp.api.problem import TenantSuspended
from miniapp.api.seals import LaunchInvalid, Seal


class NoMember(Forbidden):
    """Telegram says who it is, and no business says that he works there."""

    code = "no_member"


class SignIn(ApiModel):
    """``init_data`` as Telegram gave it, untouched; ``tenant_id`` when the person chose among several."""

    init_data: str = Field(max_length=LONGEST)
    tenant_id: UUID | None = None


class Refresh(ApiModel):
    """The refresh token of the last pair."""

    refresh_token: str = Field(max_length=1024)


class Tokens(ApiModel):
    """``access_token`` for the header of each request, ``refresh_token`` for the next pair, once."""

    access_token: str
    refresh_token: str


class Switch(ApiModel):
    """The business to go to."""

    tenant_id: UUID


class Session(ApiModel):
    """Where somebody is signed in; ``current`` is the one that asks."""

    id: UUID
    member_id: UUID
    member_name: str
    client: str
    opened_at: AwareDatetime
    renewed_at: AwareDatetime
    current: bool


class SessionList(ApiModel):
    """One's own sessions; for admins, everybody's."""

    sessions: Sequence[Session]


class SignInDesk:
    """The operations about sessions."""

    def __init__(self, sessions: Sessions, seal: Seal, now: Callable[[], datetime]) -> None:
        self._sessions = sessions
        self._seal = seal
        self._now = now

    def operations(self) -> Sequence[Operation]:
        """All of them."""
        return (
            Operation(
                "sign_in", "POST", "/session", "Come in by a launch of Telegram's.", self._sign_in,
                body=SignIn, answer=Tokens, public=True,
                refusals=(LaunchInvalid, LaunchExpired, LaunchUsed, NoMember, TenantSuspended, TooManyFailures),
            ),
            Operation(
                "refresh", "POST", "/session/refresh", "A new pair for the last one's refresh token.", self._refresh,
                body=Refresh, answer=Tokens, public=True, refusals=(TokenInvalid, TooManyFailures),
            ),
            Operation(
                "switch_tenant", "POST", "/session/tenant", "Go to another business of one's own.", self._switch,
                body=Switch, answer=Tokens, refusals=(NotFound,),
            ),
            Operation("sign_out", "DELETE", "/session", "End this session.", self._sign_out),
            Operation("list_sessions", "GET", "/sessions", "Where one is signed in.", self._list, answer=SessionList),
            Operation(
                "end_session", "DELETE", "/sessions/{session_id}", "End a session.", self._end, refusals=(NotFound,)
            ),
        )  # fmt: skip

    async def _sign_in(self, call: Call[Nothing, SignIn]) -> Tokens:
        launch = read_launch(call.body.init_data, self._seal, now=self._now())
        places = await memberships(launch.telegram_user_id)
        meant = [one for one in places if call.body.tenant_id in {None, one.tenant_id}]
        chosen = next((one for one in meant if not one.suspended), None)
        if chosen is None:
            raise TenantSuspended(meant[0].deletion_due_at) if meant else NoMember
        return _tokens(await self._sessions.open(chosen, launch.fingerprint, call.caller.client))

    async def _refresh(self, call: Call[Nothing, Refresh]) -> Tokens:
        return _tokens(await self._sessions.renew(call.body.refresh_token, call.caller.client))

    async def _switch(self, call: Call[Nothing, Switch]) -> Tokens:
        places = await memberships(call.who.telegram_user_id)
        chosen = next((one for one in places if one.tenant_id == call.body.tenant_id and not one.suspended), None)
        if chosen is None:
            message = "the person is nobody there"
            raise NotFound(message)
        return _tokens(await self._sessions.switch(call.who, chosen, call.caller.client))

    async def _sign_out(self, call: Call[Nothing, Nothing]) -> None:
        await self._sessions.end(call.who.actor, call.who.session_id, EndReason.SIGNED_OUT)

    async def _list(self, call: Call[Nothing, Nothing]) -> SessionList:
        found = await self._sessions.of_team(call.who.actor)
        return SessionList(
            sessions=[
                Session(
                    id=one.id,
                    member_id=one.member_id,
                    member_name=one.member_name,
                    client=one.client,
                    opened_at=one.opened_at,
                    renewed_at=one.renewed_at,
                    current=one.id == call.who.session_id,
                )
                for one in found
            ]
        )

    async def _end(self, call: Call[Nothing, Nothing]) -> None:
        await self._sessions.end(call.who.actor, call.ids["session_id"], EndReason.ENDED)


def _tokens(pair: TokenPair) -> Tokens:
    return Tokens(access_token=pair.access, refresh_token=pair.refresh)
