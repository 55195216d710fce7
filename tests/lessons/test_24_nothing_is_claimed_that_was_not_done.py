"""The AI claims no deed that no system did, and two machines do not answer each other for ever."""

import pytest

from core.services.waiting import WaitingRoom
from tests.fakes import decided
from tests.integration.services.desk import Desk

OUT_OF_OFFICE = "Olá! Agradecemos seu contato. Esta é uma mensagem automática, retornaremos em breve."
MOTTO = "Somos uma equipe de cinco e amamos o que fazemos por você"
MENU = "Escolha uma das opções: 1 vendas, 2 financeiro, 3 sair"


@pytest.mark.parametrize(
    "claim",
    [
        "Agendei sua avaliação para amanhã às 10h!",
        "Pronto! Sua consulta está marcada para terça.",
        "Já reservei seu horário, posso ajudar em algo mais?",
        "Enviei o boleto para o seu e-mail.",
        "Cancelei sua matrícula.",
    ],
)
async def test_a_lead_is_not_told_of_a_deed_that_nobody_did(desk: Desk, claim: str) -> None:
    """He reads the set answer, a person goes on, and what was stopped is on record."""
    await desk.hears("Pode resolver isso para mim?")
    desk.model.answers = [decided(claim)]
    await desk.answers()
    await desk.deliverer.run(desk.ref)
    assert desk.channel.sent == ["Vou confirmar."]
    assert (await desk.hand_offs(), await desk.conversation("status")) == (["invalid_reply"], "waiting_human")
    assert await desk.rows("SELECT layer, reasons ? 'over_promise.action' FROM security_incidents") == [
        ("validator", True)
    ]


@pytest.mark.parametrize(
    "offer",
    [
        "Quer que eu peça à equipe para agendar?",
        "Para agendar, me diga o melhor dia.",
        "Posso pedir que marquem um horário para você.",
        "Você disse que sua avaliação está marcada para terça, certo?",
        "Assim que a equipe confirmar, seu horário fica reservado.",
    ],
)
async def test_offers_questions_and_conditions_are_said(desk: Desk, offer: str) -> None:
    """What claims nothing goes out as it is."""
    await desk.hears("Quero marcar uma avaliação")
    desk.model.answers = [decided(offer)]
    await desk.answers()
    await desk.deliverer.run(desk.ref)
    assert desk.channel.sent == [offer]


async def test_what_a_person_did_may_be_told_again(desk: Desk) -> None:
    """A person booked it and said so: the AI, having it back, is no liar."""
    await desk.hears("Quero marcar")
    await desk.phone_writes("Oi! Agendei sua avaliação para sexta às 10h.")
    await desk.run("UPDATE conversations SET status = 'ai', answered_seq = message_seq")
    await desk.hears("Que dia era mesmo?")
    desk.model.answers = [decided("Sua avaliação está agendada para sexta às 10h.")]
    await desk.answers()
    assert (await desk.said())[-1][2] == "Sua avaliação está agendada para sexta às 10h."


async def _rounds(desk: Desk, words: str, most: int = 30) -> int:
    """The other machine answers each answer; after how many answers of ours it is over."""
    for number in range(most):
        await desk.hears(words.replace("#", str(number)))
        if await desk.conversation("turn_due_at") is None:
            return number
        await desk.answers()
        await desk.deliverer.run(desk.ref)
    return most


@pytest.mark.parametrize(("words", "rounds"), [(OUT_OF_OFFICE, 5), (MENU, 5), (MOTTO, 6)])
async def test_two_machines_stop(desk: Desk, words: str, rounds: int) -> None:
    """Automatic replies and words said again and again: after five of them the team has it, once, and the AI is silent."""
    assert await _rounds(desk, words) == rounds
    assert (await desk.hand_offs(), await desk.conversation("status")) == (["automatic"], "waiting_human")
    assert desk.channel.sent == ["Claro!"] * (rounds - 1) + ["Já chamei a equipe."]
    assert await desk.rows("SELECT layer, verdict FROM security_incidents") == [("automaton", "stopped")]
    assert "hand_off_card" in await desk.notified()


