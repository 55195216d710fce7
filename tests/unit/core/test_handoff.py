"""When the AI gives a conversation to a person."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.conversation import HandOffReason
from core.domain.decision import parse_decision
from core.domain.handoff import TurnFacts, asks_for_person, asks_for_price, certain_hand_off, hand_off_reason
from core.domain.tenant import HandOffRules
from tests.fakes import decided

CALM = TurnFacts(("Quais os horários?",), "clean", 30, 30, 0, 0)
RULES = HandOffRules()

PEOPLE = [
    "atendente",
    "Humano!",
    "um atendente, por favor",
    "quero falar com um atendente",
    "Quero FALAR com um ATENDENTE",
    "posso falar com o gerente?",
    "me passa pra um humano",
    "tem como chamar a responsável?",
    "gostaria de conversar com uma pessoa de verdade",
    "quero falar com uma pessoa",
    "posso falar com alguém?",
    "falar com alguém da equipe",
    "preciso de um vendedor",
    "me transfere para a supervisora",
    "não quero falar com robô",
    "chega de robô",
    "cansei de falar com máquina",
    "I want to talk to a human",
    "can I speak with a real person?",
    "let me talk to someone",
    "speak to a person please",
    "agent",
    "could I get a manager?",
    "representative please",
]
NOT_PEOPLE = [
    "meu gerente pediu um orçamento",
    "vou falar com meu gerente e te aviso",
    "preciso falar com a minha gerente antes",
    "atendente me respondeu ontem",
    "o atendimento foi ótimo",
    "vou falar com alguém de casa",
    "quantas pessoas por turma?",
    "quero uma sessão para duas pessoas",
    "qual o valor?",
    "sou corretor de imóveis",
    "oi, tudo bem?",
    "sem iate e sem viagem",
    "I need to ask my manager first",
    "is it for one person?",
    "what do you recommend",
]


@pytest.mark.parametrize("text", PEOPLE)
def test_who_asks_for_a_person_is_heard(text: str) -> None:
    """In Portuguese and English, with and without accents, in any case."""
    assert asks_for_person(text)


@pytest.mark.parametrize("text", NOT_PEOPLE)
def test_who_only_speaks_of_people_is_not(text: str) -> None:
    """His own manager, or somebody who answered yesterday, is not whom he wants to speak with."""
    assert not asks_for_person(text)


def test_a_tenants_own_words_ask_too() -> None:
    """A clinic may count its doctor as a person asked for, accents aside."""
    assert asks_for_person("a Doutôra Ana está?", ("doutora ana", " "))


@given(st.text(max_size=300))
def test_any_text_is_judged(text: str) -> None:
    """No text breaks the search, and a blank word of the tenant's matches nothing."""
    assert asks_for_person(text, ("",)) == asks_for_person(text)


@pytest.mark.parametrize(
    ("text", "asks"), [("Quanto custa?", True), ("how much is it", True), ("Que dia abre?", False)]
)
def test_who_asks_for_a_price(text: str, asks: bool) -> None:  # noqa: FBT001 - the expected value
    """A price is asked for by name, in Portuguese and English."""
    assert asks_for_price(text) is asks


def reason(facts: TurnFacts = CALM, rules: HandOffRules = RULES, **decision: Any) -> HandOffReason | None:
    """What the rules say."""
    return hand_off_reason(parse_decision(decided(**decision)), facts, rules)


def test_a_calm_turn_stays_with_the_ai() -> None:
    """Without a reason nobody is called."""
    assert reason() is None


def test_a_complaint_hands_off() -> None:
    """By default complaints go to a person."""
    assert reason(intent="complaint") is HandOffReason.INTENT


def test_intents_are_the_tenants_choice() -> None:
    """A tenant may want buyers, and keep complaints with the AI."""
    rules = HandOffRules(intents=("buying",))
    assert (reason(rules=rules, intent="buying"), reason(rules=rules, intent="complaint")) == (
        HandOffReason.INTENT,
        None,
    )


@pytest.mark.parametrize(("switch", "expected"), [(True, HandOffReason.INTENT), (False, None)])
def test_price_is_a_switch(switch: bool, expected: HandOffReason | None) -> None:  # noqa: FBT001 - the switch itself
    """A question about the price hands off only where the tenant wants it."""
    assert reason(replace(CALM, texts=("Quanto custa?",)), HandOffRules(on_price=switch)) is expected


def test_the_model_may_ask() -> None:
    """``should_handoff`` is obeyed."""
    assert reason(should_handoff=True) is HandOffReason.MODEL_ASKED


