"""What the model reads: a stable part that is cached, and this turn's part."""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from core.domain.conversation import Author
from core.domain.prompt import Prompt
from core.domain.tenant import TenantProfile
from core.services import wording
from core.services.knowledge import Entry
from core.services.turn_state import Line, TurnContext
from pipeline.fence import defang, fence, new_nonce

_PROMPTS: Final = Path(__file__).parent / "prompts"
LONGEST_MESSAGE: Final = 4000
"""Characters of one message that the model reads; a longer one is cut, and says so."""
MOST_NEW_TEXT: Final = 24_000
"""Characters of new messages that one turn reads."""
_WHO: Final = {
    Author.LEAD: "Customer",
    Author.AI: "Assistant",
    Author.ATTENDANT: "Team",
    Author.SYSTEM: "Note",
}
_LANGUAGES: Final = {"pt-BR": "Brazilian Portuguese", "en": "English"}


@dataclass(frozen=True, slots=True)
class BuiltPrompt:
    """A prompt and what the validator has to know about it."""

    prompt: Prompt
    canary: str
    public_text: str
    instructions: str


class PromptBuilder:
    """Builds prompts; ``canary_key`` makes each tenant's canary, ``random_bytes`` each turn's fence."""

    def __init__(self, canary_key: bytes, random_bytes: Callable[[int], bytes]) -> None:
        self._canary_key = canary_key
        self._random_bytes = random_bytes

    def turn(self, context: TurnContext, stable: Sequence[Entry], found: Sequence[Entry]) -> BuiltPrompt:
        """The prompt of one turn. ``stable`` knowledge is all there is; ``found`` was searched for this turn."""
        return self._built(context, stable, found, fence(_all_said(context), new_nonce(self._random_bytes)))

    def follow_up(self, context: TurnContext, stable: Sequence[Entry], found: Sequence[Entry], aim: str) -> BuiltPrompt:
        """The prompt of a message to a lead who has fallen silent; ``aim``: what the business wants of it."""
        wanted = f"The business wants: {defang(aim)}" if aim else ""
        return self._built(context, stable, found, f"<follow_up>\n{_file('follow_up.md')}\n{wanted}\n</follow_up>")

    def summary(self, tenant: TenantProfile, lead: str, history: Sequence[Line]) -> Prompt:
        """The prompt of a hand-off's summary."""
        language = _LANGUAGES.get(tenant.locale, tenant.locale)
        variable = (
            f"<rules>Language: {language}</rules>\n<lead>{defang(lead)}</lead>\n{_history(history, tenant.locale)}"
        )
        return Prompt(
            stable=(_file("summary.md"),),
            variable=variable,
            model=tenant.settings.model,
            fallback_model=tenant.settings.fallback_model,
            effort="low",
            max_tokens=2048,
        )

    def canary(self, tenant: TenantProfile) -> str:
        """A mark in the prompt that must never be seen outside: the same every turn, another for each tenant."""
        return "rvz-" + hmac.new(self._canary_key, tenant.id.bytes, hashlib.sha256).hexdigest()[:20]

    def _built(self, context: TurnContext, stable: Sequence[Entry], found: Sequence[Entry], task: str) -> BuiltPrompt:
        """``task``: what there is to answer, after all that is known."""
        tenant = context.tenant
        canary = self.canary(tenant)
        instructions = _file("attendant.md")
        prompt = Prompt(
            stable=(instructions, _tenant_block(tenant, stable, canary)),
            variable=_variable(context, found, task),
            model=tenant.settings.model,
            fallback_model=tenant.settings.fallback_model,
            effort=tenant.settings.effort,
        )
        public = "\n".join([tenant.name, tenant.settings.business, _entries([*stable, *found])])
        return BuiltPrompt(prompt, canary, public, instructions)


def _variable(context: TurnContext, found: Sequence[Entry], task: str) -> str:
    known = [f"<knowledge>\n{_entries(found)}\n</knowledge>"] if found else []
    return "\n\n".join([_context_block(context), *known, _history(context.history, context.tenant.locale), task])


@cache
def _file(name: str) -> str:
    return (_PROMPTS / name).read_text(encoding="utf-8").strip()


def _tenant_block(tenant: TenantProfile, knowledge: Sequence[Entry], canary: str) -> str:
    settings = tenant.settings
    hours = "; ".join(f"{_DAYS[int(day)]} {', '.join(spans)}" for day, spans in sorted(settings.hours.spans.items()))
    sections = [
        f"<business>\n{tenant.name}\n{settings.business}\n{'Opening hours: ' + hours if hours else ''}\n</business>",
        f"<persona>\n{settings.persona}\n</persona>" if settings.persona else "",
        f"<knowledge>\n{_entries(knowledge)}\n</knowledge>" if knowledge else "",
        f"<internal>\nreference {canary}\n{settings.internal_notes}\n</internal>",
        f"<rules>\nAt most {settings.max_bubbles} message(s) an answer.\n</rules>",
    ]
    return "\n\n".join(section for section in sections if section)


_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _entries(entries: Sequence[Entry]) -> str:
    return "\n".join(
        f"- Pergunta: {entry.title}\n  Resposta: {entry.content}" if entry.title else f"- {entry.content}"
        for entry in entries
    )


def _context_block(context: TurnContext) -> str:
    local = context.tenant.local(context.at)
    is_open = context.tenant.settings.hours.is_open(local)
    facts = "; ".join(f"{name}: {value}" for name, value in context.lead_facts.items())
    lines = [
        f"Now: {_DAYS[local.weekday()]} {local:%Y-%m-%d %H:%M} ({'open' if is_open else 'closed'})",
        f"Customer: {context.lead_name or 'name not known'}",
        f"Known about the customer: {facts or 'nothing yet'}",
        f"Stage: {context.stage}; score: {context.score}",
        f"First answer to this customer: {'yes' if context.first_answer else 'no'}",
    ]
    headline = context.lead_source.get("headline")
    if headline:
        lines.append(f"Came from the advertisement: {headline}")
    return "<context>\n" + "\n".join(defang(line) for line in lines) + "\n</context>"


def _all_said(context: TurnContext) -> str:
    """The lead's new words; of very many the latest, and how many are left out."""
    kept: list[str] = []
    room = MOST_NEW_TEXT
    for line in reversed(context.new):
        text = _said(line, context.tenant.locale)
        if kept and len(text) > room:
            break
        kept.append(text)
        room -= len(text)
    left_out = context.to_seq - context.from_seq + 1 - len(kept) if len(kept) < len(context.new) else 0
    head = [f"[{left_out} earlier messages left out]"] if left_out > 0 else []
    return "\n".join([*head, *reversed(kept)])


def _history(lines: Sequence[Line], locale: str) -> str:
    told = "\n".join(f"{_WHO[line.author]}: {defang(_said(line, locale))}" for line in lines)
    return f"<history>\n{told}\n</history>"


def _said(line: Line, locale: str) -> str:
    text = line.text if len(line.text) <= LONGEST_MESSAGE else line.text[:LONGEST_MESSAGE] + " […]"
    if line.author is Author.LEAD and line.type not in wording.READABLE:
        return f"{wording.placeholder(locale, line.type)} {text}".strip()
    return text