async def test_the_loop_does_not_begin_again_by_itself(desk: Desk) -> None:
    """Nobody takes it: the AI does not go back to talking with a machine, however long that goes on."""
    await _rounds(desk, OUT_OF_OFFICE)
    await desk.run("UPDATE conversations SET waiting_until = waiting_until - interval '1 day'")
    assert await WaitingRoom(desk.jobs, desk.fitting).look_overdue() == 0
    asked = len(desk.model.prompts)
    assert await _rounds(desk, OUT_OF_OFFICE) == 0
    assert len(desk.model.prompts) == asked


async def test_a_menu_that_asks_for_a_person_does_not_go_round_by_the_clock(desk: Desk) -> None:
    """Its words hand over each time and nobody comes: the waiting room's apologies end too."""
    menu = "Para falar com um atendente digite 3"
    apologies = 0
    for _ in range(20):
        await desk.hears(menu)
        if await desk.conversation("status") == "ai":
            await desk.answers()
        await desk.run("UPDATE conversations SET waiting_until = now() WHERE waiting_until IS NOT NULL")
        apologies += await WaitingRoom(desk.jobs, desk.fitting).look_overdue()
    assert apologies == 4
    assert (await desk.hand_offs())[-1] == "automatic"


async def test_machines_of_almost_the_same_words_stop_too(desk: Desk) -> None:
    """A number in them changes each time: it takes twice as long to be sure."""
    assert await _rounds(desk, "Your place in the line is number # of many, thank you") == 11


async def test_machines_that_talk_fast_and_long_stop(desk: Desk) -> None:
    """Each time other words, and each time faster than anybody types."""
    words = [f"{chr(97 + n) * 3} {'%x' % (7**n * 10**12)} " * 6 for n in range(20)]
    stopped = 0
    for text in words:
        await desk.hears(text[:150])
        if await desk.conversation("turn_due_at") is None:
            break
        await desk.answers()
        await desk.deliverer.run(desk.ref)
        stopped += 1
    assert stopped == 11  # the first was no answer to anything
    assert (await desk.hand_offs())[-1] == "automatic"


async def test_a_person_who_writes_fast_is_answered(desk: Desk) -> None:
    """Short words at once after each answer, some of them again and again, are a person's in a hurry."""
    for words in ["oi", "quanto custa?", "sim", "sim", "ok", "sim", "e sábado?", "ok", "ok", "ok", "ok", "tem vaga?"]:
        await desk.hears(words)
        await desk.answers()
        await desk.deliverer.run(desk.ref)
    assert (await desk.hand_offs(), len(desk.channel.sent)) == ([], 12)


async def test_one_persons_word_ends_the_run(desk: Desk) -> None:
    """A person behind a machine that greets: his own words are answered and begin the count anew."""
    for _ in range(3):
        for words in [OUT_OF_OFFICE] * 3:
            await desk.hears(words)
            await desk.answers()
        await desk.hears("Oi, desculpe, agora sou eu")
        await desk.answers()
    assert await desk.hand_offs() == []


async def test_a_machines_greeting_beside_a_persons_words_is_a_persons_turn(desk: Desk) -> None:
    """In one burst with his own words the automatic reply does not count."""
    for number in range(8):
        await desk.hears(OUT_OF_OFFICE)
        await desk.hears(f"pergunta {number}")
        await desk.answers()
    assert await desk.hand_offs() == []


async def test_a_tenant_may_want_it_otherwise(desk: Desk) -> None:
    """Two in a row, or never: up to the bound of turns that bring nothing new."""
    await desk.run('UPDATE tenants SET settings = settings || \'{"hand_off": {"automatic_turns": 2}}\'')
    assert await _rounds(desk, OUT_OF_OFFICE) == 2
    await desk.run('UPDATE tenants SET settings = settings || \'{"hand_off": {"automatic_turns": 0}}\'')
    await desk.run("UPDATE conversations SET status = 'ai', automatic_run = 0, answered_seq = message_seq")
    assert await _rounds(desk, OUT_OF_OFFICE) == 14
    assert (await desk.hand_offs())[-1] == "no_progress"
