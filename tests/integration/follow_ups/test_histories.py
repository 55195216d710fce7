"""Whatever happens and in whichever order, nobody is written to unasked who must not be, nothing twice, nothing too soon."""

import random
from collections.abc import Awaitable, Callable

import pytest

from tests.integration.follow_ups.clockwork import TEXT, Clockwork

HISTORIES = 8
ROUNDS = 12
DISTURBED = 0.25
TALKATIVE = 0.5
_WRONG = """
SELECT CASE
    WHEN l.opted_out_at IS NOT NULL THEN 'opted out'
    WHEN EXISTS (SELECT 1 FROM conversations o WHERE o.lead_id = l.id AND o.status IN ('human', 'waiting_human')) THEN 'a person has him'
    WHEN c.status = 'closed' THEN 'closed'
    WHEN t.ai_paused THEN 'paused'
    WHEN c.inbound_seq > c.answered_seq OR c.last_inbound_at > f.silent_since THEN 'he answered'
    WHEN l.stage_key <> 'new' THEN 'his stage'
    WHEN EXISTS (SELECT 1 FROM follow_ups o WHERE o.lead_id = l.id AND o.id <> f.id AND o.sent_at > f.sent_at - interval '20 hours'
                 AND o.sent_at <= f.sent_at) THEN 'too soon'
    WHEN f.sent_at - f.silent_since < interval '3 hours' THEN 'too early' END
FROM follow_ups f JOIN leads l ON l.id = f.lead_id JOIN conversations c ON c.id = f.conversation_id JOIN tenants t ON t.id = f.tenant_id
WHERE f.message_id = $1"""


class History:
    """One lead's: round by round towards another follow-up, and what comes between."""

    def __init__(self, clock: Clockwork, choice: random.Random) -> None:
        self._clock = clock
        self._choice = choice
        self.claimed = 0

    async def go(self) -> None:
        """The first round is undisturbed; each claim is looked at as it is made."""
        for number in range(ROUNDS):
            await self._come_back()
            wait = self._pass if number else lambda: self._clock.passes(hours=4)
            for deed in (wait, self._clock.plans, self._clock.writes, self._send, self._clock.plans):
                if number and self._choice.random() < DISTURBED:
                    await self._disturb()
                await deed()

    async def _come_back(self) -> None:
        """The AI has the lead again, who is as he was, and now and then says something."""
        await self._set("status = 'ai', closed_at = NULL")
        await self._lead("opted_out_at = NULL, stage_key = 'new'")
        await self._tenant("ai_paused = false")
        if self._choice.random() < TALKATIVE or await self._clock.desk.conversation("inbound_seq > answered_seq"):
            await self._clock.talks_if_he_may()

    async def _disturb(self) -> None:
        deeds: list[Callable[[], Awaitable[object]]] = [
            self._clock.desk.hears,
            self._clock.talks_if_he_may,
            self._pass,
            self._clock.desk.phone_writes,
            lambda: self._set("status = 'human'"),
            lambda: self._set("status = 'waiting_human'"),
            lambda: self._set("status = 'closed', closed_at = now()"),
            lambda: self._lead("opted_out_at = now()"),
            lambda: self._lead("stage_key = 'won'"),
            lambda: self._tenant("ai_paused = true"),
        ]
        await self._choice.choice(deeds)()

    async def _pass(self) -> None:
        await self._clock.passes(hours=self._choice.choice([1, 4, 21, 21]))

    async def _send(self) -> None:
        job = await self._clock.sends()
        if job is None:
            return
        if await self._clock.desk.value("SELECT purpose FROM messages WHERE id = $1", job.message_id) == "follow_up":
            self.claimed += 1
            assert await self._clock.desk.value(_WRONG, job.message_id) is None
        await self._clock.desk.sends.sent(job, f"wamid.{job.message_id}")

    async def _set(self, change: str) -> None:
        await self._clock.desk.run(f"UPDATE conversations SET {change}")

    async def _lead(self, change: str) -> None:
        await self._clock.desk.run(f"UPDATE leads SET {change}")

    async def _tenant(self, change: str) -> None:
        await self._clock.desk.run(f"UPDATE tenants SET {change}")


@pytest.mark.parametrize("number", range(HISTORIES))
async def test_nobody_is_written_to_who_must_not_be(clock: Clockwork, number: int) -> None:
    """Words, take-overs, returns, wishes, closes, stages, jumps of the clock, jobs and sends, however they come."""
    await clock.set(steps=[TEXT, TEXT, TEXT], stages=["new"])
    await clock.talks()
    history = History(clock, random.Random(number))
    await history.go()
    assert history.claimed > 0
    twice = await clock.desk.value(
        "SELECT count(*) FROM (SELECT silent_since, step FROM follow_ups WHERE message_id IS NOT NULL GROUP BY 1, 2 HAVING count(*) > 1) x"
    )
    assert twice == 0
