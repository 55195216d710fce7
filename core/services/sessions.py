"""Sessions of the Mini App: opened by a launch, renewed by a token that works once, seen and ended by whoever may."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum, auto
from typing import Any, Final
from uuid import UUID

import structlog

from core.domain.actor import Actor
from core.domain.conversation import Role
from core.domain.errors import Conflict, NotFound
from core.domain.ids import uuid7
from core.services.audit import audit
from core.services.members import Membership
from core.services.session_tokens import Renewal, SessionRef, SessionTokens, TokenInvalid
from db.tenancy import tenant_scope

log = structlog.get_logger(__name__)

GRACE_SECONDS: Final = 10.0
"""How long a token that was used just now gives its successor once more: two tabs, or an answer that was lost."""
IDLE_DAYS: Final = 30
"""A session that nobody has renewed for so long is over."""
_LONGEST_CLIENT: Final = 200


class LaunchUsed(Conflict):
    """This launch has opened a session already: the app has to be opened anew."""

    code = "launch_used"


class EndReason(StrEnum):
    """Why a session is over."""

    SIGNED_OUT = "signed_out"
    ENDED = "ended"
    REUSED = "reused"
    """A token of it was used twice: one of the two who have it is a thief."""
    SWITCHED = "switched"


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What the app keeps: ``access`` for its requests, ``refresh`` for a new pair."""

    ref: SessionRef
    access: str
    refresh: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is behind a request, as he is now and not as he was when he signed in."""

    session_id: UUID
    actor: Actor
    telegram_user_id: int
    name: str
    language: str
    on_duty: bool
    tenant_name: str
    timezone: str


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session as its member, or an admin, sees it."""

    id: UUID
    member_id: UUID
    member_name: str
    client: str
    opened_at: datetime
    renewed_at: datetime


class _Step(Enum):
    RENEW = auto()
    REPEAT = auto()
    REFUSE = auto()
    REUSED = auto()


class Sessions:
    """The sessions of every tenant; who asks is known by a token, and by nothing else."""

    def __init__(self, tokens: SessionTokens) -> None:
        self._tokens = tokens

    async def open(self, membership: Membership, launch: bytes, client: str) -> TokenPair:
        """A session for who opened the app by this launch; raises ``LaunchUsed`` when it opened one already, anywhere."""
        ref = SessionRef(membership.tenant_id, uuid7())
        async with tenant_scope(ref.tenant_id) as scope:
            opened = await scope.row(
                "open_session", ref.tenant_id, ref.session_id, membership.member_id, launch, client[:_LONGEST_CLIENT]
            )
            if opened is None:
                raise LaunchUsed
            await audit(ref.tenant_id, membership.actor, "session.opened", ref.session_id)
        return self._pair(ref, 0, opened["at"])

    async def switch(self, who: SignedIn, membership: Membership, client: str) -> TokenPair:
        """A session in another of the person's tenants instead of this one, which ends first. Raises ``NotFound`` if it has."""
        await self.end(who.actor, who.session_id, EndReason.SWITCHED)
        return await self.open(membership, who.session_id.bytes, client)

    async def renew(self, refresh: str, client: str) -> TokenPair:
        """The next pair of the session; raises ``TokenInvalid``.

        Whoever uses a token again within the grace gets the same successor; later it is a stolen one that is used, by him
        or before him, and the session ends.
        """
        renewal = self._tokens.read_refresh(refresh)
        ref = renewal.ref
        async with tenant_scope(ref.tenant_id) as scope:
            row = await scope.row("session_to_renew", ref.tenant_id, ref.session_id, GRACE_SECONDS, IDLE_DAYS)
            step = _step(row, renewal)
            if row is not None and step is _Step.RENEW:
                await scope.row("renew_session", ref.tenant_id, ref.session_id, client[:_LONGEST_CLIENT])
            if row is not None and step is _Step.REUSED:
                await scope.row("end_session", ref.tenant_id, ref.session_id, None, EndReason.REUSED)
                await audit(ref.tenant_id, f"member:{row['member_id']}", "session.reused", ref.session_id)
                log.warning("session.reused", tenant_id=str(ref.tenant_id), session_id=str(ref.session_id))
        if row is None or step in {_Step.REFUSE, _Step.REUSED}:
            raise TokenInvalid
        return self._pair(ref, renewal.number + 1, row["at"])

    async def signed_in(self, access: str) -> SignedIn:
        """Who shows this token; raises ``TokenInvalid`` also for whom was removed, or whose business is suspended."""
        ref = self._tokens.read_access(access)
        async with tenant_scope(ref.tenant_id) as scope:
            row = await scope.row("signed_in", ref.tenant_id, ref.session_id)
        if row is None:
            raise TokenInvalid
        return SignedIn(
            ref.session_id,
            Actor(ref.tenant_id, row["member_id"], Role(row["role"])),
            row["telegram_user_id"],
            row["name"],
            row["language"],
            row["on_duty"],
            row["tenant_name"],
            row["timezone"],
        )

    async def of_team(self, actor: Actor) -> Sequence[OpenSession]:
        """The actor's own sessions; an admin's are everybody's."""
        async with tenant_scope(actor.tenant_id) as scope:
            rows = await scope.rows("sessions_of_team", actor.tenant_id, _whose(actor), IDLE_DAYS)
        return [
            OpenSession(row["id"], row["member_id"], row["name"], row["client"], row["created_at"], row["renewed_at"])
            for row in rows
        ]

    async def end(self, actor: Actor, session_id: UUID, reason: EndReason) -> None:
        """End one; its tokens open nothing from now on. Raises ``NotFound``, also for a colleague's unless an admin asks."""
        async with tenant_scope(actor.tenant_id) as scope:
            ended = await scope.row("end_session", actor.tenant_id, session_id, _whose(actor), reason)
            if ended is None:
                message = "there is no such session"
                raise NotFound(message)
            await audit(actor.tenant_id, actor, "session.ended", session_id, reason=reason)

    def _pair(self, ref: SessionRef, number: int, at: datetime) -> TokenPair:
        return TokenPair(ref, self._tokens.access(ref, now=at), self._tokens.refresh(Renewal(ref, number)))


def _whose(actor: Actor) -> UUID | None:
    return None if actor.role is Role.ADMIN else actor.member_id


def _step(row: Mapping[str, Any] | None, renewal: Renewal) -> _Step:
    if row is None or row["over"] or renewal.number > row["number"]:
        return _Step.REFUSE
    if renewal.number == row["number"]:
        return _Step.RENEW
    return _Step.REPEAT if renewal.number == row["number"] - 1 and row["lately"] else _Step.REUSED
