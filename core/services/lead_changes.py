"""What members change of a lead: what is known of him, and how far along the pipeline he is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from core.domain.actor import Actor
from core.domain.changes import ChangeKind
from core.domain.errors import Conflict, NotFound
from core.domain.opt_out import WishKind
from core.services.audit import audit
from core.services.opt_outs import put_wish
from db.json import loads
from db.tenancy import Scope, tenant_scope


class StageMoved(Conflict):
    """The lead is in another stage than the member saw him in."""

    code = "stage_moved"


@dataclass(frozen=True, slots=True)
class LeadEdit:
    """What is to be known of a lead from now on; what is ``None`` stays."""

    name: str | None = None
    tags: Sequence[str] | None = None
    facts: Mapping[str, str] | None = None
    opted_out: bool | None = None
    """Whether he is to be left alone."""

    @property
    def parts(self) -> str:
        """What it is about, for the audit log: never what is written there."""
        named = {"name": self.name, "tags": self.tags, "facts": self.facts, "opted_out": self.opted_out}
        return ",".join(name for name, value in named.items() if value is not None)


async def edit_lead(actor: Actor, lead_id: UUID, edit: LeadEdit) -> None:
    """Write it down. Raises ``NotFound``."""
    async with tenant_scope(actor.tenant_id) as scope:
        row = await _locked(scope, actor, lead_id)
        name = row["name"] if edit.name is None else edit.name
        tags = loads(row["tags"]) if edit.tags is None else list(dict.fromkeys(edit.tags))
        facts = loads(row["facts"]) if edit.facts is None else dict(edit.facts)
        await scope.row("edit_lead", actor.tenant_id, lead_id, name, _json(tags), _json(facts))
        if edit.opted_out is not None:
            wish = WishKind.LEAVE if edit.opted_out else WishKind.RETURN
            await put_wish(scope, actor.tenant_id, lead_id, wish, actor)
        scope.changed(ChangeKind.LEAD, lead_id, lead_id=lead_id)
        await audit(actor.tenant_id, actor, "lead.edited", lead_id, parts=edit.parts)


async def move_lead(actor: Actor, lead_id: UUID, stage_key: str, expected: str | None) -> str:
    """Put the lead into a stage; gives the one that he was in.

    Raises ``StageMoved`` when he is no longer in the ``expected`` one, ``NotFound`` also for a stage that there is not.
    """
    async with tenant_scope(actor.tenant_id) as scope:
        before = str((await _locked(scope, actor, lead_id))["stage_key"])
        if expected is not None and expected != before:
            message = "the lead is in another stage by now"
            raise StageMoved(message)
        if before == stage_key:
            return before
        if await scope.row("move_lead", actor.tenant_id, lead_id, stage_key, before) is None:
            message = "no such stage"
            raise NotFound(message)
        scope.changed(ChangeKind.LEAD, lead_id, lead_id=lead_id)
        await audit(actor.tenant_id, actor, "lead.moved", lead_id, before=before, after=stage_key)
    return before


async def _locked(scope: Scope, actor: Actor, lead_id: UUID) -> Mapping[str, Any]:
    row = await scope.row("lock_lead", actor.tenant_id, lead_id, actor.sees_only)
    if row is None:
        message = "no such lead"
        raise NotFound(message)
    return row


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
