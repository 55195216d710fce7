"""``reveza follow-ups``: what came of writing to silent leads, and who will be written to."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import click

from app.commands.plans import in_database
from app.provider_session import provider_session
from app.settings import load_settings
from channels.registry import build_channels
from core.services.follow_up_preview import Coming, FollowUpPreviews, Preview, PreviewPart
from core.services.follow_up_results import StepResult, follow_up_results_of
from core.services.tenants import find_tenant
from core.services.usage import usage_of

_AT_ONCE: Final = 100


@click.group(name="follow-ups")
def follow_ups() -> None:
    """Look at what is written to leads who fell silent."""


@follow_ups.command()
@click.argument("tenant")
@click.option("--days", type=click.IntRange(1, 365), default=30, show_default=True, help="Of what was planned since.")
def results(tenant: str, *, days: int) -> None:
    """Print what came of the follow-ups of TENANT, step by step."""
    found = in_database(_results(tenant, days))
    for one in found:
        for line in _result_lines(one):
            click.echo(line)
    if not found:
        click.echo(f"nothing was planned in {days} days")


@follow_ups.command()
@click.argument("tenant")
@click.option(
    "--part",
    type=click.Choice([part.value.replace("_", "-") for part in PreviewPart]),
    default=PreviewPart.PLANNED.value,
    show_default=True,
    help="Those who are planned, those whose step is held, or those whom the job's next run would plan.",
)
@click.option("--limit", type=click.IntRange(1, 10_000), default=_AT_ONCE, show_default=True, help="So many at most.")
def preview(tenant: str, *, part: str, limit: int) -> None:
    """Print who of TENANT will be written to unasked, when and what, as things stand."""
    zone, seen, items = in_database(_preview(tenant, PreviewPart(part.replace("-", "_")), limit))
    state = "on" if seen.is_on else "off"
    paused = "" if seen.ai_answers else "; the AI is paused"
    click.echo(f"{tenant}: follow-ups are {state}{paused}; the next run is at {_time(seen.next_run_at, zone)}")
    for one in items:
        click.echo(_coming_line(one, zone))
    if not items:
        click.echo("nobody")


async def _results(slug: str, days: int) -> Sequence[StepResult]:
    return await follow_up_results_of(await find_tenant(slug), days)


async def _preview(slug: str, part: PreviewPart, limit: int) -> tuple[ZoneInfo, Preview, Sequence[Coming]]:
    """All pages up to the limit."""
    tenant_id = await find_tenant(slug)
    zone = ZoneInfo((await usage_of(tenant_id)).timezone)
    async with provider_session() as session:
        channels = build_channels(session, load_settings().channel_settings)
        previews = FollowUpPreviews({name: channel.capabilities.window for name, channel in channels.items()})
    seen = await previews.preview_of(tenant_id, part, None, min(limit, _AT_ONCE))
    items = list(seen.items)
    while seen.after is not None and len(items) < limit:
        seen = await previews.preview_of(tenant_id, part, seen.after, min(limit - len(items), _AT_ONCE))
        items += seen.items
    return zone, seen, items[:limit]


def _result_lines(one: StepResult) -> Sequence[str]:
    line = f"step {one.step}: {one.sent} sent, {one.answered} answered, {one.opted_out} opted out, {one.under_way} under way"
    unsaid: Mapping[str, Mapping[str, int]] = {"held": one.held, "cancelled": one.cancelled, "failed": one.failed}
    return [
        line,
        *(
            f"  {state} {number} ({reason or 'no reason'})"
            for state, reasons in unsaid.items()
            for reason, number in sorted(reasons.items(), key=lambda found: (-found[1], found[0]))
        ),
    ]


def _coming_line(one: Coming, zone: ZoneInfo) -> str:
    stands = f"held ({one.hold})" if one.hold else f"not to go out ({one.refusal})" if one.refusal else "to go out"
    return (
        f"{_time(one.leave_at or one.due_at, zone)}  step {one.step} ({one.kind})  {one.channel}  {one.lead_name or '-'}"
        f"  lead {one.lead_id}  {stands}" + (f"  {one.text!r}" if one.text else "")
    )


def _time(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"
