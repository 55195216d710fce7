"""Judges what the attendant is about to say: nothing leaves that the tenant's facts do not carry."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.contacts import foreign_contacts
from pipeline.language import detect, scores
from pipeline.leaks import leaks, other_people
from pipeline.normalise import READ_WHOLE, clean, collapse, excerpt, fold
from pipeline.promises import over_promises
from pipeline.reply_facts import ReplyFacts, known_topics, stems

_DOSE = re.compile(r"\b\d+(?:[.,]\d+)? ?(?:mg|mcg|ml|comprimidos?|gotas|capsulas?)\b")
_SERVICE = re.compile(
    r"\b(?:posso|podemos|equipe|atend\w+|ajud\w+|agend\w+|passar|inform\w+|obrigad\w+|ola|oi|bom dia|boa (?:tarde|noite)|quer|gostaria|combinado|team|help|hi|hello|"
    r"hola|gracias|duvida|desculp\w+|chamar|retorno|tchau|claro|prazer|consigo|nao)\b"
)
_LONG_ENOUGH = 6


@dataclass(frozen=True, slots=True)
class ReplyVerdict:
    """Whether the reply may go out; ``reasons`` are stable codes, ``family.rule``."""

    ok: bool
    reasons: tuple[str, ...]


def validate(replies: Sequence[str], facts: ReplyFacts) -> ReplyVerdict:
    """Judge the bubbles of one turn together: a figure split over two of them is one figure.

    More than ``READ_WHOLE`` characters are too long for a chat, and are blocked as such.
    """
    whole = "\n".join(replies)
    reasons = dict.fromkeys(_reasons(replies, collapse(excerpt(whole)), facts))
    if len(whole) > READ_WHOLE:
        reasons["too_long"] = None
    return ReplyVerdict(not reasons, tuple(reasons))


def _reasons(replies: Sequence[str], whole: str, facts: ReplyFacts) -> Iterator[str]:
    yield from _shape(replies, facts)
    yield from leaks(whole, facts)
    yield from foreign_contacts(whole, facts)
    if other_people(whole, facts):
        yield "pii.person"
    yield from over_promises(clean(whole), facts)
    if _in_wrong_language(whole, facts):
        yield "wrong_language"
    yield from _off_topic(whole, facts)


def _shape(replies: Sequence[str], facts: ReplyFacts) -> Iterator[str]:
    if not replies or any(not clean(reply).strip() for reply in replies):
        yield "empty"
    if len(replies) > facts.max_bubbles:
        yield "too_many"
    if any(len(reply) > facts.text_limit for reply in replies):
        yield "too_long"


def _in_wrong_language(reply: str, facts: ReplyFacts) -> bool:
    used = detect(reply)
    expected = _expected_languages(facts)
    if used is None or used in expected:
        return False
    points = scores(reply)
    return points[used] > max(points.get(code, 0) for code in expected) + 1


def _expected_languages(facts: ReplyFacts) -> tuple[str, ...]:
    """Return the lead's language where it is plain; after a word or two, each of the tenant's that it may be."""
    spoken = detect(facts.lead_text)
    if spoken is not None:
        return (spoken,) if spoken in facts.languages else facts.languages[:1]
    points = scores(facts.lead_text)
    return tuple(code for code in facts.languages if points.get(code)) or facts.languages


def _off_topic(reply: str, facts: ReplyFacts) -> Iterator[str]:
    folded = fold(reply)
    doses = set(_DOSE.findall(folded))
    if doses and not all(dose in fold(facts.known_text) for dose in doses):
        yield "off_topic.medical"
    topic = stems(reply)
    if len(topic) >= _LONG_ENOUGH and not topic & known_topics(facts.known_text) and not _SERVICE.search(folded):
        yield "off_topic.unrelated"
