"""``reveza tenants usage|leads``: what a business used, and which leads a month counted."""

from datetime import date, datetime
from typing import Final

import click

from app.commands.plans import amount, in_database
from core.domain.errors import BadRequest
from core.services.tenants import find_tenant, list_tenants
from core.services.usage import CountedLead, MonthUsed, Usage, counted_leads_of, usage_of
from core.services.usage_tables import leads_table, months_table

_MOST: Final = 1_000_000


@click.command()
@click.argument("slug", required=False)
@click.option("--month", help="This month alone, as 2026-11.")
@click.option("--csv", "as_csv", is_flag=True, help="As a table for spreadsheets, in the tenant's language.")
def usage(slug: str | None, *, month: str | None, as_csv: bool) -> None:
    """Print what the tenant SLUG used, month by month; without SLUG, what every tenant used this month."""
    wanted = _month(month) if month else None
    if slug is None:
        for line in in_database(_everybody(wanted)):
            click.echo(line)
        return
    used = in_database(_used(slug))
    months = [one for one in used.months or (used.now,) if wanted in {None, one.month}]
    if as_csv:
        click.echo(months_table(months, used.locale), nl=False)
        return
    click.echo(
        f"{slug}: plan {used.plan.name}, {used.now.leads} of {used.plan.leads} leads this month,"
        f" about {used.projected} at its end; {used.team} of {used.plan.attendants} people"
    )
    for one in months:
        click.echo(_line(one))


@click.command()
@click.argument("slug")
@click.option("--month", help="The month, as 2026-11; this one by default.")
@click.option("--csv", "as_csv", is_flag=True, help="As a table for spreadsheets, in the tenant's language.")
def leads(slug: str, *, month: str | None, as_csv: bool) -> None:
    """Print the leads of the tenant SLUG that a month counted, in that order, each with its first message."""
    used, found = in_database(_counted(slug, _month(month) if month else None))
    if as_csv:
        click.echo(leads_table(found, used.locale), nl=False)
        return
    for one in found:
        click.echo(
            f"{one.place:6}  {one.counted_at:%Y-%m-%d %H:%M}  {one.channel or '-'}  {one.name or '-'}"
            f"  lead {one.lead_id}  message {one.message_id}" + ("" if one.conversation_id else "  (erased)")
        )
    if not found:
        click.echo("nobody was counted")


async def _used(slug: str) -> Usage:
    return await usage_of(await find_tenant(slug))


async def _everybody(wanted: date | None) -> list[str]:
    lines = []
    for one in await list_tenants():
        used = await _used(one.slug)
        month = used.now if wanted is None else next((m for m in used.months if m.month == wanted), None)
        if month is not None:
            lines.append(f"{one.slug}  {_line(month)}")
    return lines or ["nothing was used"]


async def _counted(slug: str, wanted: date | None) -> tuple[Usage, list[CountedLead]]:
    tenant_id = await find_tenant(slug)
    used = await usage_of(tenant_id)
    found = await counted_leads_of(tenant_id, wanted, after=0, limit=_MOST)
    return used, list(found)


def _line(one: MonthUsed) -> str:
    return (
        f"{one.month:%Y-%m}  {one.leads} of {one.terms.leads} leads ({one.terms.plan})  {one.excess} beyond:"
        f" {amount(one.excess_price)}  AI USD {one.ai_cost_usd:,.2f}, {one.ai_tokens:,} tokens"
    )


def _month(written: str) -> date:
    try:
        return datetime.strptime(written, "%Y-%m").date()  # noqa: DTZ007 - a month of the tenant's own
    except ValueError as error:
        message = f"{written!r} is no month; one like 2026-11 is expected"
        raise BadRequest(message) from error
