"""What happens around a turn while the model thinks."""

import asyncio

from core.domain.conversation import TurnOutcome
from core.domain.errors import ModelUnavailable
from tests.fakes import decided
from tests.integration.services.desk import Desk

EXPIRE = "UPDATE conversations SET turn_lease_until = now() - interval '1 second'"


async def test_a_take_over_in_mid_turn_wins(desk: Desk) -> None:
    """The owner writes on his phone while the model thinks: the draft stays inside, as a suggestion."""
    await desk.hears()
    desk.model.meanwhile = [desk.phone_writes]
    committed = await desk.answers()
    assert (committed.outcome, await desk.said()) == (
        TurnOutcome.SUPERSEDED,
        [("attendant", "sent", "Deixa comigo"), ("suggestion", "internal", "Claro!")],
    )
    assert (await desk.conversation("status"), desk.jobs.sends) == ("human", [])


async def test_a_take_over_keeps_what_the_model_cost(desk: Desk) -> None:
    """The call was made and is paid for, whoever answers."""
    await desk.hears()
    desk.model.meanwhile = [desk.phone_writes]
    await desk.answers()
    assert await desk.value("SELECT ai_cost_micros FROM usage_months") == 400


async def test_a_take_over_leaves_the_lead_as_he_was(desk: Desk) -> None:
    """Score and hand-offs come of answers that were given, not of drafts."""
    await desk.hears("Quero um humano")
    desk.model.answers = [decided(score_delta=20)]
    desk.model.meanwhile = [desk.phone_writes]
    await desk.answers()
    assert (await desk.lead("score"), await desk.hand_offs()) == (0, [])


async def test_a_take_over_cancels_what_is_queued(desk: Desk) -> None:
    """The AI's answer that has not left stays unsent."""
    await desk.hears()
    await desk.answers()
    await desk.phone_writes()
    assert [status for _, status, _ in await desk.said()] == ["cancelled", "sent"]


async def test_a_newer_message_restarts_the_turn(desk: Desk) -> None:
    """The draft is dropped, and the answer takes the newer words into account."""
    await desk.hears("Primeira")
    desk.model.answers = [decided("Rascunho."), decided("Resposta.")]
    desk.model.meanwhile = [lambda: desk.hears("Segunda")]
    await desk.answers()
    assert "Segunda" in desk.model.prompts[1].variable.partition("</history>")[2]
    assert [text for _, _, text in await desk.said()] == ["Resposta."]


async def test_a_restart_keeps_the_cost_of_the_draft(desk: Desk) -> None:
    """Both calls are recorded with the one turn."""
    await desk.hears("Primeira")
    desk.model.meanwhile = [lambda: desk.hears("Segunda")]
    await desk.answers()
    assert await desk.rows("SELECT count(*), count(DISTINCT turn_id) FROM ai_calls") == [(2, 1)]


async def test_the_third_attempt_commits(desk: Desk) -> None:
    """Who goes on writing is answered after two restarts, and his newest message stays due."""
    await desk.hears("0")
    desk.model.meanwhile = [lambda: desk.hears("1"), lambda: desk.hears("2"), lambda: desk.hears("3")]
    committed = await desk.answers()
    assert (len(desk.model.prompts), len(await desk.said()), committed.next_due_in is not None) == (3, 1, True)
    assert await desk.rows("SELECT answered_seq, inbound_seq, turn_due_at IS NULL FROM conversations") == [
        (3, 4, False)
    ]


async def test_the_newer_message_is_nudged_and_answered(desk: Desk) -> None:
    """The next turn answers what the last one could not wait for."""
    await desk.hears("0")
    desk.model.meanwhile = [lambda: desk.hears("1"), lambda: desk.hears("2"), lambda: desk.hears("mais uma")]
    await desk.answers()
    assert [turn.conversation_id for turn in desk.jobs.turns] == [desk.thread.conversation_id]
    await desk.answers()
    assert "mais uma" in desk.model.prompts[-1].variable.partition("</history>")[2]
    assert len(await desk.said()) == 2


