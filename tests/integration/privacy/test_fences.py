"""What is under way when somebody is forgotten comes to nothing."""

from pathlib import Path

from core.services.audit import OPERATOR
from core.services.erasure import Erasures
from core.services.sends import SendJob
from core.services.tombstone_journal import TombstoneJournal
from tests.integration.privacy.conftest import KEY
from tests.integration.services.desk import Desk


async def _forget(desk: Desk, folder: Path) -> None:
    erasures = Erasures(TombstoneJournal(folder, [KEY]))
    await erasures.forget(desk.thread.tenant_id, desk.thread.lead_id, by=OPERATOR)


async def test_a_running_turn_says_nothing(desk: Desk, tmp_path: Path) -> None:
    """The model's answer comes when he is gone: nothing is written of it, and nothing goes out."""
    await desk.hears("Quanto custa?")
    claim = await desk.claimed()
    await _forget(desk, tmp_path)
    await desk.runner.run(claim)
    assert await desk.value("SELECT count(*) FROM messages") + await desk.value("SELECT count(*) FROM turns") == 0


async def test_a_queued_message_does_not_go_out(desk: Desk, tmp_path: Path) -> None:
    """There is nothing to send any more."""
    await desk.queued()
    await _forget(desk, tmp_path)
    await desk.deliverer.run(desk.ref)
    assert desk.channel.sent == []


async def test_a_claimed_message_leaves_no_trace(desk: Desk, tmp_path: Path) -> None:
    """One that was with the provider already: its outcome is written nowhere."""
    await desk.queued()
    job = await desk.sends.claim(desk.ref)
    assert isinstance(job, SendJob)
    await _forget(desk, tmp_path)
    await desk.sends.sent(job, "wamid.late")
    assert await desk.value("SELECT count(*) FROM messages") == 0


async def test_who_writes_again_is_somebody_new(desk: Desk, tmp_path: Path) -> None:
    """The same number makes a new lead, who is known by nothing, and he stays."""
    await desk.hears("Oi")
    await _forget(desk, tmp_path)
    await desk.hears("Oi de novo")
    rows = await desk.rows(
        "SELECT l.id = $1, m.text FROM leads l JOIN messages m ON m.lead_id = l.id", desk.thread.lead_id
    )
    assert rows == [(False, "Oi de novo")]
