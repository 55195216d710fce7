"""What a reply may rest on, and what it must never show."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pipeline.normalise import fold

_CLAUSE_END = re.compile(r"(?<=[.!?;])\s++|\n++|;\s*+")
_WORD = re.compile(r"[a-z0-9]+")
_STEM = 5
_SHORTEST = 4
# Words that carry no topic: sharing one of them supports no claim.
_EMPTY_WORDS = frozenset(
    [
        "para",
        "pela",
        "pelo",
        "pelos",
        "pelas",
        "como",
        "quando",
        "onde",
        "mais",
        "menos",
        "muito",
        "tambem",
        "sobre",
        "entre",
        "depois",
        "antes",
        "todo",
        "toda",
        "todos",
        "todas",
        "cada",
        "este",
        "esta",
        "esse",
        "essa",
        "isso",
        "aqui",
        "voce",
        "voces",
        "temos",
        "tenho",
        "fica",
        "ficam",
        "pode",
        "podem",
        "sera",
        "seja",
        "apos",
        "ainda",
        "caso",
        "cliente",
        "com",
        "sem",
        "nosso",
        "nossa",
        "vamos",
        "valor",
        "preco",
        "qualquer",
        "agora",
        "hoje",
        "with",
        "from",
        "your",
        "have",
        "this",
        "that",
        "nao",
        "ate",
        "dias",
        "dia",
        "mes",
        "meses",
        "anos",
        "horas",
        "free",
        "gratis",
        "gratuito",
        "gratuita",
        "garantia",
        "garantido",
        "garantida",
        "desconto",
        "juros",
    ]
)
_EMPTY_STEMS = frozenset({"garan", "grati", "desco", "prazo"})


@dataclass(frozen=True, slots=True)
class ReplyFacts:
    """Everything the validator compares a reply with; texts are the plain words, not prompts around them.

    ``known_text``: the tenant's public facts and knowledge. ``canaries``: marks planted in the prompt
    and in internal fields. ``internal_notes``: what the team knows and leads must not.
    ``prompt_text``: the system prompt. ``lead_text``: what this lead said, now and before. ``team_text``: what people of
    the team told him in this conversation.
    ``languages``: codes the tenant answers in, its own first. ``text_limit``: characters a bubble.
    """

    known_text: str
    canaries: tuple[str, ...] = ()
    internal_notes: tuple[str, ...] = ()
    prompt_text: str = ""
    lead_text: str = ""
    team_text: str = ""
    languages: tuple[str, ...] = ("pt",)
    text_limit: int = 4096
    max_bubbles: int = 1


def clauses(text: str) -> Iterator[str]:
    """Yield the sentences of a text, without the empty ones."""
    return (clause for part in _CLAUSE_END.split(text) if (clause := part.strip()))


def stems(text: str) -> frozenset[str]:
    """Return the beginnings of the words that carry a topic, folded; numbers are not among them."""
    found = _WORD.findall(fold(text))
    topical = (w[:_STEM] for w in found if len(w) >= _SHORTEST and not w.isdigit() and w not in _EMPTY_WORDS)
    return frozenset(topical) - _EMPTY_STEMS


@lru_cache(maxsize=64)
def known_topics(known_text: str) -> frozenset[str]:
    """Return the topics of all of a tenant's facts."""
    return stems(known_text)


@lru_cache(maxsize=64)
def known_clauses(known_text: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """Return a tenant's facts sentence by sentence, folded, each with its topic."""
    return tuple((fold(clause), stems(clause)) for clause in clauses(known_text))


def supports(known_text: str, claim: re.Pattern[str], clause: str) -> bool:
    """Whether the facts make the same kind of claim about the same thing as ``clause`` does."""
    topic = stems(clause)
    return any(topic & about for about in _claimed(known_text, claim))


@lru_cache(maxsize=512)
def _claimed(known_text: str, claim: re.Pattern[str]) -> tuple[frozenset[str], ...]:
    return tuple(about for text, about in known_clauses(known_text) if claim.search(text))
