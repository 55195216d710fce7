"""All that is kept about a lead, as one archive, for him who asks what is known of him (LGPD, articles 18 to 20).

It is composed from one snapshot and of his rows alone: what names somebody else's message or the accounts of the team is left out.
Nobody waits for a reader while the database is asked: the archive is whole before its first byte goes anywhere.
"""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson

from core.domain.actor import Actor
from core.domain.data_request import RequestKind
from core.domain.errors import NotFound
from core.domain.lead_archive import CONSENTS, LEAD, MANIFEST, MEDIA_FOLDER, PARTS, Part, archive_name, manifest
from core.domain.tenant import TenantProfile
from core.services.access import require_admin
from core.services.archive_file import ArchiveFile
from core.services.audit import audit
from core.services.data_requests import answer_requests
from core.services.tenants import load_profile
from core.services.wording import archive_text, privacy_texts
from db.json import loads
from db.tenancy import Scope, tenant_scope, tenant_snapshot

_JSON_OF_LEAD: Final = ("source", "tags", "facts")


@dataclass(frozen=True, slots=True)
class LeadArchive:
    """The archive of a lead, to be given away once or discarded."""

    name: str
    size: int
    file: ArchiveFile

    def chunks(self) -> AsyncGenerator[bytes, None]:
        """Its bytes."""
        return self.file.chunks()


async def export_lead(tenant_id: UUID, lead_id: UUID, *, by: Actor | str, answers: bool = True) -> LeadArchive:
    """The lead's archive; that it was made is in the audit log, and what he asked is answered by it. Raises ``NotFound``, ``Forbidden``.

    Without ``answers`` what he asked stays open until the archive is where it was to go (see ``export_arrived``).
    """
    if isinstance(by, Actor):
        require_admin(by)
    async with tenant_snapshot(tenant_id) as scope:
        tenant, at = await load_profile(scope, tenant_id)
        file = ArchiveFile(at)
        try:
            await _compose(scope, tenant, lead_id, file, at)
        except BaseException:
            file.discard()
            raise
    size = file.close()
    async with tenant_scope(tenant_id) as scope:
        if answers:
            await answer_requests(scope, tenant_id, lead_id, RequestKind.ACCESS, by)
        await audit(tenant_id, by, "lead.data_exported", lead_id, bytes=size)
    return LeadArchive(archive_name(lead_id), size, file)


async def export_arrived(tenant_id: UUID, lead_id: UUID, *, by: Actor) -> None:
    """Whoever asked for the archive has it: what the lead asked is answered. Raises ``Forbidden``."""
    require_admin(by)
    async with tenant_scope(tenant_id) as scope:
        await answer_requests(scope, tenant_id, lead_id, RequestKind.ACCESS, by)


async def _compose(scope: Scope, tenant: TenantProfile, lead_id: UUID, file: ArchiveFile, at: datetime) -> None:
    lead = await scope.row("archive_lead", tenant.id, lead_id)
    if lead is None:
        message = "no such lead"
        raise NotFound(message)
    file.put(archive_text(tenant.locale, "file"), archive_text(tenant.locale, "text", business=tenant.name).encode())
    file.put(LEAD, _pretty(await _about(scope, tenant, lead)))
    file.put(CONSENTS, _pretty(await _consents(scope, tenant, lead)))
    rows = {part.file: await file.put_rows(part.file, _entries(scope, part, tenant.id, lead_id)) for part in PARTS}
    file.put(MEDIA_FOLDER, b"")
    told = manifest(made_at=at.isoformat(), business=tenant.name, lead_id=str(lead_id), rows=rows)
    file.put(MANIFEST, _pretty(told))


async def _about(scope: Scope, tenant: TenantProfile, lead: Mapping[str, Any]) -> dict[str, Any]:
    known = {name: loads(value) if name in _JSON_OF_LEAD else value for name, value in lead.items()}
    return {
        **known,
        "identities": await scope.rows("archive_identities", tenant.id, lead["id"]),
        "months": await scope.rows("archive_months", tenant.id, lead["id"]),
    }


async def _consents(scope: Scope, tenant: TenantProfile, lead: Mapping[str, Any]) -> dict[str, Any]:
    link = tenant.settings.privacy_link
    return {
        "opted_out_at": lead["opted_out_at"],
        "wishes": await scope.rows("archive_wishes", tenant.id, lead["id"]),
        "privacy_notice": link or None,
        "privacy_notices_sent": await scope.rows("archive_notices", tenant.id, lead["id"], [link, *privacy_texts()]),
    }


async def _entries(scope: Scope, part: Part, tenant_id: UUID, lead_id: UUID) -> AsyncGenerator[dict[str, Any], None]:
    async for row in scope.each(part.query, tenant_id, lead_id):
        yield {name: loads(value) if name in part.json else value for name, value in row.items()}


def _pretty(value: object) -> bytes:
    return orjson.dumps(value, default=str, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE)
