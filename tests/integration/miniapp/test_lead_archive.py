"""What is kept about a lead, taken from the panel."""

from tests.integration.miniapp.crew import Crew, refused
from tests.integration.privacy.archive import opened


async def test_an_admin_gets_the_archive(crew: Crew) -> None:
    """Whole, under a name that tells nothing of the person."""
    lead_id = crew.desk.thread.lead_id
    await crew.desk.seed.message(crew.desk.thread, "Quanto custa?")
    answered = await crew["admin"].ask("POST", f"/leads/{lead_id}/export")
    assert (answered.status, answered.headers["Content-Type"]) == (200, "application/zip")
    assert answered.headers["Content-Disposition"] == f'attachment; filename="lead-{lead_id}.zip"'
    assert [one["text"] for one in opened(answered.body)["messages.json"]] == ["Quanto custa?"]


async def test_a_manager_does_not(crew: Crew) -> None:
    """It is all that is known of somebody."""
    answered = await crew["manager"].ask("POST", f"/leads/{crew.desk.thread.lead_id}/export")
    assert refused(answered) == (403, "forbidden")
