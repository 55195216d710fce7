"""What the stand-in tells whoever takes a conversation over."""

from sandbox.claude.briefing import briefing

HISTORY = """Customer: Oi
Assistant: Olá! Como posso ajudar?
Customer: Quanto custa a avaliação?
Assistant: Custa R$ 120,00. (Resposta de demonstração, de um substituto do Claude.)
Customer: Quero falar com um atendente
Assistant: Claro, vou chamar uma pessoa da equipe."""


def test_it_says_what_is_wanted_and_what_was_told() -> None:
    """The lead's latest wish with its answer, and that he asked for a person; no greeting, no aside of the stand-in."""
    assert briefing(HISTORY).splitlines() == [
        "Quer saber: Quanto custa a avaliação?",
        "Já ouviu: Custa R$ 120,00.",
        "Pediu para falar com uma pessoa.",
        "Próximo passo: responder ao lead.",
    ]


def test_it_speaks_the_leads_language() -> None:
    """English for one who writes English."""
    assert briefing("Customer: How much is the first visit?").startswith("Wants to know: How much")


def test_with_nothing_said_there_is_only_the_next_step() -> None:
    """No line is made up."""
    assert briefing("") == "Próximo passo: responder ao lead."
