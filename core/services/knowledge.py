"""What the AI may say: all of a small base (see ``turn_context`` in the database), what fits the question of a large one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from db.tenancy import tenant_scope

_CHARACTERS_A_TOKEN: Final = 3.5
_MOST_FOUND: Final = 40


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to know; ``title`` is the question it answers, or empty."""

    title: str
    content: str

    @property
    def length(self) -> int:
        """In characters."""
        return len(self.title) + len(self.content)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What goes into a prompt: ``stable`` is the whole base, the same every turn; ``found`` fits this question."""

    stable: Sequence[Entry] = ()
    found: Sequence[Entry] = ()


NOTHING: Final = Knowledge()


def characters(tokens: int) -> int:
    """About how many characters so many tokens are."""
    return int(tokens * _CHARACTERS_A_TOKEN)


async def found_knowledge(tenant_id: UUID, question: str, token_budget: int) -> Knowledge:
    """What fits a question best of the tenant's knowledge, within a budget of tokens."""
    if not question.strip():
        return NOTHING
    async with tenant_scope(tenant_id) as scope:
        rows = await scope.rows("found_knowledge", question, _MOST_FOUND)
    return Knowledge(found=_fitting([Entry(row["title"], row["content"]) for row in rows], characters(token_budget)))


def _fitting(entries: Sequence[Entry], budget: int) -> list[Entry]:
    kept: list[Entry] = []
    for entry in entries:
        if entry.length <= budget:
            kept.append(entry)
            budget -= entry.length
    return kept
