"""The operators' plans, and which of them a business is on."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from core.domain.changes import ChangeKind
from core.domain.errors import BadRequest, Conflict, NotFound
from core.domain.plans import Plan, Terms, fault_in
from core.services.audit import OPERATOR, audit
from db.tenancy import platform_scope, tenant_scope


async def list_plans() -> Sequence[Plan]:
    """All of them, the smallest first, archived ones last."""
    async with platform_scope() as scope:
        return [Plan(**row) for row in await scope.rows("plans")]


async def add_plan(plan: Plan) -> None:
    """Offer one more. Raises ``BadRequest`` for what is no plan, ``Conflict`` for a key that is taken."""
    _check(plan)
    async with platform_scope() as scope:
        if await scope.row("add_plan", *asdict(plan).values()) is None:
            message = f"there is a plan {plan.key!r} already: change it with `plan set`"
            raise Conflict(message)


async def change_plan(key: str, **changes: object) -> Plan:
    """It is as given from now on, for this month of everybody on it too; months that are over keep what they were.

    ``changes`` are fields of ``Plan``. Raises ``NotFound``, ``BadRequest``.
    """
    async with platform_scope() as scope:
        row = await scope.row("lock_plan", key)
        if row is None:
            raise _no_plan(key)
        changed = replace(Plan(**row), **changes)  # type: ignore[arg-type] # a wrong field is a bug of the caller's
        _check(changed)
        await scope.row("change_plan", *asdict(changed).values())
    return changed


async def put_on_plan(tenant_id: UUID, key: str, *, who: str = OPERATOR) -> Plan:
    """The business pays for this plan from now on, this month with it. Raises ``NotFound``, ``Conflict`` when it is archived."""
    async with tenant_scope(tenant_id) as scope:
        row = await scope.row("plan_of_key", tenant_id, key)
        if row is None:
            raise _no_plan(key)
        plan = Plan(**row)
        if plan.archived:
            message = f"the plan {key!r} is archived: nobody is put on it any more"
            raise Conflict(message)
        if await scope.row("put_on_plan", tenant_id, key) is not None:
            scope.changed(ChangeKind.SETTINGS, tenant_id)
            await audit(tenant_id, who, "tenant.plan_changed", key, leads=plan.leads, attendants=plan.attendants)
    return plan


def terms_of(row: Mapping[str, Any]) -> Terms:
    """Under what the month in a row of ``usage_of_months`` counts."""
    return Terms(row["plan"], row["plan_leads"], row["price_cents"], row["excess_cents"], row["currency"])


def _check(plan: Plan) -> None:
    if fault := fault_in(plan):
        raise BadRequest(fault)


def _no_plan(key: str) -> NotFound:
    return NotFound(f"there is no plan {key!r}; `plan list` tells which there are")
