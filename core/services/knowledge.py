"""What the AI may say: all of a small base, what fits the question of a large one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from db.tenancy import Scope

CHARACTERS_A_TOKEN = 3.5
_MOST_FOUND = 40


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


async def knowledge_for(scope: Scope, tenant_id: UUID, question: str, token_budget: int) -> Knowledge:
    """The tenant's knowledge for a question, within a budget of tokens."""
    budget = int(token_budget * CHARACTERS_A_TOKEN)
    whole = await scope.rows("small_knowledge", tenant_id, budget)
    if whole:
        return Knowledge(stable=[Entry(row["title"], row["content"]) for row in whole])
    rows = await scope.rows("found_knowledge", question, _MOST_FOUND) if question.strip() else []
    return Knowledge(found=_fitting([Entry(row["title"], row["content"]) for row in rows], budget))


def _fitting(entries: Sequence[Entry], budget: int) -> list[Entry]:
    kept: list[Entry] = []
    for entry in entries:
        if entry.length <= budget:
            kept.append(entry)
            budget -= entry.length
    return kept
