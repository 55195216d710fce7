"""What the AI may say."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from core.domain.errors import Forbidden, NotFound
from core.services.knowledge_desk import KeptEntry, add_entry, change_entry, entries, remove_entry
from miniapp.api.operation import ApiModel, Call, Nothing, Operation
from miniapp.api.parts import PageQuery, Storable, Words, cursor_after

_ONE = "/knowledge/{entry_id}"


class KnowledgeQuery(PageQuery):
    """Those in which ``q`` stands, however it is accented."""

    q: Annotated[Storable, Field(max_length=200)] = ""


class KnowledgeEntry(ApiModel):
    """One thing to know; ``title`` is the question it answers, or empty."""

    id: UUID
    title: str
    content: str
    source: str
    updated_at: AwareDatetime


class KnowledgePage(ApiModel):
    """Some of them, the latest first; ``total`` counts all that were asked for."""

    items: Sequence[KnowledgeEntry]
    next_cursor: str | None
    total: int


class KnowledgeText(ApiModel):
    """What it is to say."""

    title: Storable = Field(max_length=500)
    content: Words = Field(max_length=50_000)


class KnowledgeDesk:
    """The operations about knowledge."""

    def operations(self) -> Sequence[Operation]:
        """All of them."""
        return (
            Operation(
                "knowledge", "GET", "/knowledge", "What the AI may say.", self._list,
                query=KnowledgeQuery, answer=KnowledgePage, refusals=(Forbidden,),
            ),
            Operation(
                "add_knowledge", "POST", "/knowledge", "One thing more.", self._add,
                body=KnowledgeText, answer=KnowledgeEntry, refusals=(Forbidden,),
            ),
            Operation(
                "change_knowledge", "PUT", _ONE, "In other words.", self._change,
                body=KnowledgeText, answer=KnowledgeEntry, refusals=(Forbidden, NotFound),
            ),
            Operation(
                "remove_knowledge", "DELETE", _ONE, "One thing less.", self._remove, refusals=(Forbidden, NotFound)
            ),
        )  # fmt: skip

    async def _list(self, call: Call[KnowledgeQuery, Nothing]) -> KnowledgePage:
        asked = call.query
        found = await entries(call.actor, asked.q, before=asked.cursor, limit=asked.limit)
        return KnowledgePage(
            items=[_entry(one) for one in found.items],
            next_cursor=cursor_after(found.items[-1].id) if found.more else None,
            total=found.total,
        )

    async def _add(self, call: Call[Nothing, KnowledgeText]) -> KnowledgeEntry:
        return _entry(await add_entry(call.actor, call.body.title, call.body.content))

    async def _change(self, call: Call[Nothing, KnowledgeText]) -> KnowledgeEntry:
        return _entry(await change_entry(call.actor, call.ids["entry_id"], call.body.title, call.body.content))

    async def _remove(self, call: Call[Nothing, Nothing]) -> None:
        await remove_entry(call.actor, call.ids["entry_id"])


def _entry(one: KeptEntry) -> KnowledgeEntry:
    return KnowledgeEntry.model_validate(one, from_attributes=True)
