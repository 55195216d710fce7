"""A lead who has fallen silent is written to again: when, in which words, and not when he must not be."""

import asyncio
import itertools
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from core.domain.conversation import Author, MessageStatus
from core.domain.errors import SendRefused, SendUnknown
from core.services.follow_up_plans import FollowUpPlans
from core.services.follow_ups import FollowUps
from core.services.stale_conversations import StaleConversations
from db.tenancy import TenantScope
from tests.factories import Seeder
from tests.fakes import decided
from tests.integration.conftest import Database
from tests.integration.follow_ups.clockwork import TEXT, Clockwork
from tests.patience import PATIENCE

OPT_OUT = "UPDATE leads SET opted_out_at = now()"


async def test_a_silent_lead_is_written_to(clock: Clockwork) -> None:
    """After the time of the first step, in its words; the message says what it is."""
    await clock.set()
    await clock.talks()
    await clock.passes(hours=4)
    assert await clock.runs() == 1
    assert (await clock.desk.said())[-1] == ("follow_up", "sent", "Ainda posso ajudar?")
    assert (await clock.steps())[0] == (1, "sent", None)


async def test_nobody_is_written_to_before_the_time(clock: Clockwork) -> None:
    """It is planned, and waits."""
    await clock.set()
    await clock.talks()
    await clock.passes(hours=2)
    assert await clock.runs() == 0
    assert await clock.steps() == [(1, "planned", None)]


async def test_nothing_happens_while_it_is_off(clock: Clockwork) -> None:
    """As it is until somebody switches it on."""
    await clock.set(is_on=False)
    await clock.talks()
    await clock.passes(hours=4)
    assert await clock.runs() == 0
    assert await clock.steps() == []


async def test_steps_come_one_after_the_other(clock: Clockwork) -> None:
    """The second after its time since the first, never within twenty hours; after the last there is none."""
    await clock.set()
    await clock.talks()
    left = []
    for hours in (4, 4, 17, 30, 30):
        await clock.passes(hours=hours)
        left.append(await clock.runs())
    assert left == [1, 0, 1, 0, 0]
    assert [state for _, state, _ in await clock.steps()] == ["sent", "sent"]


async def test_a_job_that_runs_again_writes_nothing_twice(clock: Clockwork) -> None:
    """Nor do two workers at once."""
    await clock.set()
    await clock.talks()
    await clock.passes(hours=4)
    at = await clock.desk.value("SELECT now()")
    jobs = (FollowUpPlans().batch(clock.desk.ref.tenant_id, at, dry=False) for _ in range(2))
    await asyncio.gather(*jobs)
    await clock.desk.run("UPDATE follow_ups SET leave_at = now() WHERE state = 'planned'")
    written = await asyncio.gather(*(clock.writer.write_leaving() for _ in range(4)))
    assert sum(written) == 1
    await asyncio.gather(*(clock.desk.deliverer.run(clock.desk.ref) for _ in range(4)))
    assert clock.desk.channel.sent.count("Ainda posso ajudar?") == 1


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        (OPT_OUT, "opted_out"),
        ("UPDATE conversations SET status = 'waiting_human'", "person"),
        ("UPDATE conversations SET status = 'human'", "person"),
        ("UPDATE conversations SET status = 'closed', closed_at = now()", "closed"),
        ("UPDATE leads SET stage_key = 'won'", "stage"),
        ("UPDATE tenants SET ai_paused = true", "tenant"),
        ("UPDATE tenants SET status = 'suspended'", "tenant"),
        ("UPDATE tenants SET settings = jsonb_set(settings, '{follow_up,is_on}', 'false')", "off"),
        ("UPDATE channel_accounts SET status = 'stopped'", "channel"),
        ("UPDATE follow_ups SET leave_by = now() - interval '1 second' WHERE step = 1", "late"),
    ],
)
async def test_what_happens_before_it_leaves_keeps_it_in(clock: Clockwork, deed: str, reason: str) -> None:
    """It is written and waits to be sent: the sender takes it back, and says why."""
    await clock.due()
    await clock.desk.run(deed)
    assert await clock.sends() is None
    assert ((await clock.desk.said())[-1][1], (await clock.steps())[0]) == ("cancelled", (1, "cancelled", reason))


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        (OPT_OUT, "opted_out"),
        ("UPDATE conversations SET status = 'human'", "person"),
        ("UPDATE leads SET stage_key = 'won'", "stage"),
        ("UPDATE tenants SET ai_paused = true", "tenant"),
        ("UPDATE tenants SET settings = jsonb_set(settings, '{follow_up,steps,0,text}', '\"Outra\"')", None),
    ],
)
async def test_what_happens_before_it_is_written_keeps_it_unwritten(
    clock: Clockwork, deed: str, reason: str | None
) -> None:
    """It has its place and its words are not written; words that are other ones by now are those that are said."""
    await clock.set()
    await clock.talks()
    await clock.passes(hours=4)
    await clock.plans()
    await clock.desk.run(deed)
    assert await clock.writes() == (reason is None)
    assert (await clock.steps())[0] == (1, "queued" if reason is None else "cancelled", reason)


