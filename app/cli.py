"""The command line: a table of commands, each imported only when it is called."""

import importlib
import sys
from dataclasses import dataclass
from typing import Any

import click

from core.domain.errors import ConfigurationError, RevezaError


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a command is defined (``module:attribute``), and its line in ``reveza --help``."""

    target: str
    summary: str

    def load(self) -> click.Command:
        """Import the command."""
        module, _, attribute = self.target.partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


COMMANDS = {
    "up": Entry("app.commands.up:up", "Start everything on this machine; Ctrl-C stops it."),
    "say": Entry("app.commands.say:say", "Write as a lead to a running `up` and print the answer."),
    "test": Entry("app.commands.test:test", "Check style, types, import directions and run the tests."),
    "doctor": Entry("app.commands.doctor:doctor", "Look at every dependency and say how to mend what is wrong."),
    "web": Entry("app.commands.web:web", "Run the web process."),
    "worker": Entry("app.commands.worker:worker", "Run the worker process."),
    "scheduler": Entry("app.commands.scheduler:scheduler", "Run the scheduler process."),
    "bot": Entry("app.commands.bot:bot", "Run the team's bot in Telegram."),
    "migrate": Entry("app.commands.migrate:migrate", "Make roles and bring the database up to date."),
    "backup": Entry("app.commands.backup:backup", "Write everything that is stored into one file, and verify it."),
    "restore": Entry("app.commands.restore:restore", "Put a backup in the place of what is stored."),
    "demo-data": Entry("app.commands.demo_data:demo_data", "Make the demo tenant."),
    "job": Entry("app.commands.job:job", "Do a scheduled job by hand, or list them all."),
    "tenants": Entry("app.commands.tenants:tenants", "Make, list or look after the businesses; also `tenant`."),
    "follow-ups": Entry("app.commands.follow_ups:follow_ups", "Look at what is written to leads who fell silent."),
    "plan": Entry("app.commands.plans:plans", "List or change what tenants may pay for."),
    "dead-letters": Entry("app.commands.dead_letters:dead_letters", "List, retry or drop work that was given up."),
    "lead": Entry("app.commands.lead:lead", "Forget a lead."),
    "hold": Entry("app.commands.holds:hold", "Keep a lead, or a business, from expiring and from being erased."),
    "breach": Entry("app.commands.breach:breach", "List whom a breach affected, and until when they have to be told."),
    "rotate-key": Entry("app.commands.rotate_key:rotate_key", "Seal everything anew under the current secret key."),
    "audit": Entry("app.commands.audit:audit", "Look whether anybody has changed the audit log."),
    "tombstones": Entry("app.commands.tombstones:tombstones", "Look at who was forgotten, and make it true again."),
    "channels": Entry("app.commands.channels:channels", "Connect accounts; look at what a channel's webhooks say."),
    "miniapp": Entry("app.commands.miniapp:miniapp", "Print the API that the managers' pages speak to."),
    "guard": Entry("app.commands.guard:guard", "Judge messages and replies from a file."),
    "bench": Entry("app.commands.bench:bench", "Measure this installation."),
}
ALIASES = {"tenant": "tenants"}
"""Other names that commands go by."""


class LazyGroup(click.Group):
    """A group that knows its commands by table: ``--help`` imports none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 click's signature
        """The table's names, in the table's order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 click's signature
        """Import one command."""
        entry = COMMANDS.get(ALIASES.get(cmd_name, cmd_name))
        return entry.load() if entry else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 the same
        """List the table."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in COMMANDS.items()])


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Reveza: an AI attendant and a human team take turns answering leads."""


def main(arguments: list[str] | None = None) -> Any:
    """Run a command; errors of ours end in one readable line, not in a traceback."""
    try:
        return cli.main(args=arguments, prog_name="reveza")
    except ConfigurationError as error:
        click.echo(f"reveza: {error}", err=True)
        sys.exit(2)
    except RevezaError as error:
        click.echo(f"reveza: {error}", err=True)
        sys.exit(1)
    except Exception as error:
        if not _database_refused(error):
            raise
        click.echo(f"reveza: the database does not let us in ({type(error).__name__}): {_DATABASE_MEND}", err=True)
        sys.exit(1)


_DATABASE_MEND = "check that DATABASE_URL is right and its server runs, then run `./reveza migrate`"


def _database_refused(error: BaseException) -> bool:
    """Whether a command ended because its role cannot connect; looked up late, for most commands need no database."""
    import asyncpg  # noqa: PLC0415 - see above
    from tortoise.exceptions import DBConnectionError  # noqa: PLC0415 - see above

    refusals = (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError, DBConnectionError)
    return isinstance(error, (*refusals, ConnectionRefusedError))
