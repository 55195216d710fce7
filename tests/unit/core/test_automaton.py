"""What looks like a machine's answer, and what does not."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.automaton import STRONG, WEAK, Heard, Signs, run_after, signs_of_machine, too_long_a_run

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LONG = "Somos uma equipe pequena que faz tudo com muito carinho para você e para a sua família, todos os dias."
AUTOMATIC = [
    "Esta é uma mensagem automática, não responda.",
    "Agradecemos o seu contato! Em breve retornaremos.",
    "No momento estamos fora do horário de atendimento.",
    "Digite 1 para vendas ou 2 para suporte",
    "Escolha uma das opções abaixo",
    "Opção inválida. Tente novamente.",
    "Olá! Sou a assistente virtual da Loja X.",
    "Seu protocolo é 20261125001",
    "This is an automated reply. We will get back to you soon.",
    "Thank you for contacting us!",
    "I am out of the office until Monday.",
    "Press 1 for sales",
    "Reply with one of the options",
    "Gracias por contactarnos, responderemos pronto.",
    "Este es un mensaje automático.",
]
PEOPLE = [
    "Oi, quanto custa?",
    "Obrigado!",
    "Vocês têm atendimento aos sábados?",
    "Qual o horário de atendimento?",
    "Quero falar com um atendente",
    "Você é um robô?",
    "Recebi uma mensagem estranha de vocês",
    "Marquei 2 consultas, pode ser?",
    "Escolhi a segunda opção que você mandou",
    "Qual opção é melhor?",
    "Pode me responder por e-mail?",
    "O câmbio é automático?",
    "Vocês fazem a opção com 2 quartos?",
    "Thanks for the message, I'll think about it",
    "Is the gearbox automatic?",
    "I work in an office, can I come at 7?",
]


def signs(text: str, *before: str, after: float | None = None) -> Signs:
    """The signs of one message, so many seconds after our answer."""
    at = None if after is None else NOON + timedelta(seconds=after)
    return signs_of_machine([Heard(text, at)], before, NOON)


@pytest.mark.parametrize("text", AUTOMATIC)
def test_automatic_replies_are_known(text: str) -> None:
    """By their words, in three languages."""
    assert signs(text) == Signs(STRONG, ("automaton.phrase",))


@pytest.mark.parametrize("text", PEOPLE)
def test_peoples_words_are_peoples(text: str) -> None:
    """Words of the same field that a person uses."""
    assert signs(text, after=1).weight == 0


def test_the_same_words_again() -> None:
    """Long ones, whatever their case and blanks."""
    assert signs(LONG.upper() + " ", "outra", LONG).weight == STRONG
    assert signs(LONG.replace("pequena", "enorme"), LONG) == Signs(WEAK, ("automaton.alike",))
    assert signs("alguém aí?", "alguém aí?").weight == 0


@pytest.mark.parametrize(("after", "weight"), [(-1.0, 0), (0.0, WEAK), (6.0, WEAK), (7.0, 0), (60.0, 0)])
def test_faster_than_anybody_types(after: float, weight: int) -> None:
    """A hundred letters within six seconds of our answer; what came before it was typed before it."""
    assert signs(LONG, after=after).weight == weight


def test_one_persons_message_makes_it_a_persons_turn() -> None:
    """All of a turn must look so, and then it counts as its most innocent part."""
    assert signs_of_machine([Heard(AUTOMATIC[0]), Heard("oi")], [], None) == Signs(0)
    assert signs_of_machine([Heard(AUTOMATIC[0]), Heard(LONG, NOON)], [], NOON).weight == WEAK
    assert signs_of_machine([], [], None) == Signs(0)


@given(st.lists(st.sampled_from([0, WEAK, STRONG]), max_size=40), st.integers(1, 8))
def test_a_run_is_too_long_only_without_a_persons_turn(weights: list[int], most: int) -> None:
    """Never before so many turns, never later than twice as many, and only since the last that looked like a person's."""
    run = 0
    for weight in weights:
        run = run_after(run, Signs(weight))
    tail = weights[len(weights) - next((n for n, w in enumerate(reversed(weights)) if not w), len(weights)) :]
    assert run == sum(tail)
    if too_long_a_run(run, most):
        assert len(tail) >= most
    if len(tail) >= 2 * most:
        assert too_long_a_run(run, most)


def test_a_tenant_may_switch_it_off() -> None:
    """Zero: nothing is ever too long."""
    assert not too_long_a_run(10_000, 0)