async def test_an_answer_takes_it_back(clock: Clockwork) -> None:
    """The lead writes while it waits to leave: he gets the answer, and not that."""
    await clock.due()
    await clock.desk.hears("Quanto custa?")
    await clock.desk.answers()
    await clock.desk.deliverer.run(clock.desk.ref)
    assert clock.desk.channel.sent == ["Claro!", "Claro!"]
    assert (await clock.steps())[0] == (1, "cancelled", "answered")


async def test_the_owners_word_takes_it_back(clock: Clockwork) -> None:
    """A webhook tells of it, and the step ends with it."""
    await clock.due()
    await clock.desk.phone_writes()
    assert await clock.sends() is None
    assert (await clock.steps())[0] == (1, "cancelled", "taken_back")


async def test_an_answer_is_told_with_the_step(clock: Clockwork) -> None:
    """Results: he wrote after it."""
    await clock.due()
    await clock.desk.deliverer.run(clock.desk.ref)
    await clock.passes(hours=1)
    await clock.desk.hears("Sim!")
    await clock.desk.answers()
    assert (await clock.plans())["answered"] == 1
    assert await clock.desk.value("SELECT answered_at IS NOT NULL FROM follow_ups ORDER BY created_at LIMIT 1")


async def test_a_template_is_held(clock: Clockwork) -> None:
    """As long as none can be sent."""
    await clock.set(steps=[{**TEXT, "kind": "template", "text": "volta"}])
    await clock.talks()
    await clock.passes(hours=4)
    assert await clock.runs() == 0
    assert await clock.steps() == [(1, "held", "template")]


async def test_beyond_the_window_it_is_held(clock: Clockwork) -> None:
    """The channel would take no free words."""
    clock.windows[clock.desk.channel.name] = timedelta(hours=3)
    await clock.desk.run("UPDATE channel_accounts SET channel = $1", clock.desk.channel.name)
    await clock.set()
    await clock.talks()
    await clock.passes(hours=4)
    assert await clock.runs() == 0
    assert await clock.steps() == [(1, "held", "window")]


async def test_outside_the_hours_it_waits(clock: Clockwork) -> None:
    """Until its hours come: here those of another day."""
    other = str(
        (await clock.desk.value("SELECT extract(isodow FROM now() AT TIME ZONE 'America/Sao_Paulo')::int") + 1) % 7
    )
    await clock.set(hours={other: ["10:00-12:00"]})
    await clock.talks()
    await clock.passes(hours=4)
    assert await clock.runs() == 0
    assert await clock.steps() == [(1, "planned", None)]
    assert await clock.desk.value("SELECT due_at > now() FROM follow_ups")


async def test_a_holiday_is_no_day_for_it(clock: Clockwork) -> None:
    """It waits for the day after."""
    today = await clock.desk.value("SELECT (now() AT TIME ZONE 'America/Sao_Paulo')::date::text")
    tomorrow = await clock.desk.value("SELECT ((now() AT TIME ZONE 'America/Sao_Paulo')::date + 1)::text")
    await clock.set(holidays=[today, tomorrow])
    await clock.talks()
    await clock.passes(hours=4)
    assert await clock.runs() == 0
    assert await clock.desk.value("SELECT due_at > now() + interval '1 day' FROM follow_ups")


async def test_the_ai_writes_it_from_the_thread(clock: Clockwork) -> None:
    """Its words leave, and what they cost is written down."""
    clock.desk.model.answers = [decided("Claro!"), decided("Oi! Ainda quer marcar a avaliação?")]
    await clock.set(steps=[{"after_hours": 3, "kind": "ai", "text": "marcar a avaliação"}])
    await clock.talks()
    await clock.passes(hours=4)
    assert await clock.runs() == 1
    assert clock.desk.channel.sent[-1] == "Oi! Ainda quer marcar a avaliação?"
    assert "marcar a avaliação" in clock.desk.model.prompts[-1].variable
    assert await clock.desk.value("SELECT count(*) FROM ai_calls WHERE purpose = 'follow_up'") == 1


async def test_words_that_may_not_be_said_are_not(clock: Clockwork) -> None:
    """A price that is no fact of the business: nothing is sent, and the step says so."""
    clock.desk.model.answers = [decided("Claro!"), decided("Só hoje por R$ 1,00!")]
    await clock.set(steps=[{"after_hours": 3, "kind": "ai", "text": ""}])
    await clock.talks()
    await clock.passes(hours=4)
    assert await clock.runs() == 0
    assert await clock.steps() == [(1, "cancelled", "words")]
    assert await clock.desk.hand_offs() == []


