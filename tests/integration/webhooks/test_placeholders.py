"""Z-API at times announces a message before it can read it: its content, under the same id, takes the place."""

import asyncio
from typing import Any

import pytest

from core.services.fitting import Fitting
from core.services.turn_state import Claim
from core.services.turns import Turns
from tests.integration.webhooks.lines import ZAPI, Line
from tests.unit.channels import zapi_api as zapi

ON_ZAPI = pytest.mark.parametrize("line", [ZAPI], ids=["zapi"], indirect=True)


async def _announced(line: Line, message_id: str = "in-1", **marks: Any) -> None:
    """Something comes that nobody can read yet."""
    assert await line.post(zapi.received(messageId=message_id, waitingMessage=True, **marks)) == 200


async def _texts_of_the_turn(line: Line) -> list[str]:
    """What the AI would answer now."""
    turns = Turns(15.0, Fitting({}))
    await line.superuser.execute("UPDATE conversations SET turn_due_at = now() WHERE turn_due_at IS NOT NULL")
    claim = await turns.claim(await line.ref())
    return [said.text for said in (await turns.load(claim)).new] if isinstance(claim, Claim) else []


@ON_ZAPI
async def test_a_placeholder_is_seen_and_answered_by_nobody(line: Line) -> None:
    """A person sees that something came; the AI waits for what it is. It counts as one who wrote."""
    await _announced(line)
    assert await line.thread("author, type, text, status") == [("lead", "waiting_message", None, "received")]
    assert (await line.stands(), await line.superuser.fetchval("SELECT leads FROM usage_months")) == (("ai", False), 1)


@ON_ZAPI
async def test_the_content_takes_its_place(line: Line) -> None:
    """One message, one count, and the turn answers the words."""
    await _announced(line)
    await line.lead("Quanto custa?", "in-1")
    await _announced(line)
    assert await line.thread("type, text") == [("text", "Quanto custa?")]
    assert (await line.stands(), await _texts_of_the_turn(line)) == (("ai", True), ["Quanto custa?"])
    assert await line.superuser.fetchval("SELECT leads FROM usage_months") == 1


@ON_ZAPI
async def test_content_that_was_faster_stays(line: Line) -> None:
    """The placeholder comes too late, and is nothing."""
    await line.lead("Quanto custa?", "in-1")
    seq = await line.superuser.fetchval("SELECT message_seq FROM conversations")
    await _announced(line)
    assert await line.thread("type, text") == [("text", "Quanto custa?")]
    assert await line.superuser.fetchval("SELECT message_seq FROM conversations") == seq


@ON_ZAPI
async def test_content_that_was_overtaken_is_still_answered(line: Line) -> None:
    """The lead said more, and got an answer to that: what was announced before it comes at the end."""
    await _announced(line)
    await line.lead("E amanhã?", "in-2")
    assert await _texts_of_the_turn(line) == ["E amanhã?"]
    await line.superuser.execute(
        "UPDATE conversations SET answered_seq = inbound_seq, turn_due_at = NULL, turn_lease_until = NULL"
    )
    await line.lead("Quanto custa hoje?", "in-1")
    assert await line.thread("text") == [("E amanhã?",), ("Quanto custa hoje?",)]
    assert (await line.stands(), await _texts_of_the_turn(line)) == (("ai", True), ["Quanto custa hoje?"])


@ON_ZAPI
async def test_content_that_cannot_be_shown_takes_its_place_too(line: Line) -> None:
    """It is of an unknown kind, and known to be."""
    await _announced(line)
    assert await line.post(zapi.received(messageId="in-1", somethingNew={"a": 1})) == 200
    assert await line.thread("type, text") == [("unknown", None)]


@ON_ZAPI
async def test_content_may_come_into_a_later_conversation(line: Line) -> None:
    """The one that the placeholder stood in is over: the message moves to where the lead is answered."""
    await _announced(line)
    await line.superuser.execute("UPDATE conversations SET status = 'closed', closed_at = now() - interval '8 days'")
    await line.lead("Quanto custa?", "in-1")
    open_one = await line.superuser.fetchval("SELECT id FROM conversations WHERE status = 'ai'")
    assert await line.thread("conversation_id, seq, text") == [(open_one, 1, "Quanto custa?")]


@ON_ZAPI
async def test_the_team_is_told_of_the_content_alone(line: Line) -> None:
    """While a person has the conversation, what is to be shown is the message as it became."""
    await line.lead("oi", "in-0")
    await line.superuser.execute("UPDATE conversations SET status = 'human', turn_due_at = NULL")
    await _announced(line)
    assert await line.superuser.fetchval("SELECT count(*) FROM notifications") == 0
    await line.lead("Quanto custa?", "in-1")
    shown = await line.superuser.fetch(
        "SELECT n.kind, m.text FROM notifications n JOIN messages m ON m.id = n.subject_id"
    )
    assert [tuple(row) for row in shown] == [("lead_message", "Quanto custa?")]


@ON_ZAPI
async def test_the_owners_hand_is_noticed_before_it_can_be_read(line: Line) -> None:
    """Something typed on the phone takes the conversation at once; its words come later, once, and are shown to the team."""
    await line.lead("Quanto custa?", "in-0")
    await _announced(line, "own-1", fromMe=True)
    assert (await line.stands(), (await line.thread("author, type"))[1]) == (
        ("human", False), ("attendant", "waiting_message"),
    )  # fmt: skip
    await line.owner("Pode vir.", "own-1")
    await _announced(line, "own-1", fromMe=True, momment=1790000009000)
    assert await line.thread("author, text") == [("lead", "Quanto custa?"), ("attendant", "Pode vir.")]
    shown = await line.superuser.fetchval(
        "SELECT count(*) FROM notifications n JOIN messages m ON m.id = n.subject_id"
        " WHERE n.kind = 'attendant_message' AND m.text = 'Pode vir.'"
    )
    assert shown == 1


@ON_ZAPI
async def test_both_at_once_are_one_message(line: Line) -> None:
    """Written together or one after the other, in whichever order: the words stand, once each."""
    wanted = [f"in-{number}" for number in range(30)]
    announced, read = [_announced(line, name) for name in wanted], [line.lead(name, name) for name in wanted]
    await asyncio.gather(*(call for pair in zip(announced, read, strict=True) for call in pair))
    assert sorted(await line.thread("external_id, text, type")) == sorted((name, name, "text") for name in wanted)
