"""Delivery statuses that came for no message of ours."""

from core.services.receipts import purge_early_receipts
from tests.integration.services.desk import Desk


async def test_old_receipts_are_forgotten(desk: Desk) -> None:
    """After a day nobody's call will return any more; what is younger may still find its message."""
    for external_id in ("wamid.old", "wamid.new"):
        await desk.told(desk.thread.lead_id, "delivered", external_id=external_id)
    await desk.run("UPDATE early_receipts SET created_at = now() - interval '25 hours' WHERE external_id = 'wamid.old'")
    assert (await purge_early_receipts(), await desk.rows("SELECT external_id FROM early_receipts")) == (
        1, [("wamid.new",)],
    )  # fmt: skip
