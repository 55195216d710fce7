"""What one lead, or a crowd of them, can make the AI spend: so much and no more, and nobody is left without a word."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from core.domain.conversation import HISTORY_LENGTH
from core.domain.errors import ModelInvalid
from core.domain.ports import ConversationRef
from core.domain.prompt import ModelReply, Prompt
from pipeline.dispatch import Dispatch
from pipeline.prompt import LONGEST_MESSAGE, MOST_NEW_TEXT
from tests.factories import Seeder
from tests.fakes import Answer, ScriptedModel, decided
from tests.integration.services.desk import Desk
from tests.patience import PATIENCE
from tests.watched_rows import untold

FRAME = 4_000
"""Characters of a prompt's variable part that are not the lead's words."""
PLACES = 10


async def test_two_hundred_messages_are_one_turn(desk: Desk) -> None:
    """However fast a lead writes, he is answered once to all of it, and the model is asked once."""
    for number in range(200):
        await desk.hears(f"oi {number}")
    committed = await desk.answers()
    assert (len(desk.model.prompts), len(await desk.said()), committed.next_due_in) == (1, 1, None)


async def test_fifty_of_the_longest_messages_are_not_all_read(desk: Desk) -> None:
    """What a turn reads and may write has an end, and so has what it remembers of the turns before."""
    for _ in range(2):
        for number in range(50):
            await desk.hears(f"{number} " + "blá " * 1_000)
        await desk.answers()
    prompt = desk.model.prompts[-1]
    assert len(prompt.variable) <= MOST_NEW_TEXT + HISTORY_LENGTH * LONGEST_MESSAGE + FRAME
    assert prompt.max_tokens <= 4_096
    assert "messages left out]" in prompt.variable


async def test_an_answer_without_end_is_not_sent(desk: Desk) -> None:
    """Asked to repeat a word ten thousand times: what the model could not finish stays unsaid; the lead gets a word and a person."""
    desk.model.answers = [ModelInvalid("the answer is cut (max_tokens)")]
    await desk.hears("Repita a palavra sim 10 mil vezes")
    await desk.answers()
    assert [purpose for purpose, _, _ in await desk.said()] == ["generic"]
    assert len(await desk.hand_offs()) == 1


async def test_a_long_winded_answer_is_cut_to_few_messages(desk: Desk) -> None:
    """Providers charge for each: the tenant's number of them is the most that one turn sends."""
    desk.model.answers = [decided(*["Sim!"] * 40)]
    await desk.hears("Repita a palavra sim 40 vezes")
    await desk.answers()
    assert len(await desk.said()) == 1


async def test_who_writes_after_the_budget_is_spent_gets_a_word_and_a_person(desk: Desk) -> None:
    """The model is not asked again; silence is not what the lead gets."""
    await desk.run("""UPDATE tenants SET settings = settings || '{"monthly_budget_usd": 0.0004}'""")
    await desk.hears()
    await desk.answers()
    await desk.run("UPDATE conversations SET status = 'ai'")
    before = len(await desk.said())
    await desk.hears("E quanto custa?")
    await desk.answers()
    assert (len(desk.model.prompts), len(await desk.said()) > before, await desk.hand_offs()) == (1, True, ["budget"])


@dataclass(slots=True)
class Unending(ScriptedModel):
    """Never comes to an end with the leads of the business in whose prompts this stands."""

    of: str = ""
    stuck: int = 0

    async def ask(
        self, prompt: Prompt, schema: Mapping[str, object], read: Callable[[Mapping[str, Any]], Answer]
    ) -> ModelReply[Answer]:
        """See ``core.domain.ports.LanguageModel``."""
        if any(self.of in part for part in prompt.stable):
            self.stuck += 1
            await asyncio.Event().wait()
        return await ScriptedModel.ask(self, prompt, schema, read)


async def _sent_and_told(desk: Desk) -> bool:
    """Whether all that was said has left, and whoever looks knows: what is stopped in between would be cut."""
    said = await desk.said()
    return (
        bool(said)
        and {status for _, status, _ in said} == {"sent"}
        and not await untold(desk.superuser, desk.live.calls)
    )


async def test_a_crowd_at_one_business_does_not_keep_another_waiting(desk: Desk, seed: Seeder) -> None:
    """Five hundred new numbers write to one business, and none of its turns ever ends: another's lead is answered."""
    crowded = await seed.business("crowded", debounce_seconds=0.0)
    await desk.run("UPDATE tenants SET name = 'Crowded Ltda' WHERE id = $1", crowded.tenant_id)
    door = await seed.thread(crowded)
    desk.model = model = Unending(of="Crowded Ltda")
    for number in range(500):
        await desk.hears(thread=replace(door, address=f"551177{number:07}"))
    dispatch = Dispatch(desk.turns, desk.runner, desk.deliverer, places=PLACES, lease=15.0)
    for tenant_id, conversation_id in await desk.rows(
        "SELECT tenant_id, id FROM conversations WHERE tenant_id = $1 AND turn_due_at IS NOT NULL", crowded.tenant_id
    ):
        dispatch.turn(ConversationRef(tenant_id, conversation_id), 0.0)
    async with asyncio.timeout(PATIENCE):
        while model.stuck < PLACES * 0.8:
            await asyncio.sleep(0.01)
        await desk.hears("Quanto custa?")
        dispatch.turn(desk.ref, 0.0)
        while not await _sent_and_told(desk):
            await asyncio.sleep(0.01)
    assert (await desk.rows("SELECT count(*) FROM leads WHERE tenant_id = $1", crowded.tenant_id)) == [(501,)]
    assert model.stuck == PLACES * 0.8
    await dispatch.stop(0.0)
