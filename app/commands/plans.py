"""``reveza plan``: what this installation offers to its tenants."""

import asyncio
from collections.abc import Awaitable
from decimal import Decimal, InvalidOperation
from typing import TypeVar

import click

from app.database import open_live_database
from app.settings import load_settings
from core.domain.errors import BadRequest
from core.domain.plans import Money, Plan
from core.services.plans import add_plan, change_plan, list_plans

Result = TypeVar("Result")


@click.group(name="plan")
def plans() -> None:
    """List, add, change or archive the plans that tenants are put on."""


@plans.command(name="list")
def list_all() -> None:
    """Print every plan: key, leads a month, people in the team, price, price of each lead beyond, name."""
    for one in in_database(list_plans()):
        click.echo(_described(one))


@plans.command()
@click.argument("key")
@click.option("--name", required=True, help="What it is called.")
@click.option("--leads", required=True, type=int, help="Leads a month.")
@click.option("--attendants", required=True, type=int, help="People in the team: everybody there may answer leads.")
@click.option("--price", default="0", show_default=True, help="Of a month, as 197.00.")
@click.option("--excess-price", default="0", show_default=True, help="Of each lead beyond.")
@click.option("--currency", default="BRL", show_default=True, help="Its code.")
def add(key: str, *, name: str, leads: int, attendants: int, price: str, excess_price: str, currency: str) -> None:
    """Offer one more plan, under KEY."""
    plan = Plan(key, name, leads, attendants, _cents(price), _cents(excess_price), currency)
    in_database(add_plan(plan))
    click.echo(_described(plan))


@plans.command(name="set")
@click.argument("key")
@click.option("--name", help="What it is called.")
@click.option("--leads", type=int, help="Leads a month.")
@click.option("--attendants", type=int, help="People in the team.")
@click.option("--price", help="Of a month, as 197.00.")
@click.option("--excess-price", help="Of each lead beyond.")
@click.option("--currency", help="Its code.")
@click.option("--archived/--offered", default=None, help="Whether nobody more is put on it.")
def set_fields(key: str, **given: object) -> None:
    """Change the plan KEY, this month of everybody on it too; months that are over keep what they were counted under."""
    changes = {name: value for name, value in given.items() if value is not None}
    for name, field in (("price", "price_cents"), ("excess_price", "excess_cents")):
        if name in changes:
            changes[field] = _cents(str(changes.pop(name)))
    click.echo(_described(in_database(change_plan(key, **changes))))


@plans.command()
@click.argument("key")
def archive(key: str) -> None:
    """Put nobody more on the plan KEY; who is on it stays."""
    click.echo(_described(in_database(change_plan(key, archived=True))))


def in_database(work: Awaitable[Result]) -> Result:
    """What comes of it, with the database open."""

    async def run() -> Result:
        async with open_live_database(load_settings(), process="cli", pool=2):
            return await work

    return asyncio.run(run())


def amount(money: Money) -> str:
    """An amount as the command line writes it."""
    return f"{money.currency} {Decimal(money.cents).scaleb(-2):,.2f}"


def _described(one: Plan) -> str:
    beyond = amount(Money(one.excess_cents, one.currency))
    tail = "  (archived)" if one.archived else ""
    return f"{one.key}  {one.leads} leads  {one.attendants} people  {amount(one.terms.price)}  {beyond} each beyond  {one.name}{tail}"


def _cents(price: str) -> int:
    try:
        cents = Decimal(price) * 100
    except InvalidOperation:
        cents = Decimal("NaN")
    if not cents.is_finite() or cents != cents.to_integral_value():
        message = f"{price!r} is no price: an amount like 197.00 is expected"
        raise BadRequest(message)
    return int(cents)
