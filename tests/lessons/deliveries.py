"""What a provider delivers together, of a lead whom nobody knows yet."""

from typing import Any

from core.domain.ids import uuid7
from db.ingest import Ingested, IngestRow
from tests.integration.services.desk import Desk

STRANGER = "5511955550001"


def row(desk: Desk, text: str | None, *, address: str = STRANGER, part: str = "message", **more: Any) -> IngestRow:
    """One event of a delivery."""
    fields = {
        "body": b"{}",
        "ord": 0,
        "part": part,
        "id": uuid7(),
        "tenant_id": desk.ref.tenant_id,
        "account_id": desk.thread.account_id,
        "kind": part,
        "external_id": f"wamid.{uuid7()}",
        "anchor_kind": "phone",
        "anchor_scope": "",
        "anchor_key": address,
        "anchor_address": address,
        "type": "text",
        "content": text,
    }
    return IngestRow(**{**fields, **more})


def picture(desk: Desk, number: int, *, address: str = STRANGER) -> IngestRow:
    """One picture of an album."""
    media = f'{{"id": "media-{number}", "mime": "image/jpeg"}}'
    return row(desk, f"foto {number}", address=address, type="image", media=media)


async def delivered(desk: Desk, *rows: IngestRow) -> list[Ingested]:
    """One delivery, whatever number of events it holds."""
    return await desk.store.write([one._replace(ord=place) for place, one in enumerate(rows)])
