"""A lead who is handed to people is answered, told that somebody comes, and not left when nobody does."""

import pytest

from core.domain.errors import ModelInvalid, ModelSpendLimit, ModelUnavailable
from core.services.waiting import WaitingRoom
from tests.fakes import decided
from tests.integration.services.desk import Desk


async def test_first_the_answer_then_the_news(desk: Desk) -> None:
    """He gets what he asked for, then learns that a person comes; the team's card waits for neither."""
    await desk.hears("Quero falar com um atendente. Quanto custa?")
    desk.model.answers = [decided("Custa R$ 120,00.")]
    await desk.answers()
    assert await desk.notified() == ["hand_off_card"]
    await desk.deliverer.run(desk.ref)
    assert desk.channel.sent == ["Custa R$ 120,00.", "Já chamei a equipe."]


@pytest.mark.parametrize("error", [ModelUnavailable("down"), ModelInvalid("no JSON"), ModelSpendLimit("spent")])
async def test_without_a_model_he_is_told_something_once(desk: Desk, error: Exception) -> None:
    """Whatever is wrong with the AI, the lead has one set answer and the team its card."""
    await desk.hears("Quanto custa?")
    desk.model.answers = [error]
    await desk.answers()
    await desk.deliverer.run(desk.ref)
    assert (desk.channel.sent, await desk.conversation("status")) == (["Vou confirmar."], "waiting_human")
    assert "hand_off_card" in await desk.notified()


async def test_nobody_comes(desk: Desk) -> None:
    """After the tenant's time the AI says sorry, and answers what he said meanwhile."""
    await desk.hears("Quero um humano")
    await desk.answers()
    await desk.hears("Alguém?")
    await desk.run("UPDATE conversations SET waiting_until = now()")
    await WaitingRoom(desk.jobs, desk.fitting).look_overdue()
    await desk.answers()
    await desk.deliverer.run(desk.ref)
    assert desk.channel.sent == ["Claro!", "Já chamei a equipe.", "Desculpe!", "Claro!"]


async def test_a_turn_that_breaks_every_time_ends_with_a_person(desk: Desk) -> None:
    """What kills workers is given up after some attempts, with a word for the lead and a card for the team."""
    await desk.hears("Oi")
    await desk.run("UPDATE conversations SET turn_attempts = 5")
    await desk.answers()
    await desk.deliverer.run(desk.ref)
    assert (desk.channel.sent, await desk.conversation("status")) == (["Vou confirmar."], "waiting_human")
    assert await desk.notified() == ["dead_letter", "hand_off_card"]
