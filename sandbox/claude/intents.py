"""What a lead is after, told by plain word lists."""

import re
from dataclasses import dataclass

from sandbox.claude.words import fold, raw_words

_GREETINGS = frozenset(
    [
        "oi",
        "ola",
        "opa",
        "bom",
        "boa",
        "dia",
        "tarde",
        "noite",
        "tudo",
        "bem",
        "hi",
        "hello",
        "hey",
        "good",
        "morning",
        "afternoon",
        "evening",
        "e",
        "ai",
    ]
)
_FAREWELLS = ("tchau", "ate logo", "ate mais", "obrigad", "valeu", "bye", "goodbye", "thank you", "thanks")
_COMPLAINTS = (
    "reclam", "pessim", "horrivel", "absurdo", "decepcion", "nao funcionou", "insatisfeit", "complaint", "terrible", "awful",
    "refund", "procon",
)  # fmt: skip
_SPAM = ("http://", "https://", "ganhe dinheiro", "clique aqui", "bitcoin", "click here", "make money")
_BUYING = (
    "quanto", "custa", "preco", "valor", "agendar", "marcar", "comprar", "contratar", "quero fazer", "orcamento", "price",
    "cost", "book", "buy", "how much",
)  # fmt: skip
_PERSON = re.compile(
    r"\b(falar com|quero|chama\w*|preciso de|speak to|talk to)\b.{0,20}\b"
    r"(atendente|humano|pessoa|alguem|gerente|human|person|someone|agent|manager)\b"
)
_QUESTION = frozenset(
    [
        "qual",
        "quais",
        "quando",
        "como",
        "onde",
        "quanto",
        "quem",
        "porque",
        "what",
        "which",
        "when",
        "how",
        "where",
        "who",
        "why",
    ]
)
_NAME = re.compile(
    r"(?:meu nome (?:é|e)|me chamo|my name is)\s+(?P<name>[^\W\d_]+(?:\s+[A-ZÀ-Ý][^\W\d_]+)?)", re.IGNORECASE
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]*\w")
SCORES = {"buying": 15, "question": 5, "greeting": 1, "complaint": -5, "spam": -20}


@dataclass(frozen=True, slots=True)
class Intent:
    """What the lead is after; ``wants_person`` when a human was asked for."""

    name: str
    wants_person: bool

    @property
    def score_delta(self) -> int:
        """How the interest of the lead changes."""
        return SCORES.get(self.name, 0)


def intent_of(text: str) -> Intent:
    """The intent of all that the lead wrote."""
    return Intent(_name(fold(text), text), bool(_PERSON.search(fold(text))))


def _name(folded: str, text: str) -> str:
    for name, marks in (("spam", _SPAM), ("complaint", _COMPLAINTS), ("buying", _BUYING)):
        if any(mark in folded for mark in marks):
            return name
    if is_greeting(text):
        return "greeting"
    if "?" in folded or _QUESTION & set(raw_words(text)):
        return "question"
    return "farewell" if any(mark in folded for mark in _FAREWELLS) else "other"


def is_greeting(text: str) -> bool:
    """Whether there is nothing but a greeting."""
    words = raw_words(text)
    return bool(words) and all(word in _GREETINGS for word in words)


def opens_with_greeting(text: str) -> bool:
    """Whether the first word greets."""
    words = raw_words(text)
    return bool(words) and words[0] in ("oi", "ola", "opa", "bom", "boa", "hi", "hello", "hey")


def stated_facts(text: str) -> list[dict[str, str]]:
    """What the lead said of themselves: name and e-mail."""
    name, email = _NAME.search(text), _EMAIL.search(text)
    facts = [{"name": "nome", "value": name["name"]}] if name else []
    return facts + ([{"name": "email", "value": email[0]}] if email else [])