async def test_a_spent_budget_asks_no_model(clock: Clockwork) -> None:
    """And writes nobody."""
    await clock.set(steps=[{"after_hours": 3, "kind": "ai", "text": ""}])
    await clock.talks()
    await clock.desk.run("UPDATE tenants SET settings = settings || '{\"monthly_budget_usd\": 0.0}'")
    await clock.passes(hours=4)
    asked = len(clock.desk.model.prompts)
    assert await clock.runs() == 0
    assert (len(clock.desk.model.prompts), await clock.steps()) == (asked, [(1, "cancelled", "budget")])


async def test_what_the_lead_says_while_the_model_thinks_counts(clock: Clockwork) -> None:
    """Its words come too late."""
    await clock.set(steps=[{"after_hours": 3, "kind": "ai", "text": ""}])
    await clock.talks()
    await clock.passes(hours=4)
    clock.desk.model.meanwhile = [lambda: clock.desk.hears("Voltei")]
    assert await clock.runs() == 0
    assert await clock.steps() == [(1, "cancelled", "answered")]


@pytest.mark.parametrize("error", [SendRefused("no"), SendUnknown("?")])
async def test_one_that_fails_calls_nobody(clock: Clockwork, error: Exception) -> None:
    """Nobody waits for it: no person is given the lead for it, and it is not tried twice."""
    await clock.due()
    job = await clock.sends()
    assert job is not None
    if isinstance(error, SendRefused):
        await clock.desk.sends.failed(job, error)
    else:
        assert isinstance(error, SendUnknown)
        await clock.desk.sends.unknown(job, error)
        await clock.desk.run("UPDATE messages SET settle_by = now() - interval '1 second' WHERE status = 'unknown'")
        await clock.desk.sends.settle_overdue()
    assert (await clock.desk.conversation("status"), await clock.desk.letters()) == ("ai", [])
    assert (await clock.steps())[0][:2] == (1, "failed")


async def test_they_leave_one_after_the_other(clock: Clockwork, seed: Seeder) -> None:
    """No more than sixty an hour and a minute apart; the others keep their turn for the next run."""
    await clock.set()
    for _ in range(70):
        thread = await seed.thread(clock.desk.business)
        await seed.message(thread, "Claro!", author=Author.AI, status=MessageStatus.SENT)
    await clock.desk.run(
        "UPDATE conversations SET last_inbound_at = now() - interval '4 hours', last_activity_at = now()"
    )
    await clock.plans()
    gaps = await clock.desk.rows(
        "SELECT extract(epoch FROM leave_at - lag(leave_at) OVER (ORDER BY leave_at))::int FROM follow_ups"
        " WHERE leave_at IS NOT NULL"
    )
    assert (len(gaps), {gap for (gap,) in gaps[1:]}) == (60, {60})
    assert (await clock.plans()).get("placed", 0) == 0


async def test_a_dry_run_counts_and_writes_nothing(clock: Clockwork) -> None:
    """Who would be planned."""
    await clock.set()
    await clock.talks()
    await clock.passes(hours=4)
    at = await clock.desk.value("SELECT now()")
    batch = await FollowUpPlans().batch(clock.desk.ref.tenant_id, at, dry=True)
    assert (batch.counts, await clock.steps()) == ({"planned": 1}, [])


async def test_nobody_of_another_business_is_touched(clock: Clockwork, seed: Seeder) -> None:
    """One business's run plans its own leads."""
    other = await seed.business("other")
    await seed.thread(other)
    await clock.set()
    await clock.talks()
    await clock.passes(hours=4)
    await clock.plans()
    owners = await clock.desk.rows("SELECT DISTINCT tenant_id FROM follow_ups")
    assert owners == [(clock.desk.ref.tenant_id,)]


async def test_one_whose_writer_died_is_written_by_the_next(clock: Clockwork) -> None:
    """When its lease is over; the dead one's words are not taken any more."""
    await clock.set()
    await clock.talks()
    await clock.passes(hours=4)
    await clock.plans()
    await clock.desk.run("UPDATE follow_ups SET leave_at = now()")
    follow_ups = FollowUps(clock.desk.fitting, {}, clock.desk.jobs)
    tenant_id, follow_up_id = clock.desk.ref.tenant_id, UUID(str(await clock.desk.value("SELECT id FROM follow_ups")))
    dead = await follow_ups.take(tenant_id, follow_up_id)
    assert dead is not None
    assert await clock.writer.write_leaving() == 0
    await clock.desk.run("UPDATE follow_ups SET lease_until = now() - interval '1 second'")
    assert await clock.writer.write_leaving() == 1
    assert not await follow_ups.write(dead, "de novo")


