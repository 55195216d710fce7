"""When the AI gives the conversation to a person: every rule in one place, in order of weight."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.conversation import HandOffReason
from core.domain.decision import Decision
from core.domain.scoring import crossed_up
from core.domain.tenant import HandOffRules

_PERSON = (
    r"atendentes?|humanos?|pessoa (?:de verdade|real)|gerentes?|responsavel|supervisora?|vendedora?|corretora?"
    r"|human|real person|manager|agent|representative|operator|someone real"
)
_WISH = (
    r"quero|queria|quer(?:ia)?|gostaria|preciso|posso|pode(?:ria)?|da pra|tem como|consigo|chama[r]?|chame|passa[r]?|passe|transfer\w*|"
    r"me (?:passa|transfere|conecta|liga|bota|coloca)|falar|conversar|want|need|talk|speak|connect|transfer|can i|let me|could i|may i"
)
_NOT_HIS_OWN = "".join(rf"(?<!\b{owner} )" for owner in ("meu", "minha", "nosso", "nossa", "my", "our"))
_ALONE = re.compile(rf"^\W*(?:um |uma |o |a |an? |the )?(?:{_PERSON})(?:,? (?:humano|por favor|pf|pfv|please))*\W*$")
_ASKED = re.compile(rf"\b(?:{_WISH})\b[^.!?\n]{{0,40}}\b{_NOT_HIS_OWN}(?:{_PERSON})\b")
_SOMEONE = re.compile(
    r"(?<!\bvou )\b(?:falar|conversar|speak|talk) (?:com|to|with) (?:uma? |a )?(?:pessoa|alguem|person|someone|somebody)\b"
    r"(?! (?:de|da|em) (?:casa|familia))"
)
_NOT_BOT = re.compile(
    r"\b(?:nao quero|chega de|cansei de|sem) (?:falar com )?(?:um |uma |esse |essa |de )?(?:robo|bot|maquina|ia)\b"
)
_PRICE = re.compile(r"\b(?:precos?|valor(?:es)?|quanto (?:custa|e|fica|sai)|orcamento|price|how much|cost)\b")


@dataclass(frozen=True, slots=True)
class TurnFacts:
    """What the rules look at besides the decision."""

    texts: Sequence[str]
    """What the lead wrote in this turn."""
    guard_verdict: str
    score_before: int
    score_after: int
    idle_turns: int
    """Turns in a row that brought nothing new, this one included."""
    unreadable_run: int


def asks_for_person(text: str, extra_words: Sequence[str] = ()) -> bool:
    """Whether the lead asks to speak with a person (Portuguese and English, accents or not)."""
    plain = fold(text)
    if _ALONE.match(plain) or any(wish.search(plain) for wish in (_ASKED, _SOMEONE, _NOT_BOT)):
        return True
    return any(re.search(rf"\b{re.escape(fold(word))}\b", plain) for word in extra_words if word.strip())


def asks_for_price(text: str) -> bool:
    """Whether the lead asks what something costs."""
    return _PRICE.search(fold(text)) is not None


def certain_hand_off(facts: TurnFacts, rules: HandOffRules) -> HandOffReason | None:
    """What hands off whatever the model answers; found before the model is called, which is still called."""
    if any(asks_for_person(text, rules.person_words) for text in facts.texts):
        return HandOffReason.LEAD_ASKED
    if facts.guard_verdict == "attack":
        return HandOffReason.GUARD
    if facts.unreadable_run >= rules.unreadable_run:
        return HandOffReason.UNREADABLE
    return None


def hand_off_reason(decision: Decision, facts: TurnFacts, rules: HandOffRules) -> HandOffReason | None:
    """Why this turn ends with a person, or ``None`` when the AI goes on. Spam is never handed off by the rest."""
    certain = certain_hand_off(facts, rules)
    if certain is not None or decision.intent == "spam":
        return certain
    priced = rules.on_price and any(asks_for_price(text) for text in facts.texts)
    by_weight = (
        (HandOffReason.INTENT, decision.intent in rules.intents or priced),
        (HandOffReason.MODEL_ASKED, decision.should_handoff),
        (HandOffReason.LOW_CONFIDENCE, decision.confidence < rules.min_confidence),
        (HandOffReason.HOT_LEAD, crossed_up(facts.score_before, facts.score_after, rules.hot_score)),
        (HandOffReason.NO_PROGRESS, facts.idle_turns >= rules.idle_turns),
    )
    return next((reason for reason, holds in by_weight if holds), None)


def fold(text: str) -> str:
    """Lower case without accents, for matching only."""
    # Decomposed before too: some capitals (of mathematics) show only then.
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))
