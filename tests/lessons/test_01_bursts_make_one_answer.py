"""A burst or an album is one conversation and gets one answer, however its pieces arrive, and the claim outlives the commit."""

import asyncio

from core.domain.ports import ConversationRef
from core.services.turn_state import NotNow
from tests.integration.services.desk import Desk
from tests.lessons.deliveries import STRANGER, delivered, picture, row


async def _conversations_of_stranger(desk: Desk) -> list[ConversationRef]:
    rows = await desk.rows("SELECT id FROM conversations WHERE reply_address = $1", STRANGER)
    return [ConversationRef(desk.ref.tenant_id, one[0]) for one in rows]


async def _answered(desk: Desk, ref: ConversationRef) -> list[str]:
    claim = await desk.turns.claim(ref)
    assert not isinstance(claim, NotNow)
    await desk.runner.run(claim)
    said = "SELECT text FROM messages WHERE conversation_id = $1 AND direction = 'out' ORDER BY seq"
    return [one[0] for one in await desk.rows(said, ref.conversation_id)]


async def test_an_album_in_one_delivery_gets_one_answer(desk: Desk) -> None:
    """Ten pictures and a question of a stranger: one lead, one conversation, one turn that has read all of it."""
    await delivered(desk, *(picture(desk, number) for number in range(10)), row(desk, "Qual dessas?"))
    (ref,) = await _conversations_of_stranger(desk)
    assert await _answered(desk, ref) == ["Claro!"]
    asked = desk.model.prompts[-1].variable
    assert all(f"foto {number}" in asked for number in range(10))
    assert "Qual dessas?" in asked


async def test_an_album_in_many_deliveries_at_once_gets_one_answer(desk: Desk) -> None:
    """The same, each picture by itself and all at the same moment over several connections."""
    await asyncio.gather(*(delivered(desk, picture(desk, number)) for number in range(10)))
    (ref,) = await _conversations_of_stranger(desk)
    assert await desk.value("SELECT count(*) FROM messages WHERE conversation_id = $1", ref.conversation_id) == 10
    assert await _answered(desk, ref) == ["Claro!"]
    assert await desk.turns.claim(ref) == NotNow(None)


async def test_of_workers_that_hear_of_it_at_once_one_answers(desk: Desk) -> None:
    """Ten nudges for one burst: one claim, and who comes while it runs or after its commit finds nothing to do."""
    await delivered(desk, row(desk, "Oi"), row(desk, "Quanto custa?"))
    (ref,) = await _conversations_of_stranger(desk)
    claims = await asyncio.gather(*(desk.turns.claim(ref) for _ in range(10)))
    taken = [claim for claim in claims if not isinstance(claim, NotNow)]
    assert len(taken) == 1
    late: list[object] = []

    async def another() -> None:
        late.append(await desk.turns.claim(ref))

    desk.model.meanwhile = [another]
    await desk.runner.run(taken[0])
    late.append(await desk.turns.claim(ref))
    assert late == [NotNow(None), NotNow(None)]
    assert len(desk.model.prompts) == 1


async def test_the_same_delivery_again_makes_no_second_answer(desk: Desk) -> None:
    """Providers deliver again: twice at the same moment, and after the answer."""
    burst = [row(desk, "Oi"), row(desk, "Quanto custa?")]
    await asyncio.gather(delivered(desk, *burst), delivered(desk, *burst))
    (ref,) = await _conversations_of_stranger(desk)
    assert await _answered(desk, ref) == ["Claro!"]
    await delivered(desk, *burst)
    assert await desk.turns.claim(ref) == NotNow(None)