async def test_who_got_no_answer_on_purpose_is_not_followed_up(clock: Clockwork) -> None:
    """He sent spam: his silence is what was wanted."""
    clock.desk.model.answers = [decided(intent="spam")]
    await clock.set()
    await clock.talks()
    await clock.passes(hours=4)
    assert (await clock.runs(), await clock.steps()) == (0, [])


async def test_whose_conversation_somebody_holds_keeps_nobody_waiting(clock: Clockwork, database: Database) -> None:
    """The run leaves it out, and the next one comes to it again though nothing has happened there since."""
    await clock.set()
    await clock.talks()
    await clock.passes(hours=4)
    other = await asyncpg.connect(database.superuser)
    async with other.transaction():
        await other.execute("SELECT FROM conversations FOR UPDATE")
        async with asyncio.timeout(PATIENCE):
            assert await clock.plans() == {}
    await other.close()
    await clock.passes(minutes=59)
    assert (await clock.plans())["planned"] == 1


async def test_a_status_of_what_has_left_waits_for_nobody(clock: Clockwork, database: Database) -> None:
    """A webhook that tells of many does not touch their rows: a run that looks at them may have them."""
    await clock.due()
    await clock.desk.deliverer.run(clock.desk.ref)
    message = await clock.desk.value("SELECT id FROM messages WHERE purpose = 'follow_up'")
    other = await asyncpg.connect(database.superuser)
    async with other.transaction():
        await other.execute("SELECT FROM follow_ups FOR UPDATE")
        async with asyncio.timeout(PATIENCE):
            await clock.desk.told(message, "delivered")
            await clock.desk.told(message, "read")
    await other.close()
    assert (await clock.desk.status(message), (await clock.steps())[0]) == ("read", (1, "sent", None))


async def test_what_nobody_wrote_at_its_time_gets_another_place(clock: Clockwork) -> None:
    """Nobody worked for an hour: what was to leave in it, a minute apart, does not leave all at once when somebody does."""
    await clock.set()
    await clock.talks()
    await clock.passes(hours=4)
    await clock.plans()
    await clock.passes(hours=1)
    assert await clock.writer.write_leaving() == 0
    assert await clock.desk.rows("SELECT state, leave_at IS NULL, attempts FROM follow_ups") == [("planned", True, 0)]
    assert await clock.runs() == 1


async def test_one_that_is_put_off_again_and_again_is_not_given_up(clock: Clockwork) -> None:
    """Whoever took it up did nothing wrong."""
    await clock.set()
    await clock.talks()
    await clock.passes(hours=4)
    unsent = await clock.desk.queued(next_attempt_at=await clock.desk.value("SELECT now() + interval '9 hours'"))
    for _ in range(5):
        assert await clock.runs() == 0
    await clock.desk.run("UPDATE messages SET status = 'sent' WHERE id = $1", unsent)
    assert await clock.runs() == 1


async def test_what_is_written_to_him_keeps_his_conversation_open(clock: Clockwork) -> None:
    """A week without anything is reckoned from there: the step after it finds a conversation."""
    await clock.set()
    await clock.talks()
    await clock.passes(days=6)
    await clock.runs()
    await clock.passes(days=6)
    at = await clock.desk.value("SELECT now()")
    assert (await StaleConversations().batch(clock.desk.ref.tenant_id, at, dry=False)).counts.get(
        "conversations", 0
    ) == 0
    assert await clock.runs() == 1


@pytest.mark.slow
async def test_wherever_a_writer_dies_it_leaves_once(clock: Clockwork, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before each of its questions to the database in turn: the next one comes to it, and nothing is said twice or never."""
    await clock.set(steps=[TEXT])
    asked = TenantScope.rows
    left: list[int] = []

    async def dying(self: TenantScope, name: str, *values: object) -> Sequence[dict[str, Any]]:
        left[0] -= 1
        if left[0] == 0:
            message = "killed"
            raise ConnectionError(message)
        return await asked(self, name, *values)

    for place in itertools.count(1):
        await clock.desk.run("UPDATE conversations SET idle_turns = 0")
        await clock.passes(hours=24)
        await clock.talks()
        await clock.passes(hours=4)
        await clock.plans()
        left[:] = [place]
        with monkeypatch.context() as patch:
            patch.setattr(TenantScope, "rows", dying)
            written = await clock.writes()
        await clock.desk.run("UPDATE follow_ups SET lease_until = NULL")
        before = len(clock.desk.channel.sent)
        await clock.writes()
        await clock.desk.deliverer.run(clock.desk.ref)
        assert clock.desk.channel.sent[before:] == ["Ainda posso ajudar?"]
        if written:
            break
    assert place > len(("claim", "look", "lock", "write"))
