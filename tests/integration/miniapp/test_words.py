"""A member's words from the screen: at most once to the lead, and seen by his colleagues."""

import asyncio
from collections import Counter
from uuid import UUID, uuid4

import pytest

from tests.integration.miniapp.crew import Crew, once, refused, seen

WORDS = {"text": "Já te respondo"}


@pytest.fixture
async def held(crew: Crew) -> Crew:
    """The attendant has the lead, who has written."""
    await crew.desk.hears("Oi")
    await crew.held_by("attendant")
    return crew


async def _said(crew: Crew) -> int:
    return int(await crew.desk.value("SELECT count(*) FROM messages WHERE author = 'attendant'"))


async def test_words_are_queued_for_the_lead(held: Crew) -> None:
    """Under the ids that are told, and whoever sends them is told at once."""
    said = seen(await once(held["attendant"], f"{held.here}/messages", WORDS))
    assert await held.desk.status(UUID(said["message_ids"][0])) == "queued"
    assert held.desk.ref in held.desk.jobs.sends


async def test_the_same_request_says_nothing_twice(held: Crew) -> None:
    """A client that did not hear the answer asks again, and is told the same."""
    key = uuid4()
    first, second = [await once(held["attendant"], f"{held.here}/messages", WORDS, key=key) for _ in range(2)]
    assert seen(first) == seen(second)
    assert await _said(held) == 1


async def test_twenty_equal_requests_at_once_say_it_once(held: Crew) -> None:
    """All of them are told of the one message."""
    key = uuid4()
    answers = await asyncio.gather(
        *(once(held["attendant"], f"{held.here}/messages", WORDS, key=key) for _ in range(20))
    )
    assert Counter(str(seen(one)) for one in answers).most_common(1)[0][1] == 20
    assert await _said(held) == 1


async def test_a_key_is_for_one_request(held: Crew) -> None:
    """Other words under it are refused, not left out; so are another member's."""
    key = uuid4()
    seen(await once(held["attendant"], f"{held.here}/messages", WORDS, key=key))
    other = await once(held["attendant"], f"{held.here}/messages", {"text": "Outra coisa"}, key=key)
    assert refused(other) == (409, "idempotency_mismatch")
    assert refused(await once(held["colleague"], f"{held.here}/notes", WORDS, key=key)) == (409, "idempotency_mismatch")
    assert await _said(held) == 1


async def test_what_was_refused_may_be_tried_again(held: Crew) -> None:
    """A refusal is not kept: the same request may do once he has the lead."""
    key = uuid4()
    assert refused(await once(held["manager"], f"{held.here}/messages", WORDS, key=key)) == (403, "not_owner")
    await held.held_by("manager")
    assert seen(await once(held["manager"], f"{held.here}/messages", WORDS, key=key))


async def test_a_key_is_needed(held: Crew) -> None:
    """Without one nobody could tell a repetition from a second thought."""
    answered = await held["attendant"].ask("POST", f"{held.here}/messages", WORDS)
    assert (refused(answered), answered.body["faults"][0]["at"]) == ((400, "invalid_input"), "header.Idempotency-Key")


@pytest.mark.parametrize("who", ["manager", "admin"])
async def test_nobody_writes_into_a_colleagues_conversation(held: Crew, who: str) -> None:
    """Whoever leads the team takes it over first, and is told from whom."""
    answered = await once(held[who], f"{held.here}/messages", WORDS)
    assert (refused(answered), answered.body["detail"]) == ((403, "not_owner"), "Ana")


async def test_what_the_channel_takes_no_more_is_told_before(held: Crew) -> None:
    """Outside its window nothing is queued."""
    held.desk.channel.window_hours = 24
    await held.desk.run("UPDATE conversations SET last_inbound_at = now() - interval '30 days'")
    answered = await once(held["attendant"], f"{held.here}/messages", WORDS)
    assert refused(answered) == (409, "window_closed")


async def test_a_note_stays_inside(held: Crew) -> None:
    """It is in the thread, and nothing is to be sent."""
    noted = seen(await once(held["colleague"], f"{held.here}/notes", {"text": "VIP"}))
    last = seen(await held["attendant"].ask("GET", f"{held.here}/messages"))["items"][-1]
    assert (last["id"], last["purpose"], last["status"], last["member_name"]) == (
        noted["message_id"], "note", "internal", "Bia",
    )  # fmt: skip


async def test_a_note_is_written_once(held: Crew) -> None:
    """However often its request comes."""
    key = uuid4()
    answers = [seen(await once(held["attendant"], f"{held.here}/notes", {"text": "VIP"}, key=key)) for _ in range(3)]
    assert len({one["message_id"] for one in answers}) == 1
    assert await _said(held) == 1


async def test_words_that_failed_are_tried_again_once(held: Crew) -> None:
    """By whoever has the lead; a second request finds them on their way, a repeated one is told what the first was."""
    said = UUID(seen(await once(held["attendant"], f"{held.here}/messages", WORDS))["message_ids"][0])
    await held.desk.run("UPDATE messages SET status = 'failed', next_attempt_at = NULL WHERE id = $1", said)
    assert seen(await held["attendant"].ask("GET", f"{held.here}/messages"))["items"][-1]["can_retry"]
    key = uuid4()
    for _ in range(2):
        assert (await once(held["attendant"], f"/messages/{said}/retry", key=key)).status == 204
    assert await held.desk.status(said) == "queued"
    assert refused(await once(held["attendant"], f"/messages/{said}/retry")) == (409, "conflict")


@pytest.mark.parametrize("text", ["", "   ", "a\0b", "x" * 20_001])
async def test_what_cannot_be_said_is_no_request(held: Crew, text: str) -> None:
    """Nothing, a character that nothing can hold, a book."""
    answered = await once(held["attendant"], f"{held.here}/messages", {"text": text})
    assert (refused(answered), answered.body["faults"][0]["at"]) == ((400, "invalid_input"), "body.text")


async def test_a_key_is_forgotten_after_its_time(held: Crew) -> None:
    """As many go as come, so that they do not grow for ever; one that is young stays."""
    keys = [uuid4() for _ in range(3)]
    for key in keys[:2]:
        seen(await once(held["attendant"], f"{held.here}/messages", WORDS, key=key))
    await held.desk.run("UPDATE idempotency_keys SET created_at = now() - interval '49 hours' WHERE id = $1", keys[0])
    seen(await once(held["attendant"], f"{held.here}/messages", WORDS, key=keys[2]))
    known = await held.desk.rows("SELECT id FROM idempotency_keys WHERE tenant_id = $1", held.desk.business.tenant_id)
    assert {row[0] for row in known} == set(keys[1:])
