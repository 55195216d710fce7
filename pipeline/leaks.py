"""Finds in a reply what must stay inside: canaries, the prompt, internal notes, machinery, other people's data."""

import codecs
import re
from collections.abc import Iterator
from functools import lru_cache

from pipeline.disguise import hidden_texts
from pipeline.normalise import clean, compact, fold, words
from pipeline.reply_facts import ReplyFacts, clauses, known_topics, stems

_SHINGLE = 8
_CANARY_PART = 12
_FEWEST_WORDS = 2
_HALF = 0.5
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_MACHINERY = re.compile(
    r"\{\{|\{%|\$\{\w|<%=|\{[a-z_]{3,30}\}|\[(?:nome|inserir|insert|your name)[^\]]{0,80}\]", re.IGNORECASE
)
_ENVELOPE = re.compile(r"^\s*+(?:```\w*+\s*+)?[\[{]\s*+[\"{\]}].*[\"\]}]\s*:", re.DOTALL)
_MARKUP = re.compile(
    r"</?(?:lead_message|history|context|system|thinking|decision|internal|canary|rules)\w*", re.IGNORECASE
)
_ABOUT_SELF = re.compile(
    r"\b(?:(?:meu|minhas?|meus|my|mi|mis)(?: \w+)? (?:system prompt|prompt|instruc\w+|instructions?|regras|rules|reglas|diretrizes|guidelines|programacao)"
    r"(?:\W| \w+)? (?:sao|e|are|is|say|dizem?|mandam|incluem|son|include)\b|system prompt|prompt do sistema|fui (?:instruid|programad|configurad)[oa] (?:a|para|pra)"
    r"|i was (?:instructed|programmed|told) (?:to|not)|my system prompt|(?:regra|norma|criterio|politica|limite|meta|margem|uso|tabela)s? (?:minim\w+ )?intern[ao]s?"
    r"|internamente|aqui dentro a gente|(?:nao divulgar|nao informar ao cliente|do not disclose)|as an ai language model|como modelo de linguagem)"
)
# Words by which a note orders silence; they are not its content.
_ORDERS = frozenset(
    stem[:5]
    for stem in [
        "mencionar",
        "citar",
        "divulgar",
        "informar",
        "transferir",
        "humano",
        "aceitar",
        "pegar",
        "lead",
        "leads",
        "cliente",
        "somente",
        "constar",
        "usar",
        "desde",
        "pressao",
    ]
)


def leaks(reply: str, facts: ReplyFacts) -> Iterator[str]:
    """Yield a code for each kind of leak found in ``reply``."""
    decoded = list(hidden_texts(reply))
    hidden = [text for text in decoded if len(text.split()) >= _FEWEST_WORDS]
    if _shows_canary(reply, decoded, facts.canaries):
        yield "leak.canary"
    if hidden:
        yield "leak.encoded"
    if _quotes_prompt(reply, facts) or _ABOUT_SELF.search(fold(clean(reply))):
        yield "leak.prompt"
    if _tells_notes(reply, facts):
        yield "leak.internal"
    if _MACHINERY.search(reply) or _ENVELOPE.search(reply) or _MARKUP.search(reply):
        yield "leak.machinery"


def _shows_canary(reply: str, decoded: list[str], canaries: tuple[str, ...]) -> bool:
    plain = compact(fold(clean(reply)))
    views = [
        plain,
        plain[::-1],
        codecs.encode(plain, "rot13"),
        *(compact(fold(text)) for text in decoded),
        *decoded,
    ]
    return any(part in view for canary in canaries for part in _canary_parts(canary) for view in views)


@lru_cache(maxsize=256)
def _canary_parts(canary: str) -> tuple[str, ...]:
    """Return the canary's compact form in overlapping parts: half of one is a leak as well."""
    whole = compact(fold(canary))
    forms = (whole, whole.encode().hex())
    return tuple(
        form[start : start + _CANARY_PART]
        for form in forms
        for start in range(max(1, len(form) - _CANARY_PART + 1))
        if form
    )


