"""Reads a prompt: the facts it holds, what the lead wrote, what was said before."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from sandbox.claude.request import Prompt

# A tag that is mentioned inside a sentence opens nothing: a section's tag stands at the start of its line.
_SECTION = re.compile(r"^[ \t]*<(?P<name>[a-z][\w-]*)\b[^>]*>(?P<body>.*?)</(?P=name)>", re.DOTALL | re.MULTILINE)
_FACTUAL = frozenset(
    ["knowledge", "business", "facts", "services", "hours", "prices", "faq", "catalog", "products", "policies"]
)
_FENCE = "lead_message"
_QUESTION = re.compile(r"^\s*[-*]?\s*(?:pergunta|question|p|q)\s*:\s*(?P<text>.+)$", re.IGNORECASE)
_ANSWER = re.compile(r"^\s*[-*]?\s*(?:resposta|answer|r|a)\s*:\s*(?P<text>.+)$", re.IGNORECASE)
_TAG = re.compile(r"^\s*</?[\w-]+[^>]*>\s*$")
_OURS = re.compile(r"^\W*(?:\S+\s+)?(?:assistant|assistente|ai|ia|bot)(?:\s*\([^)]*\))?\s*:", re.IGNORECASE)
_STAND_IN = re.compile(r"resposta de demonstração|demo reply", re.IGNORECASE)
LONG_LINE = 220


@dataclass(frozen=True, slots=True)
class Entry:
    """Something the prompt states: what to say, and the question or heading that it answers."""

    text: str
    cue: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A prompt, understood."""

    entries: tuple[Entry, ...]
    lead_lines: tuple[str, ...]
    history: str
    answered_before: bool

    @property
    def lead_text(self) -> str:
        """All that the lead wrote since the last answer."""
        return "\n".join(self.lead_lines)


def read_prompt(prompt: Prompt) -> Conversation:
    """What the stand-in needs to answer."""
    user = prompt.last_user_text
    history = "\n".join(body.strip() for name, body in _sections(user) if name == "history")
    earlier = any(turn.role == "assistant" for turn in prompt.messages)
    return Conversation(
        entries=_entries_of(_facts(prompt.system_text, user)),
        lead_lines=tuple(line.strip() for line in lead_text(user).splitlines() if line.strip()),
        history=history,
        answered_before=earlier or _has_our_line(history),
    )


def lead_text(user: str) -> str:
    """What stands in the fences; without one, the message without its other sections."""
    fenced = [body.strip("\n") for name, body in _sections(user) if name.startswith(_FENCE)]
    return "\n".join(fenced) if fenced else _SECTION.sub("", user).strip()


def _sections(text: str) -> list[tuple[str, str]]:
    return [(found["name"], found["body"]) for found in _SECTION.finditer(text)]


def _has_our_line(history: str) -> bool:
    return bool(_STAND_IN.search(history)) or any(_OURS.match(line) for line in history.splitlines())


def _facts(system: str, user: str) -> str:
    stated = [body for name, body in [*_sections(system), *_sections(user)] if name in _FACTUAL]
    return "\n\n".join(stated) if stated else _SECTION.sub("", system)


@lru_cache(maxsize=256)
def _entries_of(facts: str) -> tuple[Entry, ...]:
    return tuple(_entries(facts))


def _entries(facts: str) -> Iterator[Entry]:
    question, heading = "", ""
    for line in facts.splitlines():
        asked, answered = _QUESTION.match(line), _ANSWER.match(line)
        if not line.strip():
            question, heading = "", ""
        elif asked:
            question = asked["text"].strip()
        elif answered and question:
            yield Entry(answered["text"].strip(), f"{heading} {question}".strip())
            question = ""
        elif _is_heading(line):
            heading = line.strip(" #:*")
        elif not _TAG.match(line):
            yield from (Entry(sentence, heading) for sentence in _sentences(line))


def _is_heading(line: str) -> bool:
    return line.lstrip().startswith("#") or (line.rstrip().endswith(":") and not line.lstrip().startswith(("-", "*")))


def _sentences(line: str) -> list[str]:
    bare = line.strip().lstrip("-*• ").strip()
    if len(bare) <= LONG_LINE:
        return [bare] if bare else []
    return [sentence for sentence in re.split(r"(?<=[.!?])\s+", bare) if sentence]
