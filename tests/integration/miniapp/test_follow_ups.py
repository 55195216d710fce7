"""Follow-ups over the API: results, what is to come, a lead's own, and that one is stopped."""

import pytest

from tests.integration.follow_ups.clockwork import Clockwork
from tests.integration.miniapp.crew import Crew, refused, seen


@pytest.fixture
def clock(crew: Crew) -> Clockwork:
    """What runs by the clock at the crew's desk."""
    return Clockwork(crew.desk)


async def test_what_is_planned_is_seen_and_stopped(crew: Crew, clock: Clockwork) -> None:
    """By a manager in the list, and by an attendant at the lead, who may stop it; twice is once."""
    await clock.set()
    await clock.talks()
    await clock.plans()
    preview = seen(await crew["manager"].ask("GET", "/follow-ups/preview"))
    (planned,) = preview["items"]
    assert (preview["is_on"], preview["next_cursor"], planned["text"]) == (True, None, "Ainda posso ajudar?")
    here = f"/leads/{crew.desk.thread.lead_id}/follow-ups"
    assert seen(await crew["attendant"].ask("GET", here)) == {"coming": planned, "past": []}
    for _ in range(2):
        seen(await crew["attendant"].ask("POST", f"/follow-ups/{planned['id']}/cancel"))
    lead = seen(await crew["attendant"].ask("GET", here))
    assert (lead["coming"], [one["reason"] for one in lead["past"]]) == (None, ["stopped"])
    results = seen(await crew["manager"].ask("GET", "/follow-ups/results", params={"days": "7"}))
    assert results["days"] == 7
    assert results["steps"][0]["cancelled"] == [{"reason": "stopped", "count": 1}]


async def test_what_has_left_cannot_be_stopped(crew: Crew, clock: Clockwork) -> None:
    """Whoever tries is told so."""
    await clock.due()
    await clock.desk.deliverer.run(clock.desk.ref)
    sent = await clock.desk.value(
        "SELECT id FROM follow_ups WHERE state = 'sent' AND lead_id = $1", crew.desk.thread.lead_id
    )
    answered = await crew["manager"].ask("POST", f"/follow-ups/{sent}/cancel")
    assert refused(answered) == (409, "follow_up_gone")


async def test_a_message_says_that_it_was_one(crew: Crew, clock: Clockwork) -> None:
    """In the thread, beside those that answer."""
    await clock.due()
    messages = seen(await crew["attendant"].ask("GET", f"{crew.here}/messages"))["items"]
    assert [one["purpose"] for one in messages] == [None, "answer", "follow_up"]


async def test_pages_follow_one_another(crew: Crew, clock: Clockwork) -> None:
    """Under a cursor of their own part; another one's is refused, and so is none."""
    await clock.set()
    await clock.talks()
    await clock.plans()
    await clock.desk.run(
        "INSERT INTO follow_ups (id, tenant_id, lead_id, conversation_id, step, silent_since, kind, due_at)"
        " SELECT uuid_v7(), tenant_id, lead_id, conversation_id, 2, silent_since, kind, due_at + interval '1 day' FROM follow_ups"
    )
    first = seen(await crew["manager"].ask("GET", "/follow-ups/preview", params={"limit": "1"}))
    again = {"cursor": first["next_cursor"], "limit": "1"}
    second = seen(await crew["manager"].ask("GET", "/follow-ups/preview", params=again))
    assert [one["step"] for page in (first, second) for one in page["items"]] == [1, 2]
    assert second["next_cursor"] is None
    for wrong in ({**again, "part": "held"}, {"cursor": "none"}):
        answered = await crew["manager"].ask("GET", "/follow-ups/preview", params=wrong)
        assert refused(answered) == (400, "cursor_invalid")
