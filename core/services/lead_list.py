"""Leads in lists: found by what is known of them, in order, page by page."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson

from core.domain.actor import Actor
from core.domain.conversation import Author, ConversationStatus
from core.domain.lead_filter import LeadFilter, LeadPlace, LeadSort, PageWanted
from core.services.access import require_leading
from db.json import loads
from db.tenancy import Scope, tenant_scope

_MOST_TAGS: Final = 500
_BATCH: Final = 500
"""Leads of an export that are read at once."""


@dataclass(frozen=True, slots=True)
class ListedLead:
    """A lead as a list shows him."""

    id: UUID
    name: str | None
    phone: str | None
    stage_key: str
    score: int
    tags: Sequence[str]
    channel: str | None
    source_kind: str | None
    created_at: datetime
    last_activity_at: datetime
    last_text: str | None
    last_author: Author | None
    conversation_id: UUID | None
    conversation_status: ConversationStatus | None
    assignee_id: UUID | None
    assignee_name: str | None
    unanswered_since: datetime | None
    asleep_until: datetime | None


@dataclass(frozen=True, slots=True)
class LeadPage:
    """Some leads, and where the next page begins; ``None``: there is none."""

    items: Sequence[ListedLead]
    after: LeadPlace | None


async def list_leads(actor: Actor, wanted: LeadFilter, page: PageWanted) -> LeadPage:
    """A page of the leads that the member may see."""
    async with tenant_scope(actor.tenant_id) as scope:
        found = await found_leads(scope, actor, wanted, replace(page, limit=page.limit + 1))
        items = await listed(scope, actor.tenant_id, [row["lead_id"] for row in found[: page.limit]])
    return LeadPage(items, place_of(found[page.limit - 1]) if len(found) > page.limit else None)


def export_leads(actor: Actor, wanted: LeadFilter) -> AsyncGenerator[Sequence[ListedLead], None]:
    """All of them, the newest first, in batches. Raises ``Forbidden`` for attendants.

    Each batch is a transaction of its own: whoever reads slowly holds nothing up.
    """
    require_leading(actor)
    return _batches(actor, wanted)


async def _batches(actor: Actor, wanted: LeadFilter) -> AsyncGenerator[Sequence[ListedLead], None]:
    after: LeadPlace | None = None
    while True:
        page = await list_leads(actor, wanted, PageWanted(LeadSort.CREATED, after, _BATCH))
        yield page.items
        if page.after is None:
            return
        after = page.after


async def tags_in_use(actor: Actor) -> Sequence[str]:
    """The tenant's tags, the most used first."""
    async with tenant_scope(actor.tenant_id) as scope:
        return [row["tag"] for row in await scope.rows("tags_in_use", actor.tenant_id, _MOST_TAGS)]


async def listed(scope: Scope, tenant_id: UUID, lead_ids: Sequence[UUID]) -> list[ListedLead]:
    """Leads by their ids, in that order. Runs in the caller's transaction."""
    if not lead_ids:
        return []
    return [lead_of(row) for row in await scope.rows("lead_rows", tenant_id, lead_ids)]


def lead_of(row: Mapping[str, Any]) -> ListedLead:
    """The lead in a row of ``lead_rows``."""
    return ListedLead(
        id=row["id"],
        name=row["name"],
        phone=row["phone"],
        stage_key=row["stage_key"],
        score=row["score"],
        tags=loads(row["tags"]),
        channel=row["channel"],
        source_kind=row["source_kind"],
        created_at=row["created_at"],
        last_activity_at=row["last_activity_at"],
        last_text=row["last_text"],
        last_author=Author(row["last_author"]) if row["last_author"] else None,
        conversation_id=row["conversation_id"],
        conversation_status=ConversationStatus(row["conversation_status"]) if row["conversation_status"] else None,
        assignee_id=row["assignee_id"],
        assignee_name=row["assignee_name"],
        unanswered_since=row["unanswered_since"],
        asleep_until=row["asleep_until"],
    )


def as_filter(actor: Actor, wanted: LeadFilter) -> str:
    """What is asked of leads, as the search functions of the database read it."""
    asked = {name: value for name, value in asdict(wanted).items() if value not in {None, False}}
    if actor.sees_only is not None:
        asked["me"] = actor.sees_only
    return orjson.dumps(asked, default=str).decode()  # the driver's ids are of a kind of its own


def place_of(row: Mapping[str, Any]) -> LeadPlace:
    """Where a page that ends with this row ends."""
    return LeadPlace(row["key"], row["lead_id"])


async def found_leads(scope: Scope, actor: Actor, wanted: LeadFilter, page: PageWanted) -> list[dict[str, Any]]:
    """Their ids, and what each is sorted by. Runs in the caller's transaction."""
    key, lead_id = (page.after.key, page.after.lead_id) if page.after else (None, None)
    return await scope.rows("find_leads", as_filter(actor, wanted), page.sort, key, lead_id, page.limit)
