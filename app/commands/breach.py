"""``reveza breach``: what has to be known within hours, should data have got into wrong hands."""

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path

import click

from app.database import open_live_database
from app.settings import load_settings
from core.domain.breach import tell_by, working_days
from core.services.breach import Affliction, Span, affected, affected_table
from core.services.tenants import find_tenant

_DAY = click.DateTime(["%Y-%m-%d"])
_MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"])


@click.group()
def breach() -> None:
    """List who was affected, and until when who has to be told (docs/privacy.md has the runbook)."""


@breach.command(name="affected")
@click.argument("tenant")
@click.option("--since", type=_MOMENT, help="Others had a way in since then (UTC); with none, from the beginning.")
@click.option("--until", type=_MOMENT, help="And until then; with none, until now.")
@click.option(
    "--known", type=_DAY, help="The day on which it became known that people's data was affected; today by default."
)
@click.option("--to", "file", type=click.Path(dir_okay=False, path_type=Path), help="The file it goes to.")
def list_affected(
    tenant: str, *, since: datetime | None, until: datetime | None, known: datetime | None, file: Path | None
) -> None:
    """Write a table of everybody of TENANT whose data there was to be seen: who, how to reach him, which data."""

    async def run() -> Affliction:
        async with open_live_database(load_settings(), process="cli", pool=2):
            return await affected(await find_tenant(tenant), Span(_utc(since), _utc(until)))

    found = asyncio.run(run())
    written = affected_table(found)
    if file is None:
        click.echo(written, nl=False)
    else:
        file.touch(mode=0o600, exist_ok=False)
        file.write_text(written, encoding="utf-8", newline="")
    click.echo(_told(found, (known or found.tenant.local(datetime.now(UTC))).date()), err=True)


def _utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None


def _told(found: Affliction, known: date) -> str:
    """What the table does not say."""
    rules = found.tenant.settings.privacy
    by = tell_by(known, small_agent=rules.small_agent)
    leads = sum(one.who == "lead" for one in found.people)
    lines = [
        f"{leads} leads and {len(found.people) - leads} people of the team",
        f"ANPD and they have to be told by {by:%Y-%m-%d}, {working_days(small_agent=rules.small_agent)} working days from then",
    ]
    if rules.sensitive != "none":
        lines.append(f"by the nature of its trade the business holds sensitive data: {rules.sensitive}")
    if found.erased:
        lines.append(f"{found.erased} leads were erased since, and nobody can be told of whom")
    return "\n".join(lines)
