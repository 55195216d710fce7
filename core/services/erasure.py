"""A lead is forgotten: everything of his goes, and what was counted stays.

First a tombstone is put outside the database, then his rows go in one transaction. Whatever comes between is made up for by
whoever compares the two (``core.services.tombstones``); every step may be taken again.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from core.domain.actor import Actor
from core.domain.changes import ChangeKind
from core.domain.errors import NotFound
from core.domain.ids import uuid7
from core.domain.tombstone import Tombstone, TombstoneKind
from core.services.access import require_admin
from core.services.audit import audit
from core.services.holds import refuse_held
from core.services.tombstone_journal import TombstoneJournal
from db.tenancy import TenantScope, platform_scope, tenant_scope

_PAGE: Final = 5000
"""Raw events that are looked through at once."""
SHORTEST_NAME: Final = 6
"""A name of fewer characters may stand in anybody's event."""
_SHORTEST_CALLED: Final = 3
_ON_SCREEN: Final = 100
_OF_CONVERSATIONS: Final = (
    "forget_posts_about", "forget_meanings", "forget_active", "forget_notifications", "forget_letters", "forget_receipts",
    "forget_turns", "forget_hand_offs", "forget_digests", "forget_follow_ups", "forget_messages", "forget_conversations",
)  # fmt: skip
"""What goes with his conversations, in an order that every foreign key allows."""
_OF_LEADS: Final = (
    "forget_topics", "forget_scores", "forget_stages", "forget_months", "forget_holds", "forget_identities", "forget_requests",
    "forget_leads",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Known:
    """Under which names a lead is found where no key leads to him, and his conversations."""

    name: str | None
    identities: Sequence[Mapping[str, Any]]
    conversations: Sequence[UUID]

    @property
    def names(self) -> list[str]:
        """Whatever of an event's body or key is his."""
        given = {str(one[column]) for one in self.identities for column in ("match_key", "address")}
        return sorted(name for name in given if len(name) >= SHORTEST_NAME)

    @property
    def called(self) -> list[str]:
        """The same, and what people call him."""
        return [*self.names, *([self.name] if self.name and len(self.name) >= _SHORTEST_CALLED else [])]


class Erasures:
    """The use case of forgetting somebody."""

    def __init__(self, journal: TombstoneJournal) -> None:
        self._journal = journal

    async def check(self, tenant_id: UUID, lead_id: UUID, *, by: Actor | str) -> None:
        """Whether he may be erased, for who asks before he does it. Raises ``NotFound``, ``Forbidden``, ``LeadHeld``."""
        if isinstance(by, Actor):
            require_admin(by)
        if await _known(tenant_id, lead_id) is None:
            message = "no such lead"
            raise NotFound(message)
        async with tenant_scope(tenant_id) as scope:
            await refuse_held(scope, tenant_id, lead_id)

    async def forget(self, tenant_id: UUID, lead_id: UUID, *, by: Actor | str) -> UUID:
        """Erase the lead; gives the erasure's id. Raises ``NotFound``, ``Forbidden``, ``LeadHeld``, ``ConfigurationError``."""
        await self.check(tenant_id, lead_id, by=by)
        stone = Tombstone(uuid7(), TombstoneKind.LEAD, tenant_id, lead_id, datetime.now(UTC))
        async with tenant_scope(tenant_id) as scope:
            # Whoever puts him, or all of the business, on hold did so before this, and is heard, or waits until it is decided.
            await scope.row("holds_rest", tenant_id)
            await scope.rows("lock_leads_to_forget", tenant_id, [lead_id])
            await refuse_held(scope, tenant_id, lead_id)
            await asyncio.to_thread(self._journal.append, stone)
        await erase(stone, by)
        return stone.id


async def erase(stone: Tombstone, by: Actor | str) -> None:
    """Do what a tombstone tells, whatever of it is done already."""
    known = await _known(stone.tenant_id, stone.subject_id) or _Known(None, (), ())
    # What holds his number without being his by a key is gone through twice: before, while it is known what to look for,
    # and after, for what came meanwhile. His rows are locked in between alone, and not for that long.
    await _forget_traces(stone, known)
    await _forget_rows(stone, by)
    await _forget_traces(stone, known)


async def _known(tenant_id: UUID, lead_id: UUID) -> _Known | None:
    async with tenant_scope(tenant_id) as scope:
        lead = await scope.row("lead_to_forget", tenant_id, lead_id)
        if lead is None:
            return None
        identities = await scope.rows("names_of_lead", tenant_id, lead_id)
        conversations = await scope.rows("conversation_ids_of_lead", tenant_id, lead_id)
    return _Known(lead["name"], identities, [row["id"] for row in conversations])


async def _forget_rows(stone: Tombstone, by: Actor | str) -> None:
    tenant_id, lead_id = stone.tenant_id, stone.subject_id
    async with tenant_scope(tenant_id) as scope:
        # A turn or a send under way finds nothing when it comes to its end, and says nothing.
        await scope.row("lock_lead_whole", tenant_id, lead_id)
        conversations = list(await hold_wholly(scope, tenant_id, [lead_id]))
        await scope.rows("take_back_shown", tenant_id, conversations, [lead_id], stone.id)
        gone = await _take_out(scope, tenant_id, [lead_id], conversations)
        written = await scope.row("put_erasure", tenant_id, stone.id, lead_id, stone.erased_at)
        if written is None:
            return
        _tell(scope, lead_id, conversations, gone)
        await audit(
            tenant_id, by, "lead.erased", lead_id, erasure=str(stone.id), messages=len(gone["forget_messages"]),
            conversations=len(conversations),
        )  # fmt: skip


async def _take_out(
    scope: TenantScope, tenant_id: UUID, leads: Sequence[UUID], conversations: Sequence[UUID]
) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    gone = {name: await scope.rows_anew(name, tenant_id, list(conversations)) for name in _OF_CONVERSATIONS}
    gone |= {name: await scope.rows_anew(name, tenant_id, list(leads)) for name in _OF_LEADS}
    for row in gone["forget_requests"]:
        scope.changed(ChangeKind.DATA_REQUEST, row["id"], lead_id=row["lead_id"])
    return gone


async def hold_wholly(scope: TenantScope, tenant_id: UUID, leads: Sequence[UUID]) -> Mapping[UUID, UUID]:
    """Nobody adds anything to leads whom the caller has locked, until his transaction ends; their conversations, each with its lead.

    The leads before their conversations, as webhooks and turns lock them; and only then against what is added: a webhook that
    has a conversation already adds its messages to the lead, and whoever kept him would wait for that webhook for ever.
    """
    await scope.rows("conversation_ids_of_leads", tenant_id, list(leads))
    await scope.rows("lock_leads_to_forget", tenant_id, list(leads))
    # With whatever has begun before nothing more could.
    rows = await scope.rows("conversation_ids_of_leads", tenant_id, list(leads))
    return {row["id"]: row["lead_id"] for row in rows}


async def forget_quiet(
    scope: TenantScope, tenant_id: UUID, leads: Sequence[UUID], conversations: Sequence[UUID]
) -> None:
    """Take out leads with whom nothing has happened for long, in the transaction of a caller who holds them wholly.

    What has no key to them went before them, by its own time. No tombstone is put up: a restored past has them until its own
    clock finds that their time is over.
    """
    await scope.rows("loosen_calls", tenant_id, list(conversations))
    await scope.rows("loosen_incidents", tenant_id, list(conversations))
    await _take_out(scope, tenant_id, leads, conversations)


def _tell(
    scope: TenantScope, lead_id: UUID, conversations: Sequence[UUID], gone: Mapping[str, Sequence[Mapping[str, Any]]]
) -> None:
    """Whoever has him open sees that he is not there; of his messages the latest are on screens at most."""
    for row in sorted(gone["forget_messages"], key=lambda row: str(row["id"]))[-_ON_SCREEN:]:
        scope.changed(ChangeKind.MESSAGE_STATUS, row["id"], conversation_id=row["conversation_id"], lead_id=lead_id)
    for row in gone["forget_hand_offs"]:
        scope.changed(ChangeKind.HAND_OFF, row["id"], conversation_id=row["conversation_id"], lead_id=lead_id)
    for row in gone["forget_letters"]:
        scope.changed(ChangeKind.DEAD_LETTER, row["id"])
    for conversation_id in conversations:
        scope.changed(ChangeKind.CONVERSATION, conversation_id, lead_id=lead_id)
    scope.changed(ChangeKind.LEAD, lead_id, lead_id=lead_id)


async def _forget_traces(stone: Tombstone, known: _Known) -> None:
    async with tenant_scope(stone.tenant_id) as scope:
        await scope.rows("loosen_calls", stone.tenant_id, list(known.conversations))
        await scope.rows("loosen_incidents", stone.tenant_id, list(known.conversations))
        await scope.rows("forget_replies_naming", stone.tenant_id, known.called)
    await _forget_updates(known.called)
    at: tuple[object, ...] | None = (UUID(int=0), "", "", "")
    while at is not None and known.names:
        at = await _forget_raw_page(stone, known.names, at)


async def _forget_updates(called: Sequence[str]) -> None:
    """Empty what members wrote of him, or quoted, in updates of Telegram that nobody could process: they are kept for a week.

    They are of no business by themselves, so a name that is anybody's is not looked for.
    """
    long = [name for name in called if len(name) >= SHORTEST_NAME]
    spelled = [word for name in long for word in (name.encode(), json.dumps(name)[1:-1].encode())]
    async with platform_scope() as scope:
        await scope.rows("forget_updates_naming", spelled)


async def _forget_raw_page(stone: Tombstone, names: Sequence[str], at: tuple[object, ...]) -> tuple[object, ...] | None:
    """Empty his raw events of one page; where the next one begins.

    The key of an event stays, so that a provider that brings it again brings nothing; but for one with his name in it.
    """
    bodies = [name.encode() for name in names]
    async with tenant_scope(stone.tenant_id) as scope:
        row = await scope.row("forget_raw_events", stone.tenant_id, *at, _PAGE, list(names), bodies)
    if row is None or row["seen"] < _PAGE:
        return None
    return row["account"], row["kind"], row["external_id"], row["variant"]
