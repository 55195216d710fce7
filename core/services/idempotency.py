"""Requests whose sender may not hear the answer, and repeats them: each is carried out once, and answered alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final
from uuid import UUID

from core.domain.actor import Actor
from core.domain.errors import Conflict
from db.tenancy import Scope

KEPT_HOURS: Final = 48
"""A request is recognised for so long."""


class IdempotencyMismatch(Conflict):
    """The key has been used for another request: one of the two would go unheard."""

    code: ClassVar[str] = "idempotency_mismatch"


@dataclass(frozen=True, slots=True)
class Once:
    """A request: ``key`` is of its sender's making, ``fingerprint`` tells it from every other."""

    key: UUID
    fingerprint: bytes


async def answered_before(scope: Scope, actor: Actor, once: Once) -> Sequence[UUID] | None:
    """What came of the request the first time; ``None`` when this is the first time.

    Runs in the transaction that carries it out, before anything else: an equal request waits here until that has ended.
    Raises ``IdempotencyMismatch``.
    """
    first = await scope.row(
        "put_idempotency_key", actor.tenant_id, once.key, actor.member_id, once.fingerprint, KEPT_HOURS
    )
    if first is not None:
        return None
    known = await scope.row("idempotency_key", actor.tenant_id, once.key, actor.member_id, once.fingerprint)
    if known is None:
        message = "the idempotency key was used for another request"
        raise IdempotencyMismatch(message)
    return list(known["answer"])


async def keep_answer(scope: Scope, actor: Actor, once: Once, answer: Sequence[UUID]) -> None:
    """Keep what came of it, in the transaction that carries it out."""
    await scope.row("answer_idempotency_key", actor.tenant_id, once.key, list(answer))
