"""A database that was restored learns whom it has to forget, before it answers anybody."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import structlog

from core.domain.errors import Unavailable
from core.domain.tombstone import Tombstone, TombstoneKind
from core.services.audit import SYSTEM
from core.services.audit_chain import AuditChain
from core.services.erasure import erase
from core.services.one_by_one import unharmed
from core.services.tenant_deletion import TenantDeletions, delete_tenant
from core.services.tombstone_journal import TombstoneJournal
from db.tenancy import platform_scope, tenant_scope

log = structlog.get_logger(__name__)

_AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True)
class Applied:
    """How many tombstones were made true, were so already, are of tenants that this database has not, cannot be believed."""

    applied: int = 0
    known: int = 0
    elsewhere: int = 0
    faults: int = 0
    deleted: int = 0
    """Businesses that this database had still."""
    left: int = 0
    """Tombstones, and businesses, of which that failed: they come again."""


async def apply_tombstones(journal: TombstoneJournal) -> Applied:
    """Erase whatever the journal tells and the database does not know to be erased.

    Whoever begins to answer leads does so behind this: raises ``Unavailable`` when all but some could be erased.
    """
    applied = await _applied(journal)
    if applied.left:
        message = f"{applied.left} of those who are to be forgotten could not be: see the log, and try again"
        raise Unavailable(message)
    return applied


async def _applied(journal: TombstoneJournal) -> Applied:
    """The same; what fails with one keeps nobody else."""
    contents = await asyncio.to_thread(journal.read)
    for fault in contents.faults:
        log.error("tombstones.fault", fault=fault)
    of_tenants: dict[UUID, list[Tombstone]] = defaultdict(list)
    for stone in contents.stones:
        if stone.kind is TombstoneKind.LEAD:
            of_tenants[stone.tenant_id].append(stone)
    deleted = await _delete_again(contents.stones)
    here = await _here(list(of_tenants))
    pending = [stone for tenant_id in here for stone in await _unknown(tenant_id, of_tenants[tenant_id])]
    erased = [
        await unharmed(_erased(stone), tenant_id=stone.tenant_id, event="tombstone.not_applied") for stone in pending
    ]
    told, done = sum(len(of_tenants[tenant_id]) for tenant_id in here), sum(map(bool, erased))
    elsewhere = sum(map(len, of_tenants.values())) - told
    left = len(pending) - done + deleted.count(None)
    return Applied(done, told - len(pending), elsewhere, len(contents.faults), sum(map(bool, deleted)), left)


async def _erased(stone: Tombstone) -> bool:
    await erase(stone, SYSTEM)
    log.warning("tombstone.applied", tenant_id=str(stone.tenant_id), erasure_id=str(stone.id))
    return True


async def compare_tombstones(journal: TombstoneJournal) -> list[str]:
    """What is wrong between the journal and the database, a line each; nothing when they agree.

    An erasure that the database knows and the journal does not tells of lines that were taken from its end.
    """
    contents = await asyncio.to_thread(journal.read)
    written = {stone.id: stone.tenant_id for stone in contents.stones if stone.kind is TombstoneKind.LEAD}
    known: set[UUID] = set()
    faults = list(contents.faults)
    async with platform_scope() as scope:
        tenants = [row["id"] for row in await scope.rows("all_tenants")]
    for tenant_id in tenants:
        known |= (here := await _erasures_of(tenant_id))
        faults += [f"erasure {one} of tenant {tenant_id} has no tombstone" for one in sorted(here - written.keys())]
    unknown = [one for one, tenant_id in written.items() if one not in known and tenant_id in tenants]
    left = sorted(_deleted(contents.stones) & set(tenants))
    faults += [f"tenant {tenant_id} has a tombstone, and is still there" for tenant_id in left]
    return faults + [f"tombstone {one} was not applied" for one in unknown]


async def _delete_again(stones: Sequence[Tombstone]) -> Sequence[bool | None]:
    """Businesses that were deleted, and came back with a backup or were not quite gone; of each whether it is gone now."""
    here = await _here(sorted(_deleted(stones)))
    return [
        await unharmed(_deleted_again(tenant_id), tenant_id=tenant_id, event="tenant.not_deleted") for tenant_id in here
    ]


async def _deleted_again(tenant_id: UUID) -> bool:
    await delete_tenant(tenant_id)
    return True


def _deleted(stones: Sequence[Tombstone]) -> set[UUID]:
    return {stone.tenant_id for stone in stones if stone.kind is TombstoneKind.TENANT}


class Healing:
    """Makes tombstones true that are not: what a crash cut short, what a restored database does not know.

    It also deletes businesses whose time is over, and has the audit log looked at.
    """

    def __init__(self, journal: TombstoneJournal, chain: AuditChain | None = None) -> None:
        """``chain``: the audit log is looked at too, once a day."""
        self._journal = journal
        self._chain = chain
        self._done_with: tuple[int, int] | None = None
        """The journal in which nothing was left to do: it only grows, and is read again once it has."""

    async def heal(self) -> Applied:
        """Do what is left to do."""
        applied, state = Applied(), await asyncio.to_thread(self._journal.state)
        if state is None or state != self._done_with:
            applied = await _applied(self._journal)
            self._done_with = None if applied.left or applied.faults else state
        await TenantDeletions(self._journal).carry_out_due()
        if self._chain is not None:
            await self._chain.watch()
        return applied


async def _erasures_of(tenant_id: UUID) -> set[UUID]:
    async with tenant_scope(tenant_id) as scope:
        return {row["id"] for row in await scope.rows("erasures_of_tenant", tenant_id)}


async def _here(tenants: Sequence[UUID]) -> Sequence[UUID]:
    async with platform_scope() as scope:
        return [row["id"] for row in await scope.rows("tenants_here", list(tenants))]


async def _unknown(tenant_id: UUID, stones: Sequence[Tombstone]) -> Sequence[Tombstone]:
    known: set[UUID] = set()
    async with tenant_scope(tenant_id) as scope:
        for start in range(0, len(stones), _AT_ONCE):
            ids = [stone.id for stone in stones[start : start + _AT_ONCE]]
            known |= {row["id"] for row in await scope.rows("known_erasures", tenant_id, ids)}
    return [stone for stone in stones if stone.id not in known]
