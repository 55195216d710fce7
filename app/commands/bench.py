"""``reveza bench``: this installation measured, on embedded servers of its own."""

import sys
from itertools import product
from pathlib import Path
from statistics import median

import click

from app.bench import jobs as job_bench
from app.bench.ingest import Ask, play
from app.bench.memory import measure
from app.bench.phone import TARGET_MS, phone_table, waterfall
from app.bench.phone import play as play_phone
from app.bench.pipeline import look, table
from app.bench.reference import Reference
from app.bench.report import ingest_table
from app.bench.scenes import PACED, SATURATED, WAITING, Wanted
from app.bench.sse import Ask as SseAsk
from app.bench.sse import play as play_sse
from app.bench.sse import sse_table
from app.bench.stage import Crowd, Stage
from app.bench.turn_report import memory_table, turn_line, turns_table
from app.bench.turns import TurnRound
from app.bench.turns import play as play_turns
from app.browser import VARIABLE, find_browser
from app.embedded.places import scratch_dir

_MEMORY = "memory"
_PARTS = (SATURATED, WAITING, PACED, _MEMORY)
_WATCHING = 3
"""Screens that wait for the same message."""


@click.group()
def bench() -> None:
    """Measure this installation."""


@bench.command()
@click.option(
    "--against", type=click.Path(file_okay=False, path_type=Path), help="A set-up copy of the reference's bench."
)
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True)
@click.option("--rate", type=click.FloatRange(0), default=0, help="Deliveries a second; 0: as many as it takes.")
@click.option("--conns", type=click.IntRange(1), default=64, show_default=True)
@click.option("--duration", type=click.FloatRange(1), default=8, show_default=True, help="Seconds measured a round.")
def ingest(*, against: Path | None, rounds: int, rate: float, conns: int, duration: float) -> None:
    """Signed deliveries against `reveza web` with default settings; the accounts are checked after every round."""
    ask = Ask(conns, rate, duration)
    reference = Reference(against.resolve()) if against else None
    ours, theirs = [], []
    with scratch_dir("reveza-bench-") as folder, Stage(folder).standing() as stage:
        for number in range(1, rounds + 1):
            if reference is not None:
                theirs.append(reference.play(ask))
                click.echo(f"{number}: reference {theirs[-1].rate:.0f}/s, integrity {theirs[-1].integrity}", err=True)
            ours.append(play(stage, ask))
            click.echo(f"{number}: reveza {ours[-1].rate:.0f}/s {'; '.join(ours[-1].faults) or 'ok'}", err=True)
    click.echo(ingest_table(ours, theirs))
    if any(one.faults for one in ours):
        sys.exit(1)


@bench.command()
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True)
@click.option("--in-flight", type=click.IntRange(1), default=500, show_default=True, help="Turns under way at a time.")
@click.option(
    "--rate", type=click.FloatRange(min=0, min_open=True), default=20, show_default=True, help="Messages a second."
)
@click.option("--model", type=click.FloatRange(0), default=2, show_default=True, help="Seconds the model takes.")
@click.option("--duration", type=click.FloatRange(1), default=15, show_default=True, help="Seconds measured a round.")
@click.option("--leads", type=click.IntRange(1), default=1000, show_default=True, help="Leads of each of 20 tenants.")
@click.option("--only", type=click.Choice(_PARTS), multiple=True, help="Measure this part alone; may be repeated.")
def turns(
    *, rounds: int, in_flight: int, rate: float, model: float, duration: float, leads: int, only: tuple[str, ...]
) -> None:
    """Turns through one `reveza worker` with default settings, from signed webhook to sent answer.

    The model and the channel are stand-ins over HTTP, so that nothing else is slow. The accounts are checked after
    every round.
    """
    crowd = Crowd(leads=leads, answered=True)
    scenes = Wanted(in_flight, rate, model, duration).scenes(only or _PARTS)
    if any(scene.together > crowd.size for scene in scenes):
        message = "a lead would write again while he waits for an answer: take more --leads"
        raise click.UsageError(message)
    played: dict[str, list[TurnRound]] = {scene.title: [] for scene in scenes}
    with scratch_dir("reveza-bench-") as folder:
        if scenes:
            with Stage(folder, crowd).standing() as stage:
                for number, scene in product(range(1, rounds + 1), scenes):
                    played[scene.title].append(play_turns(stage, scene))
                    click.echo(f"{number}: {turn_line(scene.title, played[scene.title][-1:])}", err=True)
            click.echo(turns_table(played))
        if _MEMORY in (only or _PARTS):
            click.echo(memory_table(measure(folder)))
    if any(one.faults for rounds_of in played.values() for one in rounds_of):
        sys.exit(1)


