"""What those who answer for the business look at: what was caught, what failed, who did what."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, Field

from core.domain.errors import Conflict, Forbidden, NotFound
from core.services.dead_letters import Dealt
from core.services.failures import Failures
from core.services.oversight import deeds, incidents, judge_incident
from miniapp.api.operation import ApiModel, Call, Nothing, Operation
from miniapp.api.parts import Cursor, PageQuery, cursor_after

LetterKind = Annotated[str, Field(pattern="^[a-z_]{1,20}$")]


class Incident(ApiModel):
    """Something the guard or the validator caught."""

    id: UUID
    at: AwareDatetime
    layer: str
    verdict: str
    reasons: Sequence[str]
    conversation_id: UUID | None
    false_positive: bool


class IncidentPage(ApiModel):
    """The latest first."""

    items: Sequence[Incident]
    next_cursor: str | None


class Judgement(ApiModel):
    """Whether it was none."""

    false_positive: bool


class DeadLetter(ApiModel):
    """What was given up, and why."""

    id: UUID
    kind: str
    subject_id: UUID
    error: str
    attempts: int
    created_at: AwareDatetime


class LettersOfKind(ApiModel):
    """How many of a kind are still to be dealt with."""

    kind: str
    count: int


class DeadLetterPage(ApiModel):
    """Those that are still to be dealt with, the oldest first; and how many there are of each kind."""

    items: Sequence[DeadLetter]
    next_cursor: str | None
    kinds: Sequence[LettersOfKind]


class LetterQuery(PageQuery):
    """Which of them."""

    kind: LetterKind | None = None


class AllOfKind(ApiModel):
    """A kind, and behind which place of it to go on."""

    kind: LetterKind
    cursor: Cursor | None = None


class LettersDealt(ApiModel):
    """What came of a few. ``refused``: there was nothing left to try. With a cursor there are more: ask again with it."""

    done: int
    refused: int
    next_cursor: str | None


class AuditEntry(ApiModel):
    """Who did what. ``actor_name`` is a member's; without one it was the product itself, or its operator."""

    id: UUID
    at: AwareDatetime
    actor: str
    actor_name: str | None
    action: str
    subject: str
    details: Mapping[str, Any]


class AuditPage(ApiModel):
    """The latest first."""

    items: Sequence[AuditEntry]
    next_cursor: str | None


class OversightDesk:
    """The operations of looking after a business."""

    def __init__(self, failures: Failures) -> None:
        self._failures = failures

    def operations(self) -> Sequence[Operation]:
        """All of them."""
        letter = "/dead-letters/{letter_id}"
        return (
            Operation(
                "incidents", "GET", "/incidents", "What was caught.", self._incidents,
                query=PageQuery, answer=IncidentPage, refusals=(Forbidden,),
            ),
            Operation(
                "judge_incident", "PATCH", "/incidents/{incident_id}", "It was one, or none.", self._judge,
                body=Judgement, refusals=(Forbidden, NotFound),
            ),
            Operation(
                "dead_letters", "GET", "/dead-letters", "What was given up.", self._letters,
                query=LetterQuery, answer=DeadLetterPage, refusals=(Forbidden,),
            ),
            Operation(
                "retry_letters", "POST", "/dead-letters/retry", "Try the next few of a kind again.", self._retry_all,
                body=AllOfKind, answer=LettersDealt, refusals=(Forbidden,),
            ),
            Operation(
                "drop_letters", "POST", "/dead-letters/drop", "Let the next few of a kind be.", self._drop_all,
                body=AllOfKind, answer=LettersDealt, refusals=(Forbidden,),
            ),
            Operation(
                "retry_letter", "POST", f"{letter}/retry", "Try it again.", self._retry,
                refusals=(Forbidden, NotFound, Conflict),
            ),
            Operation(
                "drop_letter", "POST", f"{letter}/drop", "Let it be.", self._drop, refusals=(Forbidden, NotFound)
            ),
            Operation(
                "audit", "GET", "/audit", "Who did what.", self._audit,
                query=PageQuery, answer=AuditPage, refusals=(Forbidden,),
            ),
        )  # fmt: skip

    async def _incidents(self, call: Call[PageQuery, Nothing]) -> IncidentPage:
        limit = call.query.limit
        found = await incidents(call.actor, before=call.query.cursor, limit=limit)
        items = [Incident.model_validate(one, from_attributes=True) for one in found[:limit]]
        return IncidentPage(items=items, next_cursor=cursor_after(items[-1].id) if len(found) > limit else None)

    async def _judge(self, call: Call[Nothing, Judgement]) -> None:
        await judge_incident(call.actor, call.ids["incident_id"], false_positive=call.body.false_positive)

    async def _letters(self, call: Call[LetterQuery, Nothing]) -> DeadLetterPage:
        limit = call.query.limit
        found = await self._failures.open_ones(call.actor, limit + 1, kind=call.query.kind, after=call.query.cursor)
        items = [DeadLetter.model_validate(one, from_attributes=True) for one in found[:limit]]
        kinds = await self._failures.kinds(call.actor)
        return DeadLetterPage(
            items=items,
            next_cursor=cursor_after(items[-1].id) if len(found) > limit else None,
            kinds=[LettersOfKind(kind=kind, count=count) for kind, count in kinds.items()],
        )

    async def _retry_all(self, call: Call[Nothing, AllOfKind]) -> LettersDealt:
        return _dealt(await self._failures.retry_all(call.actor, call.body.kind, call.body.cursor))

    async def _drop_all(self, call: Call[Nothing, AllOfKind]) -> LettersDealt:
        return _dealt(await self._failures.drop_all(call.actor, call.body.kind, call.body.cursor))

    async def _retry(self, call: Call[Nothing, Nothing]) -> None:
        await self._failures.retry(call.actor, call.ids["letter_id"])

    async def _drop(self, call: Call[Nothing, Nothing]) -> None:
        await self._failures.drop(call.actor, call.ids["letter_id"])

    async def _audit(self, call: Call[PageQuery, Nothing]) -> AuditPage:
        limit = call.query.limit
        found = await deeds(call.actor, before=call.query.cursor, limit=limit)
        items = [AuditEntry.model_validate(one, from_attributes=True) for one in found[:limit]]
        return AuditPage(items=items, next_cursor=cursor_after(items[-1].id) if len(found) > limit else None)


def _dealt(dealt: Dealt) -> LettersDealt:
    following = dealt.following
    return LettersDealt(
        done=dealt.done, refused=dealt.refused, next_cursor=None if following is None else cursor_after(following)
    )
