"""``reveza bench``: this installation measured, on embedded servers of its own."""

import sys
from pathlib import Path

import click

from app.bench.ingest import Ask, play
from app.bench.reference import Reference
from app.bench.report import ingest_table
from app.bench.stage import Stage
from app.embedded.places import scratch_dir


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
