"""``reveza plan`` and what ``reveza tenants`` does with plans, as an operator types them."""

from app.commands.plans import plans
from app.commands.tenants import tenants
from app.demo import SLUG
from core.domain.errors import BadRequest, Conflict, NotFound
from tests.integration.services.installation import Installation


def test_plans_are_listed_added_changed_and_archived(installed: Installation) -> None:
    """Prices are amounts, not hundredths."""
    assert installed.call(plans, "list").output.startswith(
        "starter  300 leads  1 people  BRL 0.00  BRL 0.00 each beyond"
    )
    added = (
        "add",
        "mini",
        "--name",
        "Mini",
        "--leads",
        100,
        "--attendants",
        2,
        "--price",
        "97.50",
        "--excess-price",
        "0.9",
    )
    assert installed.call(plans, *added).output == "mini  100 leads  2 people  BRL 97.50  BRL 0.90 each beyond  Mini\n"
    assert isinstance(installed.call(plans, *added).exception, Conflict)
    assert "BRL 1,000.00" in installed.call(plans, "set", "mini", "--price", "1000").output
    assert installed.call(plans, "archive", "mini").output.endswith("Mini  (archived)\n")
    assert isinstance(installed.call(plans, "set", "mini", "--price", "a lot").exception, BadRequest)
    assert isinstance(installed.call(plans, "set", "maxi", "--leads", "1").exception, NotFound)


def test_a_tenant_is_put_on_a_plan(installed: Installation) -> None:
    """From this month on."""
    told = installed.call(tenants, "plan", SLUG, "pro").output
    assert told == f"{SLUG} is on Pro: 1000 leads a month, 3 people in the team\n"
    assert f"{SLUG}  active  pro  " in installed.call(tenants, "list").output


def test_a_tenant_is_stopped_and_goes_on(installed: Installation) -> None:
    """Each once."""
    assert [installed.call(tenants, "suspend", SLUG).output for _ in range(2)] == [
        f"{SLUG} is suspended\n",
        f"{SLUG} was suspended already\n",
    ]
    assert [installed.call(tenants, "resume", SLUG).output for _ in range(2)] == [
        f"{SLUG} goes on: 0 conversations to answer, 0 left to the team\n",
        f"{SLUG} was not suspended\n",
    ]


def test_usage_is_printed_and_exported(installed: Installation) -> None:
    """Of one tenant month by month, of all of them this month, and as a table in the tenant's language."""
    installed.run(
        "INSERT INTO usage_months (id, tenant_id, month, leads)"
        " SELECT uuid_v7(), id, date_trunc('month', now() AT TIME ZONE timezone)::date - interval '1 month' * g, 3001 + g"
        " FROM tenants, generate_series(0, 1) g"
    )
    told = installed.call(tenants, "usage", SLUG).output.splitlines()
    assert told[0].startswith(f"{SLUG}: plan Scale, 3001 of 3000 leads this month, about ")
    assert [line.partition("  ")[2].partition(":")[0] for line in told[1:]] == [
        "3001 of 3000 leads (scale)  1 beyond",
        "3002 of 3000 leads (scale)  2 beyond",
    ]
    assert f"{SLUG}  " in installed.call(tenants, "usage").output
    table = installed.call(tenants, "usage", SLUG, "--csv", "--month", told[2][:7]).output.lstrip("\ufeff")
    assert table.splitlines()[1].startswith(f"{told[2][:7]};scale;3002;3000;2;0,00;0,00;0,00;BRL;")
    assert isinstance(installed.call(tenants, "usage", SLUG, "--month", "May").exception, BadRequest)


def test_counted_leads_are_printed(installed: Installation) -> None:
    """Nobody, in a business to which nobody has written."""
    assert installed.call(tenants, "leads", SLUG).output == "nobody was counted\n"
    assert installed.call(tenants, "leads", SLUG, "--csv").output.startswith("\ufeffNº no mês;Nome;Canal;")
