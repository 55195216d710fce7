"""What becomes of a lead who says that he is to be left alone."""

from datetime import UTC, datetime

import pytest

from core.domain.conversation import TurnOutcome
from core.services.hearing import Hearing
from core.services.turn_state import TurnContext
from tests.fakes import decided
from tests.integration.services.desk import Desk

LEFT = "não vamos mais escrever para você por conta própria"


async def test_the_bare_word_is_confirmed_without_the_model(desk: Desk) -> None:
    """He is left alone from now on, and told so, with the way back; nothing is asked of anybody."""
    await desk.hears("PARAR")
    committed = await desk.answers()
    ((purpose, status, text),) = await desk.said()
    assert (committed.outcome, purpose, status, LEFT in text, "VOLTAR" in text, desk.model.prompts) == (
        TurnOutcome.ANSWERED, "answer", "queued", True, True, [],
    )  # fmt: skip
    assert await desk.lead("opted_out_at") is not None


async def test_a_question_beside_it_is_answered_too(desk: Desk) -> None:
    """One message: the answer, then the confirmation."""
    await desk.hears("Pare de me mandar mensagem. Quanto custa a avaliação?")
    desk.model.answers = [decided("Custa R$ 120,00.")]
    await desk.answers()
    ((_, _, text),) = await desk.said()
    assert (text.startswith("Custa R$ 120,00."), LEFT in text) == (True, True)


async def test_it_is_confirmed_once(desk: Desk) -> None:
    """Who says it again is heard, and not written to again."""
    await desk.hears("PARAR")
    await desk.answers()
    since = await desk.lead("opted_out_at")
    await desk.hears("sair")
    committed = await desk.answers()
    assert (committed.outcome, len(await desk.said()), await desk.lead("opted_out_at")) == (
        TurnOutcome.SILENT,
        1,
        since,
    )


async def test_what_he_asks_later_is_answered(desk: Desk) -> None:
    """To be left alone is not to be left without an answer."""
    await desk.hears("PARAR")
    await desk.answers()
    await desk.hears("Quanto custa?")
    desk.model.answers = [decided("Custa R$ 120,00.")]
    await desk.answers()
    assert (await desk.said())[-1] == ("answer", "queued", "Custa R$ 120,00.")


async def test_he_may_come_back(desk: Desk) -> None:
    """By the word that he was told."""
    await desk.run("UPDATE leads SET opted_out_at = $1", datetime(2026, 3, 2, tzinfo=UTC))
    await desk.hears("VOLTAR")
    await desk.answers()
    assert (await desk.lead("opted_out_at"), "de novo" in (await desk.said())[0][2]) == (None, True)


async def test_the_way_back_means_nothing_to_who_never_left(desk: Desk) -> None:
    """It is a word like any other, for the model to answer."""
    await desk.hears("voltar")
    desk.model.answers = [decided("Voltar para onde?")]
    await desk.answers()
    assert await desk.said() == [("answer", "queued", "Voltar para onde?")]


async def test_the_last_word_of_a_burst_counts(desk: Desk) -> None:
    """He changed his mind while he wrote."""
    await desk.run("UPDATE leads SET opted_out_at = $1", datetime(2026, 3, 2, tzinfo=UTC))
    await desk.hears("VOLTAR")
    await desk.hears("SAIR")
    await desk.answers()
    assert (await desk.lead("opted_out_at") is not None, await desk.said()) == (True, [])


async def test_it_is_written_into_the_log(desk: Desk) -> None:
    """Who looks later sees when it happened, and that he said it himself."""
    await desk.hears("PARAR")
    await desk.answers()
    logged = await desk.rows("SELECT actor, action, subject, details ->> 'said' FROM audit_log")
    assert logged == [("system", "lead.opted_out", str(desk.thread.lead_id), "by_lead")]


async def test_it_counts_though_a_person_took_over_meanwhile(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The confirmation is a suggestion; whoever listens beside the AI hears the wish all the same, once."""
    await desk.hears("PARAR")
    claim = await desk.claimed()
    turns = desk.turns
    loading = type(turns).context

    async def taken_over(self: object, claimed: object) -> TurnContext:
        context = await loading(turns, claim)
        await desk.phone_writes()
        return context

    monkeypatch.setattr(type(turns), "context", taken_over)
    await desk.runner.run(claim)
    assert await Hearing().listen_due() == 1
    sent = [row for row in await desk.said() if row[1] != "internal" and row[0] == "answer"]
    assert (await desk.lead("opted_out_at") is not None, sent) == (True, [])


async def test_nothing_is_promised_that_cannot_be_sent(desk: Desk) -> None:
    """Over a stopped account the wish is kept, and no word goes out."""
    await desk.run("UPDATE channel_accounts SET status = 'stopped'")
    await desk.hears("PARAR")
    await desk.answers()
    assert (await desk.lead("opted_out_at") is not None, await desk.said()) == (True, [])
