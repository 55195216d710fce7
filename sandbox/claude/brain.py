"""The stand-in's answer: greets, answers from the prompt's facts, or says that it does not know."""

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.claude.intents import Intent, intent_of, is_greeting, opens_with_greeting, stated_facts
from sandbox.claude.prompt import Conversation
from sandbox.claude.retrieval import Found, index_of
from sandbox.claude.words import is_english, terms

SUMMARY_LINES = 5
CLIP = 160
UNKNOWN = "not in the facts"


@dataclass(frozen=True, slots=True)
class Phrases:
    """The sentences of one language."""

    hello: str
    offer: str
    unknown: str
    rest: str
    person: str
    sorry: str
    bye: str
    stand_in: str


PORTUGUESE = Phrases(
    hello="Olá!",
    offer="Como posso ajudar?",
    unknown="Não tenho essa informação, vou confirmar com a equipe.",
    rest="Quanto ao restante, vou confirmar com a equipe.",
    person="Claro, vou chamar uma pessoa da equipe.",
    sorry="Sinto muito por isso. Vou chamar a equipe para cuidar do seu caso.",
    bye="Eu que agradeço! Até logo.",
    stand_in="(Resposta de demonstração, de um substituto do Claude.)",
)
ENGLISH = Phrases(
    hello="Hello!",
    offer="How can I help?",
    unknown="I do not have that information, I will check with the team.",
    rest="As for the rest, I will check with the team.",
    person="Of course, I will call someone from the team.",
    sorry="I am sorry about that. I will call the team to look after it.",
    bye="You are welcome! Goodbye.",
    stand_in="(Demo reply, from a stand-in for Claude.)",
)


@dataclass(frozen=True, slots=True)
class Thought:
    """The stand-in's answer and its judgement; ``confidence`` is 0 to 100."""

    reply: str
    intent: Intent
    confidence: int
    handoff_reason: str
    facts: list[dict[str, str]]
    summary: list[str]

    def decision(self) -> Mapping[str, object]:
        """The answer under the property names that a schema may ask for."""
        return {
            "reply": [self.reply],
            "replies": [self.reply],
            "text": self.reply,
            "intent": self.intent.name,
            "confidence": self.confidence,
            "should_handoff": bool(self.handoff_reason),
            "handoff_reason": self.handoff_reason,
            "score_delta": self.intent.score_delta,
            "lead_facts": self.facts,
            "summary": self.summary,
        }


def think(conversation: Conversation) -> Thought:
    """Answer all lines of the lead in one reply."""
    lead = conversation.lead_text
    intent, phrases = intent_of(lead), ENGLISH if is_english(lead) else PORTUGUESE
    index = index_of(conversation.entries)
    asked = [line for line in conversation.lead_lines if terms(line) and not is_greeting(line)]
    found = [index.best(line, lead) for line in asked]
    answers = [answer for answer in found if answer is not None]
    open_question = any(answer is None and "?" in line for line, answer in zip(asked, found, strict=True))
    body, reason = _body(intent, phrases, answers, asked=bool(asked))
    pieces = [*_opening(conversation, intent, phrases), *body, *([phrases.rest] if answers and open_question else [])]
    if not conversation.answered_before:
        pieces.append(phrases.stand_in)
    return Thought(
        reply="\n".join(pieces) if len(answers) > 1 else " ".join(pieces),
        intent=intent,
        confidence=_confidence(answers, known=not asked or reason != UNKNOWN, partial=open_question),
        handoff_reason=reason,
        facts=stated_facts(lead),
        summary=summarise(conversation),
    )


def _opening(conversation: Conversation, intent: Intent, phrases: Phrases) -> list[str]:
    if intent.name == "farewell":
        return []
    greeted = any(opens_with_greeting(line) for line in conversation.lead_lines)
    return [phrases.hello] if greeted or not conversation.answered_before else []


def _body(intent: Intent, phrases: Phrases, answers: list[Found], *, asked: bool) -> tuple[list[str], str]:
    if intent.wants_person:
        return [phrases.person], "asked for a person"
    if intent.name == "complaint":
        return [phrases.sorry], "complaint"
    if answers:
        return list(dict.fromkeys(answer.entry.text for answer in answers)), ""
    if intent.name == "farewell":
        return [phrases.bye], ""
    return ([phrases.unknown], UNKNOWN) if asked else ([phrases.offer], "")


def _confidence(answers: list[Found], *, known: bool, partial: bool) -> int:
    if not answers:
        return 90 if known else 15
    sure = min(answer.score for answer in answers)
    return round(55 + 40 * sure) - (20 if partial else 0)


def summarise(conversation: Conversation) -> list[str]:
    """The latest lines of the conversation, clipped."""
    said = [line.strip() for line in conversation.history.splitlines() if line.strip()]
    return [line[:CLIP] for line in (said + list(conversation.lead_lines))[-SUMMARY_LINES:]]
