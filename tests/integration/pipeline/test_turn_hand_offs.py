"""Turns that end with a person."""

import pytest

from core.domain.conversation import TurnOutcome
from core.domain.errors import ModelInvalid, ModelRefused, ModelSpendLimit, ModelUnavailable
from core.services.plan_watch import PlanWatch
from core.services.turn_state import TurnContext
from core.services.turns import Turns
from tests.fakes import decided
from tests.integration.services.desk import ATTEMPTS, Desk

USED_UP = "UPDATE conversations SET turn_attempts = $1"


async def test_the_answer_comes_first_then_the_transition(desk: Desk) -> None:
    """A lead who gets hot is answered, then told that a person comes."""
    await desk.run("UPDATE leads SET score = 55")
    await desk.hears("Quero fechar!")
    desk.model.answers = [decided("Ótimo!", score_delta=10)]
    await desk.answers()
    assert await desk.said() == [("answer", "queued", "Ótimo!"), ("transition", "queued", "Já chamei a equipe.")]
    assert await desk.hand_offs() == ["hot_lead"]


async def test_the_conversation_waits_for_a_person(desk: Desk) -> None:
    """After a hand-off no turn is due, and somebody has half an hour to come."""
    await desk.hears("Quero falar com um atendente")
    await desk.answers()
    assert await desk.rows(
        "SELECT status, turn_due_at, waiting_until > now() + interval '29 minutes' FROM conversations"
    ) == [("waiting_human", None, True)]


async def test_the_team_is_told_at_once(desk: Desk) -> None:
    """The card is due with the commit, the summary is asked for."""
    await desk.hears("Quero um humano")
    committed = await desk.answers()
    assert (await desk.notified(), desk.jobs.summaries) == (["hand_off_card"], [committed.hand_off_id])


async def test_who_asks_for_a_person_still_gets_an_answer(desk: Desk) -> None:
    """The model is called all the same, and answers what else was asked."""
    await desk.hears("Quanto custa? E quero falar com um atendente")
    desk.model.answers = [decided("Custa R$ 120,00.")]
    await desk.answers()
    assert ([text for _, _, text in await desk.said()], await desk.hand_offs()) == (
        ["Custa R$ 120,00.", "Já chamei a equipe."], ["lead_asked"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ModelUnavailable("down"), "model_down"),
        (ModelSpendLimit("empty"), "model_down"),
        (ModelInvalid("no JSON"), "invalid_reply"),
        (ModelRefused("no"), "invalid_reply"),
    ],
)
async def test_a_model_that_fails_is_never_silence(desk: Desk, error: Exception, reason: str) -> None:
    """The tenant's generic message goes out once, and a person goes on."""
    await desk.hears()
    desk.model.answers = [error]
    committed = await desk.answers()
    assert (committed.outcome, await desk.said(), await desk.hand_offs()) == (
        TurnOutcome.GENERIC, [("generic", "queued", "Vou confirmar.")], [reason],
    )  # fmt: skip


async def test_who_asked_for_a_person_gets_one_with_the_model_down(desk: Desk) -> None:
    """The reason told is the lead's wish, in the transition's words."""
    await desk.hears("Humano, por favor")
    desk.model.answers = [ModelUnavailable("down")]
    await desk.answers()
    assert ([text for _, _, text in await desk.said()], await desk.hand_offs()) == (
        ["Já chamei a equipe."], ["lead_asked"],
    )  # fmt: skip


async def test_a_spend_limit_is_told(desk: Desk) -> None:
    """The admins learn that the model's account is empty."""
    await desk.hears()
    desk.model.answers = [ModelSpendLimit("empty")]
    await desk.answers()
    assert "spend_limit" in await desk.notified()


async def test_a_budget_that_is_reached_hands_off(desk: Desk) -> None:
    """Past the month's budget the model is not asked; leads go to people, and whoever looks after months tells the admins."""
    await desk.run("""UPDATE tenants SET settings = settings || '{"monthly_budget_usd": 0.0004}'""")
    await desk.hears()
    await desk.answers()
    await desk.run("UPDATE conversations SET status = 'ai'")
    await desk.hears()
    await desk.answers()
    assert (len(desk.model.prompts), await desk.hand_offs()) == (1, ["budget"])
    await PlanWatch().look()
    assert (await desk.notified()).count("budget_reached") == 1


async def test_the_last_attempt_buries_the_turn(desk: Desk) -> None:
    """After so many attempts: a dead letter, a person, one generic message, and no more calls."""
    await desk.hears()
    await desk.run(USED_UP, ATTEMPTS)
    committed = await desk.answers()
    assert (committed.outcome, await desk.said()) == (TurnOutcome.DEAD, [("generic", "queued", "Vou confirmar.")])
    assert (await desk.hand_offs(), await desk.letters(), desk.model.prompts) == (
        ["turn_failed"], [("turn", "open")], [],
    )  # fmt: skip
    assert await desk.notified() == ["dead_letter", "hand_off_card"]


