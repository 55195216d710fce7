"""The audit log is what it was: each entry follows the one before, and none is gone from its end.

The database chains the entries (``db/sql/0018_audit.up.sql``), so whoever changes, moves or takes one breaks the chain. Who owns
the database could make a new one: what its end was is therefore written down outside too, once a day. Entries whose time is over
go from the old end, and the chain begins after the last of them (``core.services.audit_expiry``).
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import orjson
import structlog

from core.domain.changes import ChangeKind
from core.domain.ids import uuid7
from core.domain.retention import INSTALLATION_DAYS, Kept
from core.services.sealed_journal import SealedJournal
from db.tenancy import platform_scope, tenant_scope

log = structlog.get_logger(__name__)

FILE: Final = "audit-ends.jsonl"
_EVERY: Final = timedelta(days=1)
_MOST: Final = 100
_KEPT: Final = timedelta(days=INSTALLATION_DAYS[Kept.AUDIT_LOG] - 1)
"""A day less than entries are: an end is written down somewhat later than the entries up to it."""
_TOLD: Final = 5
"""Faults that an incident names; the log of the process has all of them."""


@dataclass(frozen=True, slots=True)
class Fault:
    """An entry that does not fit, and why."""

    number: int
    why: str

    def __str__(self) -> str:
        return f"entry {self.number} {self.why}"


class AuditChain:
    """Looks whether the log is whole."""

    def __init__(self, folder: Path, keys: Sequence[bytes]) -> None:
        """``folder``: outside the database, as for tombstones."""
        self._ends = SealedJournal(folder / FILE, keys)

    def reseal(self) -> int:
        """Every end that was written down anew under the current key; how many. Raises ``ConfigurationError``."""
        return self._ends.reseal()

    async def faults(self, tenant_id: UUID) -> list[str]:
        """What is wrong with a tenant's log, a line each; nothing when it is whole."""
        lines = await asyncio.to_thread(self._ends.read)
        known = [entry for entry in lines.entries if entry["tenant"] == str(tenant_id)]
        return [*lines.faults, *map(str, await _faults(tenant_id, known))]

    async def watch(self) -> int:
        """Look at the log of every tenant whose end was not written down today, and write it down; how many they were."""
        lines = await asyncio.to_thread(self._ends.read)
        known: dict[str, list[Mapping[str, Any]]] = {}
        for entry in lines.entries:
            known.setdefault(entry["tenant"], []).append(entry)
        due = [tenant_id for tenant_id in await _everybody() if _is_due(known.get(str(tenant_id), ()))]
        for tenant_id in due:
            faults = await _faults(tenant_id, known.get(str(tenant_id), ()))
            for fault in faults:
                log.error("audit.broken", tenant_id=str(tenant_id), fault=str(fault))
            await _put_on_record(tenant_id, faults)
            await self._write_end(tenant_id)
        return len(due)

    async def restored(self, brought_back: Mapping[UUID, int]) -> None:
        """A backup has taken the place of what was: write down where each log ends now.

        ``brought_back``: where each ended as it came (see ``ends_of_logs``). What was written down beyond that is not missed
        from here on; that this was so stays on record.
        """
        for tenant_id, number in brought_back.items():
            await self._write_end(tenant_id, restored_from=number)

    async def _write_end(self, tenant_id: UUID, **more: int) -> None:
        end = await _end(tenant_id)
        if end is None:
            return
        told = {
            "tenant": str(tenant_id),
            "number": end["number"],
            "hash": bytes(end["hash"]).hex(),
            "written": end["created_at"].isoformat(),
            "at": datetime.now(UTC).isoformat(),
        }
        await asyncio.to_thread(self._ends.append, told | more)


async def ends_of_logs() -> Mapping[UUID, int]:
    """The number of the last entry of each tenant's log; 0 where there is none."""
    ends = {tenant_id: await _end(tenant_id) for tenant_id in await _everybody()}
    return {tenant_id: end["number"] if end else 0 for tenant_id, end in ends.items()}


async def _end(tenant_id: UUID) -> Mapping[str, Any] | None:
    async with tenant_scope(tenant_id) as scope:
        return await scope.row("audit_end", tenant_id)


async def _everybody() -> list[UUID]:
    async with platform_scope() as scope:
        return [row["id"] for row in await scope.rows("all_tenants")]


async def _put_on_record(tenant_id: UUID, faults: Sequence[Fault]) -> None:
    """When it was looked through, and what was found: its admins are told, of the same fault once, however often it is found."""
    first = min((fault.number for fault in faults), default=None)
    reasons = orjson.dumps([str(fault) for fault in faults[:_TOLD]]).decode()
    async with tenant_scope(tenant_id) as scope:
        if faults:
            await scope.row("alert_turn", tenant_id, "audit")
            await scope.row("record_broken_log", tenant_id, uuid7(), reasons, first)
        await scope.row("log_looked_at", tenant_id, first)
        scope.changed(ChangeKind.SETTINGS, tenant_id)


async def broken_logs() -> Sequence[UUID]:
    """Businesses whose log was found broken, as far as nobody has judged that it was none."""
    found = []
    for tenant_id in await _everybody():
        async with tenant_scope(tenant_id) as scope:
            if await scope.row("broken_log", tenant_id) is not None:
                found.append(tenant_id)
    return found


def _to_be_found(ends: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The ends that the log must still have: what lay beyond the one that a backup brought back is gone by right."""
    kept: list[Mapping[str, Any]] = []
    for end in ends:
        kept = [one for one in kept if one["number"] <= end.get("restored_from", one["number"])]
        kept.append(end)
    return kept


def _is_due(ends: Sequence[Mapping[str, Any]]) -> bool:
    return not ends or datetime.now(UTC) - datetime.fromisoformat(ends[-1]["at"]) >= _EVERY


async def _faults(tenant_id: UUID, written: Sequence[Mapping[str, Any]]) -> list[Fault]:
    ends = _to_be_found(written)
    numbers = [end["number"] for end in ends]
    async with tenant_scope(tenant_id) as scope:
        broken = await scope.rows("audit_faults", tenant_id, _MOST)
        rows = await scope.rows("audit_hashes", tenant_id, numbers)
        anchor = await scope.row("audit_anchor", tenant_id)
    taken = anchor["number"] if anchor else 0
    found = [Fault(row["number"], row["fault"]) for row in broken]
    hashes = {row["number"]: bytes(row["hash"] or b"").hex() for row in rows}
    return (
        found
        + _taken_too_soon(ends, taken)
        + [
            Fault(end["number"], f"is not what it was on {end['at'][:10]}")
            for end in ends
            if hashes.get(end["number"]) != end["hash"] and (end["number"] in hashes or end["number"] > taken)
        ]
    )


def _taken_too_soon(ends: Sequence[Mapping[str, Any]], taken: int) -> list[Fault]:
    """Whoever took an entry that cannot have been over yet forged the anchor.

    Such is the entry that an end tells of itself, by when it was written, and whatever was written after an end.
    """
    since = datetime.now(UTC) - _KEPT
    kept = [end["number"] + 1 for end in ends if datetime.fromisoformat(end["at"]) > since]
    kept += [end["number"] for end in ends if "written" in end and datetime.fromisoformat(end["written"]) > since]
    oldest = min(kept, default=taken + 1)
    return [Fault(oldest, "was taken before its time")] if taken >= oldest else []
