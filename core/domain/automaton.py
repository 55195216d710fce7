"""Whether what a lead writes looks like a machine's answer to the AI's answer: two machines would go on for ever.

One message proves nothing: people paste, repeat themselves and quote. Only a run of such turns counts, and a single turn
that does not look so ends it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Final

from core.domain.handoff import fold

STRONG: Final = 2
"""What a turn counts whose words are word for word the ones before, or those of automatic replies."""
WEAK: Final = 1
"""What a turn counts that a person in a hurry could have written."""

_SHORTEST_REPEATED: Final = 30
"""Characters: people say "ok", "sim" and "alguém aí?" again and again."""
_ALIKE: Final = 0.9
_READ: Final = 400
_LONGEST_TYPED: Final = 80
_FASTEST: Final = 15.0
"""Characters a second: twice what a practised writer types on a telephone."""
_AUTOMATIC = re.compile(
    r"\b(?:(?:mensagem|resposta|atendimento|e-?mail|respuesta|mensaje) automatic[oa]|(?:automated|automatic|auto) ?-?(?:message|reply|response|responder)"
    r"|nao responda (?:a )?est[ae] (?:mensagem|e-?mail)|do not reply to this|no responda a este"
    r"|(?:digite|tecle|aperte|pressione|press|marque|responda com|reply with|presione) (?:o numero |a opcao |the number )?(?:[*\"']{0,2}\d|uma das opcoes|one of)"
    r"|(?:escolha|selecione|choose|select|elija) (?:uma|um|one|una)? ?(?:das |de las |of the )?(?:opcoes|opcao|numero|options?|opciones)"
    r"|opcao invalida|nao entendi sua resposta|invalid option|opcion no valida"
    r"|(?:sou|aqui e|this is|soy) (?:o|a|el|la|an?|your|seu|sua|su|the) (?:assistente?|asistente|atendente|robo|bot|chatbot|assistant)(?: virtual)?"
    r"|(?:agradecemos|obrigad[oa] pel[oa]|thank you for|gracias por) (?:o |seu |a sua |sua |your |su )?(?:contato|contacto|mensagem|mensaje|message|contacting|contactarnos)"
    r"|(?:retornaremos|responderemos|entraremos em contato|we will get back|we'll get back|nos pondremos en contacto|um de nossos atendentes)"
    r"|nosso horario de atendimento e|fora do (?:nosso )?horario de atendimento|out of (?:the )?office|outside (?:of )?(?:our )?business hours"
    r"|(?:seu|o numero do seu|your) (?:protocolo|ticket)(?: number)? (?:e|is|de atendimento))"
)


@dataclass(frozen=True, slots=True)
class Heard:
    """Something the lead wrote, and when it came."""

    text: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Signs:
    """How much a turn looks like a machine's: ``weight`` 0 for a person's, and why."""

    weight: int
    reasons: tuple[str, ...] = ()


def signs_of_machine(new: Sequence[Heard], before: Sequence[str], answered_at: datetime | None) -> Signs:
    """What this turn's messages look like, beside the lead's ``before`` and the time of our latest answer.

    All of them must look so: one that a person would write makes it a person's turn.
    """
    found = [_signs(heard, before, answered_at) for heard in new]
    weight = min((signs.weight for signs in found), default=0)
    if not weight:
        return Signs(0)
    return Signs(weight, tuple(dict.fromkeys(reason for signs in found for reason in signs.reasons)))


def run_after(run: int, signs: Signs) -> int:
    """The run with this turn in it."""
    return run + signs.weight if signs.weight else 0


def too_long_a_run(run: int, most_turns: int) -> bool:
    """Whether a machine answers: so many turns in a row with strong signs, or twice as many with weak ones; 0: never."""
    return 0 < most_turns * STRONG <= run


def _signs(heard: Heard, before: Sequence[str], answered_at: datetime | None) -> Signs:
    text = " ".join(fold(heard.text).split())
    if _AUTOMATIC.search(text):
        return Signs(STRONG, ("automaton.phrase",))
    earlier = [" ".join(fold(one).split()) for one in before] if len(text) >= _SHORTEST_REPEATED else []
    if text in earlier:
        return Signs(STRONG, ("automaton.repeated",))
    if any(_alike(text, one) for one in earlier):
        return Signs(WEAK, ("automaton.alike",))
    if _faster_than_typed(text, heard.at, answered_at):
        return Signs(WEAK, ("automaton.fast",))
    return Signs(0)


def _alike(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, one[:_READ], other[:_READ], autojunk=False)
    return matcher.real_quick_ratio() >= _ALIKE and matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE


def _faster_than_typed(text: str, at: datetime | None, answered_at: datetime | None) -> bool:
    if at is None or answered_at is None or at < answered_at or len(text) < _LONGEST_TYPED:
        return False
    return (at - answered_at).total_seconds() * _FASTEST < len(text)