async def test_the_attempt_before_is_an_ordinary_one(desk: Desk) -> None:
    """The cap is the last that is tried."""
    await desk.hears()
    await desk.run(USED_UP, ATTEMPTS - 1)
    assert (await desk.answers()).outcome is TurnOutcome.ANSWERED


async def broken(_turns: Turns, _claim: object) -> TurnContext:
    """What the turn would look at cannot be read."""
    raise ArithmeticError


async def test_a_turn_that_cannot_even_be_read_is_buried(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the way to a person breaks too, the plainest one is taken: poison never circles."""
    await desk.hears()
    await desk.run(USED_UP, ATTEMPTS)
    claim = await desk.claimed()
    monkeypatch.setattr(Turns, "context", broken)
    committed = await desk.runner.run(claim)
    assert committed is not None
    assert (committed.outcome, await desk.hand_offs(), await desk.letters()) == (
        TurnOutcome.DEAD, ["turn_failed"], [("turn", "open")],
    )  # fmt: skip
    assert (await desk.conversation("status"), sorted(await desk.notified()), desk.jobs.summaries) == (
        "waiting_human", ["dead_letter", "hand_off_card"], [committed.hand_off_id],
    )  # fmt: skip


async def test_a_turn_that_breaks_before_the_cap_is_tried_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs it learns of the error, and nothing is written."""
    await desk.hears()
    claim = await desk.claimed()
    monkeypatch.setattr(Turns, "context", broken)
    with pytest.raises(ArithmeticError):
        await desk.runner.run(claim)
    assert (await desk.conversation("status"), await desk.letters()) == ("ai", [])


async def test_a_stale_worker_buries_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The turn went to another worker: it is that one's to bury."""
    await desk.hears()
    await desk.run(USED_UP, ATTEMPTS)
    stale = await desk.claimed()
    await desk.run("UPDATE conversations SET turn_lease_until = now() - interval '1 second'")
    await desk.claimed()
    monkeypatch.setattr(Turns, "context", broken)
    committed = await desk.runner.run(stale)
    assert committed is not None
    assert (committed.outcome, await desk.letters()) == (TurnOutcome.LOST, [])


async def test_an_answer_forgets_the_attempts(desk: Desk) -> None:
    """What failed before does not count against the next turn."""
    await desk.hears()
    await desk.run(USED_UP, 3)
    await desk.answers()
    assert await desk.conversation("turn_attempts") == 0


async def test_a_stopped_account_goes_to_a_person_in_silence(desk: Desk) -> None:
    """Nothing can be said through it, so nothing is queued."""
    await desk.run("UPDATE channel_accounts SET status = 'stopped'")
    await desk.hears()
    await desk.answers()
    assert (await desk.said(), await desk.hand_offs()) == ([], ["send_failed"])


async def test_three_unreadable_messages_in_a_row(desk: Desk) -> None:
    """Counted over turns: two stickers, then a third."""
    await desk.hears(None, type="sticker")
    await desk.hears(None, type="sticker")
    await desk.answers()
    assert await desk.hand_offs() == []
    await desk.hears(None, type="audio")
    await desk.answers()
    assert await desk.hand_offs() == ["unreadable"]


async def test_words_between_start_the_count_anew(desk: Desk) -> None:
    """A readable message breaks the row."""
    for text, kind in ((None, "sticker"), (None, "sticker"), ("oi", "text"), (None, "sticker")):
        await desk.hears(text, type=kind)
    await desk.answers()
    assert (await desk.hand_offs(), await desk.conversation("unreadable_run")) == ([], 1)


async def test_idle_turns_are_counted(desk: Desk) -> None:
    """A turn that brought nothing new counts; one with a new fact starts anew."""
    idle = []
    for facts in ([], [], [{"name": "need", "value": "x"}]):
        desk.model.answers = [decided(lead_facts=facts)]
        await desk.hears()
        await desk.answers()
        idle.append(await desk.conversation("idle_turns"))
    assert idle == [1, 2, 0]


async def test_no_progress_hands_off(desk: Desk) -> None:
    """The fifteenth idle turn goes to a person."""
    await desk.run("UPDATE conversations SET idle_turns = 14")
    await desk.hears()
    await desk.answers()
    assert await desk.hand_offs() == ["no_progress"]


async def test_a_person_is_announced_by_the_clock(desk: Desk) -> None:
    """Outside the hours the lead is told so."""
    await desk.run("""UPDATE tenants SET settings = '{"hours": {"spans": {"0": ["00:00-00:01"]}}}'""")
    await desk.hears("atendente")
    await desk.answers()
    assert "fora do horário" in (await desk.said())[-1][2]
