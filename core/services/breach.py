"""Who was affected, should a business's data have got into wrong hands: each person, how to reach him, and what there was of him."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from core.domain.spreadsheet import Cell, table
from core.domain.tenant import TenantProfile
from core.services.audit import OPERATOR, audit
from core.services.tenants import load_profile
from db.tenancy import tenant_scope

HEADINGS: Final = (
    "who", "id", "name", "contacts", "first_seen_at", "last_activity_at", "messages", "data", "sensitive", "wants_no_messages",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """When others had a way in; open where nobody knows."""

    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Affected:
    """One person: a lead, or a member of the team. ``data``: the classes that there are of him, as in ``docs/privacy.md``."""

    who: str
    id: UUID
    name: str | None
    contacts: Sequence[str]
    first_seen_at: datetime
    last_activity_at: datetime | None
    messages: int
    data: Sequence[str]
    sensitive: str
    opted_out: bool


@dataclass(frozen=True, slots=True)
class Affliction:
    """All of them. ``erased``: how many were forgotten since, whom nobody can tell any more."""

    tenant: TenantProfile
    people: Sequence[Affected]
    erased: int


async def affected(tenant_id: UUID, span: Span) -> Affliction:
    """Everybody of whom there was something to be seen in that time; that somebody asked is in the audit log.

    Who was there before it ended counts, and who was heard of after it began: without a span that is everybody.
    """
    async with tenant_scope(tenant_id) as scope:
        tenant, _ = await load_profile(scope, tenant_id)
        sensitive = tenant.settings.privacy.sensitive
        leads = await scope.rows("affected_leads", tenant_id, span.since, span.until)
        team = await scope.rows("affected_members", tenant_id, span.until)
        erased = await scope.row("erased_since", tenant_id, span.since) or {}
        people = [_lead(row, sensitive) for row in leads] + [_member(row) for row in team]
        await audit(
            tenant_id, OPERATOR, "breach.listed", "", leads=len(leads), members=len(team), since=str(span.since or ""),
            until=str(span.until or ""),
        )  # fmt: skip
    return Affliction(tenant, people, erased.get("people", 0))


def affected_table(found: Affliction) -> str:
    """As a table for spreadsheets, in the business's language; moments are UTC."""
    rows: list[Sequence[Cell]] = [HEADINGS, *(_row(one) for one in found.people)]
    return table(rows, found.tenant.locale)


def _row(one: Affected) -> Sequence[Cell]:
    return (
        one.who,
        str(one.id),
        one.name,
        ", ".join(one.contacts),
        one.first_seen_at.isoformat(timespec="seconds"),
        one.last_activity_at.isoformat(timespec="seconds") if one.last_activity_at else None,
        one.messages,
        ", ".join(one.data),
        one.sensitive,
        "yes" if one.opted_out else "no",
    )


def _lead(row: Mapping[str, Any], sensitive: str) -> Affected:
    classes = ("messages", "files", "facts", "decisions", "source", "summaries")
    has = [name for name in classes if row[name]]
    # What a lead told about his health stands in what was said and in what was noted of it, and nowhere else.
    told = sensitive if has and sensitive != "none" else ""
    return Affected(
        "lead",
        row["id"],
        row["name"],
        row["contacts"],
        row["first_seen_at"],
        row["last_activity_at"],
        row["messages"],
        ("contact", *has),
        told,
        row["opted_out"],
    )


def _member(row: Mapping[str, Any]) -> Affected:
    contact = [f"telegram:{row['telegram_user_id']}"]
    return Affected("member", row["id"], row["name"], contact, row["created_at"], None, 0, ("contact",), "", False)