async def test_a_stale_worker_writes_nothing(desk: Desk) -> None:
    """A turn whose lease went to another worker is lost: only that one answers."""
    await desk.hears()
    stale = await desk.claimed()
    await desk.run(EXPIRE)
    fresh = await desk.claimed()
    lost = await desk.runner.run(stale)
    kept = await desk.runner.run(fresh)
    assert lost is not None
    assert kept is not None
    assert (lost.outcome, kept.outcome, len(await desk.said())) == (TurnOutcome.LOST, TurnOutcome.ANSWERED, 1)


async def test_a_stale_worker_still_pays(desk: Desk) -> None:
    """What a lost turn asked of the model is in the record, without a turn."""
    await desk.hears()
    stale = await desk.claimed()
    await desk.run(EXPIRE)
    await desk.claimed()
    await desk.runner.run(stale)
    assert await desk.rows("SELECT turn_id, cost_micros FROM ai_calls") == [(None, 400)]


async def test_two_workers_at_once_answer_once(desk: Desk) -> None:
    """Both think, one commits."""
    await desk.hears()
    stale = await desk.claimed()
    await desk.run(EXPIRE)
    fresh = await desk.claimed()
    await asyncio.gather(desk.runner.run(stale), desk.runner.run(fresh))
    assert len(await desk.said()) == 1


async def test_a_take_over_before_a_failure_says_nothing(desk: Desk) -> None:
    """With the model down and a person there, the generic message is not sent."""
    await desk.hears()
    desk.model.answers = [ModelUnavailable("down")]
    desk.model.meanwhile = [desk.phone_writes]
    await desk.answers()
    assert [status for purpose, status, _ in await desk.said() if purpose != "attendant"] == ["internal"]


async def test_a_hand_off_with_a_newer_message_waits_for_the_person(desk: Desk) -> None:
    """After a hand-off no turn is due, also when the lead wrote more."""
    await desk.hears("atendente")
    desk.model.meanwhile = [lambda: desk.hears("1"), lambda: desk.hears("2"), lambda: desk.hears("3")]
    committed = await desk.answers()
    assert (committed.next_due_in, await desk.conversation("turn_due_at")) == (None, None)


async def test_a_pause_in_mid_turn_lets_the_answer_out(desk: Desk) -> None:
    """Who pauses the AI while it thinks stops the next turn; this one's lead gets his answer."""
    await desk.hears()
    desk.model.meanwhile = [lambda: desk.run("UPDATE tenants SET ai_paused = true")]
    assert (await desk.answers()).outcome is TurnOutcome.ANSWERED


async def test_a_lead_won_in_mid_turn_stays_won(desk: Desk) -> None:
    """What a person changed while the model thought is not overwritten from what the turn had read before."""
    await desk.hears("Moro em Campinas")

    async def won() -> None:
        await desk.run("UPDATE leads SET stage_key = 'won', score = 90, facts = '{\"nome\": \"Ana\"}'")

    desk.model.answers = [decided(score_delta=25, lead_facts=[{"name": "cidade", "value": "Campinas"}])]
    desk.model.meanwhile = [won]
    await desk.answers()
    facts = await desk.value("SELECT facts->>'nome' || '/' || (facts->>'cidade') FROM leads")
    assert (await desk.lead("stage_key"), await desk.lead("score"), facts) == ("won", 100, "Ana/Campinas")


async def test_a_committed_turn_is_not_given_back(desk: Desk) -> None:
    """Whoever believes that it failed (the commit's answer was lost) changes nothing of what is written."""
    await desk.hears()
    claim = await desk.claimed()
    await desk.runner.run(claim)
    await desk.turns.give_back(claim, 0.0)
    assert (await desk.conversation("turn_due_at"), len(await desk.said())) == (None, 1)
