"""A lead's archive, opened."""

import io
import json
from typing import Any
from uuid import UUID
from zipfile import ZipFile

from core.services.audit import OPERATOR
from core.services.lead_export import export_lead


async def archived(tenant_id: UUID, lead_id: UUID) -> dict[str, Any]:
    """What an operator's export holds, by file."""
    archive = await export_lead(tenant_id, lead_id, by=OPERATOR)
    return opened(b"".join([chunk async for chunk in archive.chunks()]))


def opened(content: bytes) -> dict[str, Any]:
    """The files of an archive, JSON read."""
    with ZipFile(io.BytesIO(content)) as files:
        assert files.testzip() is None
        return {name: _read(name, files.read(name)) for name in files.namelist()}


def _read(name: str, content: bytes) -> Any:
    return json.loads(content) if name.endswith(".json") else content.decode()
