"""Leads: found, looked at, and changed."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from core.domain.errors import Forbidden, NotFound
from core.domain.lead_filter import PageWanted
from core.services.forgetting import Forgetting, SomebodyElse
from core.services.holds import LeadHeld
from core.services.lead_changes import LeadEdit, edit_lead, move_lead
from core.services.lead_changes import StageMoved as StageMovedMeanwhile
from core.services.lead_export import export_lead
from core.services.lead_list import export_leads, list_leads, tags_in_use
from core.services.lead_page import LeadPages
from core.services.stages import stages
from miniapp.api.csv_export import Reader
from miniapp.api.cursor import CursorInvalid, lead_cursor, lead_place, moment_cursor, moment_place
from miniapp.api.lead_models import (
    Erasure,
    Lead,
    LeadFilters,
    LeadForgotten,
    LeadPage,
    LeadPatch,
    LeadQuery,
    LeadRow,
    StageMove,
    StageMoved,
    TagList,
    Timeline,
    TimelineItem,
    TimelineQuery,
)
from miniapp.api.operation import Call, Download, Nothing, Operation


class LeadDesk:
    """The operations about leads."""

    def __init__(self, pages: LeadPages, forgetting: Forgetting) -> None:
        self._pages = pages
        self._forgetting = forgetting

    def operations(self) -> Sequence[Operation]:
        """All of them."""
        return (
            Operation(
                "list_leads", "GET", "/leads", "Leads by what is known of them.", self._list,
                query=LeadQuery, answer=LeadPage, refusals=(CursorInvalid,),
            ),
            Operation(
                "export_leads", "GET", "/leads/export.csv", "Leads as a table, the newest first.", self._export,
                query=LeadFilters, media="text/csv", refusals=(Forbidden,),
            ),
            Operation("list_tags", "GET", "/tags", "Tags in use.", self._tags, answer=TagList),
            Operation("lead", "GET", "/leads/{lead_id}", "A lead's page.", self._page, answer=Lead, refusals=(NotFound,)),
            Operation(
                "timeline", "GET", "/leads/{lead_id}/timeline", "What became of a lead.", self._timeline,
                query=TimelineQuery, answer=Timeline, refusals=(NotFound, CursorInvalid),
            ),
            Operation(
                "edit_lead", "PATCH", "/leads/{lead_id}", "Write down what is known of a lead.", self._edit,
                body=LeadPatch, answer=Lead, refusals=(NotFound,),
            ),
            Operation(
                "move_lead", "POST", "/leads/{lead_id}/stage", "Put a lead into a stage.", self._move,
                body=StageMove, answer=StageMoved, refusals=(NotFound, StageMovedMeanwhile),
            ),
            Operation(
                "export_lead", "POST", "/leads/{lead_id}/export", "All that is kept about a lead, as one archive.", self._archive,
                media="application/zip", refusals=(Forbidden, NotFound),
            ),
            Operation(
                "forget_lead", "DELETE", "/leads/{lead_id}", "Erase a lead and all that was said with him, for good.", self._forget,
                body=LeadForgotten, answer=Erasure, repeatable=True, refusals=(Forbidden, NotFound, SomebodyElse, LeadHeld),
            ),
        )  # fmt: skip

    async def _list(self, call: Call[LeadQuery, Nothing]) -> LeadPage:
        asked = call.query
        page = PageWanted(asked.sort, lead_place(asked.sort, asked.cursor), asked.limit)
        found = await list_leads(call.actor, asked.wanted(), page)
        return LeadPage(
            items=[LeadRow.of(one) for one in found.items],
            next_cursor=lead_cursor(asked.sort, found.after) if found.after else None,
        )

    async def _export(self, call: Call[LeadFilters, Nothing]) -> Download:
        names = {one.key: one.name for one in await stages(call.actor)}
        reader = Reader(call.who.language, ZoneInfo(call.who.timezone), names)
        return Download("leads.csv", reader.table(export_leads(call.actor, call.query.wanted())))

    async def _archive(self, call: Call[Nothing, Nothing]) -> Download:
        archive = await export_lead(call.actor.tenant_id, call.ids["lead_id"], by=call.actor)
        return Download(archive.name, archive.chunks())

    async def _forget(self, call: Call[Nothing, LeadForgotten]) -> Erasure:
        assert call.once is not None, "the operation is repeatable"  # noqa: S101 - see above
        return Erasure(id=await self._forgetting.forget(call.actor, call.ids["lead_id"], call.body.name, call.once))

    async def _tags(self, call: Call[Nothing, Nothing]) -> TagList:
        return TagList(tags=await tags_in_use(call.actor))

    async def _page(self, call: Call[Nothing, Nothing]) -> Lead:
        return Lead.page(await self._pages.page(call.actor, call.ids["lead_id"]))

    async def _timeline(self, call: Call[TimelineQuery, Nothing]) -> Timeline:
        before = moment_place(call.query.cursor)
        events, more = await self._pages.timeline(call.actor, call.ids["lead_id"], before, call.query.limit)
        return Timeline(
            items=[TimelineItem.of(one) for one in events],
            next_cursor=moment_cursor(events[-1].at, events[-1].place) if more else None,
        )

    async def _edit(self, call: Call[Nothing, LeadPatch]) -> Lead:
        facts = None if call.body.facts is None else {one.key: one.value for one in call.body.facts}
        await edit_lead(
            call.actor, call.ids["lead_id"], LeadEdit(call.body.name, call.body.tags, facts, call.body.opted_out)
        )
        return Lead.page(await self._pages.page(call.actor, call.ids["lead_id"]))

    async def _move(self, call: Call[Nothing, StageMove]) -> StageMoved:
        body = call.body
        before = await move_lead(call.actor, call.ids["lead_id"], body.stage_key, body.expected)
        return StageMoved(stage_key=body.stage_key, before=before)
