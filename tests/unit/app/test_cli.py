"""The command line: a table, lazily imported."""

import subprocess
import sys

import click
import pytest

from app.cli import COMMANDS, main
from core.domain.errors import ConfigurationError


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_of_the_table_exists(name: str) -> None:
    """Each line of the table leads to a click command."""
    assert isinstance(COMMANDS[name].load(), click.Command)


def test_help_imports_no_command() -> None:
    """`reveza --help` is quick: it reads the table alone."""
    code = (
        "import atexit, sys; from app.cli import main; atexit.register(lambda: print(sorted(sys.modules)));"
        "main(['--help'])"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert not any(f"'{name}'" in loaded for name in ("aiohttp", "tortoise", "app.commands.up"))


def test_a_configuration_error_is_one_line_and_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever forgot a variable reads its name, not a traceback."""

    @click.command()
    def broken() -> None:
        message = "DATABASE_URL is not set"
        raise ConfigurationError(message)

    monkeypatch.setattr("app.cli.Entry.load", lambda _entry: broken)
    with pytest.raises(SystemExit) as ended:
        main(["web"])

    assert (ended.value.code, capsys.readouterr().err) == (2, "reveza: DATABASE_URL is not set\n")