@bench.command()
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True)
@click.option("--clients", type=click.IntRange(1), default=1000, show_default=True, help="Screens, of all tenants.")
@click.option("--tenants", type=click.IntRange(1), default=100, show_default=True)
@click.option(
    "--rate", type=click.FloatRange(min=0, min_open=True), default=200, show_default=True, help="Events a second."
)
@click.option("--duration", type=click.FloatRange(1), default=10, show_default=True, help="Seconds measured a round.")
def sse(*, rounds: int, clients: int, tenants: int, rate: float, duration: float) -> None:
    """Live events through one `reveza web` to many signed-in screens of the Mini App."""
    if clients % tenants or clients // tenants < _WATCHING:
        message = f"deal as many --clients to each of the --tenants, and {_WATCHING} at least"
        raise click.UsageError(message)
    ask = SseAsk(clients, rate, duration)
    with scratch_dir("reveza-bench-") as folder, Stage(folder, Crowd(tenants, leads=100)).standing() as stage:
        played = [play_sse(stage, ask) for _ in range(rounds)]
    click.echo(sse_table(played, ask, tenants))
    if any(one.faults for one in played):
        sys.exit(1)


@bench.command()
@click.option("--times", type=click.IntRange(1, 100), default=40, show_default=True, help="How often each is asked.")
def pipeline(*, times: int) -> None:
    """What the managers' screens ask of `reveza web`, of a business with 50,000 leads beside another with 5,000."""
    with scratch_dir("reveza-bench-") as folder, Stage(folder, Crowd(tenants=0)).standing() as stage:
        click.echo(table(look(stage, times)))


@bench.command()
@click.option("--leads", type=click.IntRange(1), default=1_000_000, show_default=True)
@click.option("--messages", type=click.IntRange(1), default=3, show_default=True, help="Of each lead.")
@click.option("--tenants", type=click.IntRange(1), default=200, show_default=True)
@click.option(
    "--rate", type=click.FloatRange(min=0, min_open=True), default=100, show_default=True, help="Deliveries a second."
)
@click.option("--duration", type=click.FloatRange(1), default=20, show_default=True, help="Seconds measured in each.")
def jobs(*, leads: int, messages: int, tenants: int, rate: float, duration: float) -> None:
    """The scheduled jobs over many leads, and what webhooks to `reveza web` feel of each meanwhile."""
    ask = job_bench.Ask(leads, messages, rate, duration)
    with scratch_dir("reveza-bench-") as folder, Stage(folder, Crowd(tenants, leads=100)).standing() as stage:
        click.echo(job_bench.table(job_bench.play(stage, ask)))


@bench.command()
@click.option(
    "--rounds", type=click.IntRange(1, 50), default=3, show_default=True, help="How often each page is opened."
)
@click.option("--fetched", is_flag=True, help="What the last opening of each page fetched, and when.")
def phone(*, rounds: int, fetched: bool) -> None:
    """The managers' Mini App on a slow phone with nothing cached: when a page is there to be used.

    Needs Chromium or Chrome. Fails where a page is later than its target.
    """
    browser = find_browser()
    if browser is None:
        message = f"no Chromium or Chrome here: install one (Debian: apt install chromium), or name it in {VARIABLE}"
        raise click.ClickException(message)
    with scratch_dir("reveza-bench-") as folder, Stage(folder, Crowd(tenants=0)).standing() as stage:
        opened = play_phone(stage, folder / "browser", browser, rounds)
    if fetched:
        click.echo("\n".join(f"{name}\n{waterfall(of[-1])}\n" for name, of in opened.items()))
    click.echo(phone_table(opened))
    if any(median(one.usable for one in of) > TARGET_MS for of in opened.values()):
        sys.exit(1)
