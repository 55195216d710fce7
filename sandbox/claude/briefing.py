"""A few lines for whoever takes a conversation over, made from what was said in it."""

import re
from dataclasses import dataclass

from sandbox.claude.intents import intent_of, is_greeting
from sandbox.claude.words import is_english

CLIP = 140
_LINE = re.compile(r"^(?P<who>Customer|Assistant|Team):\s*(?P<words>.+)$", re.MULTILINE)
_STAND_IN = re.compile(r"\s*\([^()]*(?:demonstração|demo reply)[^()]*\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Words:
    wants: str
    person: str
    told: str
    next: str


_PORTUGUESE = _Words(
    "Quer saber: ", "Pediu para falar com uma pessoa.", "Já ouviu: ", "Próximo passo: responder ao lead."
)
_ENGLISH = _Words("Wants to know: ", "Asked for a person.", "Was told: ", "Next step: answer the lead.")


def briefing(history: str) -> str:
    """What the lead wants, whether he asked for a person, what he was told last, and what comes next."""
    said = [(line["who"], _STAND_IN.sub("", line["words"]).strip()) for line in _LINE.finditer(history)]
    theirs = [words for who, words in said if who == "Customer"]
    wishes = [words for words in theirs if not is_greeting(words) and not intent_of(words).wants_person]
    answers = _answers_to(said, wishes[-1]) if wishes else []
    words = _ENGLISH if is_english("\n".join(theirs)) else _PORTUGUESE
    lines = [words.wants + wishes[-1]] if wishes else []
    lines += [words.told + answers[0]] if answers else []
    lines += [words.person] if any(intent_of(one).wants_person for one in theirs) else []
    return "\n".join(line[:CLIP] for line in [*lines, words.next])


def _answers_to(said: list[tuple[str, str]], wish: str) -> list[str]:
    """What was said to the lead after he last said this."""
    place = max(at for at, line in enumerate(said) if line == ("Customer", wish))
    after = said[place + 1 :]
    until = next((at for at, (who, _) in enumerate(after) if who == "Customer"), len(after))
    return [words for _, words in after[:until]]
