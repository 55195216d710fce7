"""Somebody is forgotten from the panel: by an admin who says whom, and once."""

from typing import Any
from uuid import UUID, uuid4

from tests.integration.miniapp.client import Answered
from tests.integration.miniapp.crew import Crew, refused


async def _forget(crew: Crew, name: str | None, *, who: str = "admin", key: UUID | None = None) -> Answered:
    headers = {"Idempotency-Key": str(key or uuid4())}
    return await crew[who].ask("DELETE", f"/leads/{crew.desk.thread.lead_id}", {"name": name}, headers=headers)


async def _leads(crew: Crew) -> Any:
    return await crew.desk.value("SELECT count(*) FROM leads WHERE id = $1", crew.desk.thread.lead_id)


async def test_an_admin_forgets_a_lead_by_his_name(crew: Crew) -> None:
    """He is gone, and stands in the log as forgotten by that member."""
    answered = await _forget(crew, "Ana")
    assert (answered.status, await _leads(crew)) == (200, 0)
    actor = await crew.desk.value("SELECT actor FROM audit_log WHERE action = 'lead.erased'")
    assert actor == f"member:{crew.id_of('admin')}"


async def test_nobody_is_forgotten_under_another_name(crew: Crew) -> None:
    """Who means somebody else, or has the page of long ago before him, is told so."""
    assert refused(await _forget(crew, "Bia")) == (409, "somebody_else")
    assert await _leads(crew) == 1


async def test_a_manager_forgets_nobody(crew: Crew) -> None:
    """It cannot be taken back."""
    assert refused(await _forget(crew, "Ana", who="manager")) == (403, "forbidden")


async def test_a_request_that_comes_again_is_answered_alike(crew: Crew) -> None:
    """Its first answer may have been lost on the way."""
    key = uuid4()
    first, again = await _forget(crew, "Ana", key=key), await _forget(crew, "Ana", key=key)
    assert (again.status, again.body) == (200, first.body)
    assert await crew.desk.value("SELECT count(*) FROM erasures WHERE lead_id = $1", crew.desk.thread.lead_id) == 1


async def test_a_refusal_is_not_kept(crew: Crew) -> None:
    """Whoever corrects the name under the same key is not told that he asked already."""
    await _forget(crew, "Bia", key=(key := uuid4()))
    assert (await _forget(crew, "Ana", key=key)).status == 200
