"""What a check of the command line found: a line each, and an exit that says so."""

from collections.abc import Sequence

import click

from core.domain.errors import Conflict


def tell_faults(faults: Sequence[str], *, none: str) -> None:
    """Print them, or ``none``. Raises ``Conflict`` when there are any."""
    for fault in faults:
        click.echo(fault)
    if faults:
        message = f"{len(faults)} faults"
        raise Conflict(message)
    click.echo(none)