@pytest.mark.parametrize(("confidence", "expected"), [(69, HandOffReason.LOW_CONFIDENCE), (70, None)])
def test_low_confidence_hands_off(confidence: int, expected: HandOffReason | None) -> None:
    """Below 70, not at 70."""
    assert reason(confidence=confidence) is expected


@pytest.mark.parametrize(
    ("before", "after", "hot"), [(60, 61, True), (59, 60, False), (61, 90, False), (80, 30, False)]
)
def test_a_lead_who_gets_hot_hands_off(before: int, after: int, hot: bool) -> None:  # noqa: FBT001 - expected
    """In the turn in which the score crosses 60 upwards, and in no other."""
    assert (reason(replace(CALM, score_before=before, score_after=after)) is HandOffReason.HOT_LEAD) is hot


@pytest.mark.parametrize(("idle", "expected"), [(15, HandOffReason.NO_PROGRESS), (14, None)])
def test_fifteen_idle_turns_hand_off(idle: int, expected: HandOffReason | None) -> None:
    """The fifteenth turn without progress goes to a person."""
    assert reason(replace(CALM, idle_turns=idle)) is expected


@pytest.mark.parametrize(("run", "expected"), [(3, HandOffReason.UNREADABLE), (2, None)])
def test_three_unreadable_messages_hand_off(run: int, expected: HandOffReason | None) -> None:
    """The third message in a row that the AI cannot read."""
    assert reason(replace(CALM, unreadable_run=run)) is expected


@pytest.mark.parametrize(
    ("verdict", "expected"), [("attack", HandOffReason.GUARD), ("suspicious", None), ("clean", None)]
)
def test_an_attack_hands_off(verdict: str, expected: HandOffReason | None) -> None:
    """What the guard calls an attack goes to a person; what is only suspicious is answered."""
    assert reason(replace(CALM, guard_verdict=verdict)) is expected


def test_any_of_the_leads_messages_asks() -> None:
    """The wish for a person is heard in every message of a burst."""
    assert reason(replace(CALM, texts=("oi", "quero um atendente", "obrigado"))) is HandOffReason.LEAD_ASKED


def test_spam_is_not_handed_off() -> None:
    """An unsure, complaining spam message bothers nobody."""
    assert reason(intent="spam", confidence=5, should_handoff=True) is None


def test_spam_that_attacks_is() -> None:
    """What is certain to hand off does so whatever the model calls it."""
    assert reason(replace(CALM, guard_verdict="attack"), intent="spam") is HandOffReason.GUARD


def test_the_weightiest_reason_is_told() -> None:
    """With every reason at hand the first of the order is named, then the next, down to none."""
    facts = TurnFacts(("quero um humano",), "attack", 60, 90, 15, 3)
    decision = parse_decision(decided(intent="complaint", should_handoff=True, confidence=10))
    found = []
    while (told := hand_off_reason(decision, facts, RULES)) is not None:
        found.append(told)
        facts, decision = {
            HandOffReason.LEAD_ASKED: lambda f, d: (replace(f, texts=("oi",)), d),
            HandOffReason.GUARD: lambda f, d: (replace(f, guard_verdict="clean"), d),
            HandOffReason.UNREADABLE: lambda f, d: (replace(f, unreadable_run=0), d),
            HandOffReason.INTENT: lambda f, d: (f, replace(d, intent="question")),
            HandOffReason.MODEL_ASKED: lambda f, d: (f, replace(d, should_handoff=False)),
            HandOffReason.LOW_CONFIDENCE: lambda f, d: (f, replace(d, confidence=99)),
            HandOffReason.HOT_LEAD: lambda f, d: (replace(f, score_after=60), d),
            HandOffReason.NO_PROGRESS: lambda f, d: (replace(f, idle_turns=0), d),
        }[told](facts, decision)

    assert found == [
        HandOffReason.LEAD_ASKED,
        HandOffReason.GUARD,
        HandOffReason.UNREADABLE,
        HandOffReason.INTENT,
        HandOffReason.MODEL_ASKED,
        HandOffReason.LOW_CONFIDENCE,
        HandOffReason.HOT_LEAD,
        HandOffReason.NO_PROGRESS,
    ]


def test_what_is_certain_needs_no_decision() -> None:
    """A lead who asked for a person gets one also when the model is down."""
    assert certain_hand_off(replace(CALM, texts=("humano",)), RULES) is HandOffReason.LEAD_ASKED