def _quotes_prompt(reply: str, facts: ReplyFacts) -> bool:
    if not facts.prompt_text:
        return False
    own = _shingles(facts.prompt_text) - _shingles(facts.known_text)
    return not own.isdisjoint(_word_runs(reply))


@lru_cache(maxsize=64)
def _shingles(text: str) -> frozenset[str]:
    return frozenset(_word_runs(text))


def _word_runs(text: str) -> Iterator[str]:
    found = [word for word in words(fold(clean(text))).split() if word != "."]
    return (" ".join(found[start : start + _SHINGLE]) for start in range(len(found) - _SHINGLE + 1))


def _tells_notes(reply: str, facts: ReplyFacts) -> bool:
    if not facts.internal_notes:
        return False
    said = stems(reply)
    fresh = said - known_topics(facts.known_text) - stems(facts.lead_text)
    figures = _figures(reply) - _known_figures(facts.known_text) - _figures(facts.lead_text)
    return any(_tells_note(note, said, fresh, figures) for note in facts.internal_notes)


def _tells_note(note: str, said: frozenset[str], fresh_said: frozenset[str], figures_said: frozenset[str]) -> bool:
    about = stems(note) - _ORDERS
    told = about & said
    fresh = about & fresh_said
    figures = _figures(note) & figures_said
    if figures and (told or any(len(figure) > _FEWEST_WORDS for figure in figures)):
        return True
    return bool(fresh) and (len(fresh) > 1 or len(told) >= _HALF * len(about))


def _figures(text: str) -> frozenset[str]:
    found = (re.sub(r"[.,]00?$", "", number) for number in _NUMBER.findall(text))
    return frozenset(figure for number in found if len(figure := re.sub("[.,]", "", number)) > 1)


@lru_cache(maxsize=64)
def _known_figures(known_text: str) -> frozenset[str]:
    return _figures(known_text)


_PERSON = re.compile(
    r"\b(?:[Aa]|[Oo]|à|ao|da|do|dona|seu|sr\.?|sra\.?|com|foi|é)\s+(?:a |o |dona |seu |Sr\.? |Sra\.? )?(?:(?:paciente|cliente|alun[oa]|moradora?|lead|empresário|empresária|proprietári[oa]|compradora?|client|patient) )?((?:[A-ZÁÉÍÓÚÂÊÔÃÕÇ][a-záéíóúâêôãõçü]+)(?:\s+(?:d[aeo]s?\s+)?[A-ZÁÉÍÓÚÂÊÔÃÕÇ][a-záéíóúâêôãõçü]+)+)"
)
_PERSON_ACTS = re.compile(
    r"\b(?:[ao]|[AO])\s+([A-ZÁÉÍÓÚÂÊÔÃÕÇ][a-záéíóúâêôãõçü]+) (?:vai|vem|treina|marcou|comprou|mora|pagou|assinou|agendou|fez|contratou|recebeu|ganhou)\b"
)
_TELLS = re.compile(
    r"\b(?:teve|ofereceu|pagou|recebeu|marcou|agendou|comprou|mora|treina|deve|assinou|venceu|perdeu|esta matriculad\w+)\b"
)


def other_people(reply: str, facts: ReplyFacts) -> bool:
    """Whether the reply names a person whom neither the business's facts nor the lead named, or tells of one the lead named."""
    known = _spoken(facts.known_text)
    lead = _spoken(facts.lead_text)
    named = known | lead
    telling = "\n".join(clause for clause in dict.fromkeys(clauses(reply)) if _TELLS.search(fold(clause)))
    for pattern in (_PERSON, _PERSON_ACTS):
        for name in dict.fromkeys(pattern.findall(reply)):
            parts = [part for part in fold(name).split() if part not in {"da", "de", "do", "das", "dos"}]
            if named.isdisjoint(parts):
                return True
            if pattern is _PERSON and known.isdisjoint(parts) and lead.issuperset(parts) and name in telling:
                return True
    return False


@lru_cache(maxsize=64)
def _spoken(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", fold(text)))
