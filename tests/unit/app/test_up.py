"""What ``reveza up`` starts: an emulator for each real setting that is missing, and a page over them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from app import emulated
from app.commands.up import Run
from app.console import Console
from app.running import PROJECT
from core.domain.errors import ConfigurationError


@pytest.fixture(autouse=True)
def _nothing_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the caller's, and no ``.env`` of the project's."""
    for name in (*emulated.REPLACED_BY.values(), "REVEZA_ENV", "WEB_PORT", "WEB_HOST", "DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("app.commands.up.PROJECT", tmp_path)


def prepared(folder: Path, *, sandbox: bool = True) -> tuple[set[str], bool, dict[str, str]]:
    """The emulators that would be started, whether there would be a page, and what the children would be told."""
    places, made = Run(folder, Console(), port=None, sandbox=sandbox)._prepare()
    return set(places.emulators), places.page is not None, made


def test_with_nothing_given_everything_is_emulated(tmp_path: Path) -> None:
    """Each child is led to the emulators, the bot's token among it."""
    emulators, page, made = prepared(tmp_path)
    places = {"META_GRAPH_URL", "INSTAGRAM_GRAPH_URL", "ZAPI_URL", "ANTHROPIC_BASE_URL", "TELEGRAM_API_URL"}
    assert (emulators, page) == (set(emulated.REPLACED_BY), True)
    assert places | {"ANTHROPIC_API_KEY", "TELEGRAM_BOT_TOKEN"} <= set(made)


@pytest.mark.parametrize(("emulator", "setting"), emulated.REPLACED_BY.items())
def test_a_real_setting_replaces_its_emulator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, emulator: str, setting: str
) -> None:
    """One by one; the others stay, and the demo data is told which there are."""
    monkeypatch.setenv(setting, "given")
    emulators, page, made = prepared(tmp_path)
    assert (set(emulated.REPLACED_BY) - emulators, page, setting in made) == ({emulator}, True, False)
    assert set(made[emulated.EMULATORS_VARIABLE].split(",")) == emulators


def test_with_all_given_there_is_no_sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And no page."""
    for setting in emulated.REPLACED_BY.values():
        monkeypatch.setenv(setting, "given")
    assert prepared(tmp_path)[:2] == (set(), False)


def test_no_sandbox_means_none(tmp_path: Path) -> None:
    """Whatever is missing."""
    assert prepared(tmp_path, sandbox=False)[:2] == (set(), False)


def test_emulators_are_refused_in_production(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are no place for real leads."""
    monkeypatch.setenv("REVEZA_ENV", "production")
    with pytest.raises(ConfigurationError, match="--no-sandbox"):
        prepared(tmp_path)


def test_the_page_stays_where_it_is(tmp_path: Path) -> None:
    """A page that is open finds the next run."""
    ports = [Run(tmp_path, Console(), port=None, sandbox=True)._page_port() for _ in range(2)]
    assert ports[0] == ports[1]


def test_an_account_of_an_earlier_version_is_completed(tmp_path: Path) -> None:
    """What it has stays: the demo tenant's sealed token is still the one that the emulator takes."""
    emulated.file_of(tmp_path).write_text(json.dumps({"app_secret": "kept", "access_token": "kept too"}))
    account = emulated.EmulatedAccount.kept(tmp_path)
    assert (account.app_secret, account.access_token, len(account.zapi_client_token)) == ("kept", "kept too", 32)
    assert emulated.EmulatedAccount.kept(tmp_path) == account


def test_numbers_of_telegram_do_not_come_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The product remembers messages that the emulator has forgotten."""
    firsts = []
    for now in (1_800_000_000.0, 1_800_000_060.0):
        monkeypatch.setattr("app.emulated.time.time", lambda now=now: now)
        emulated.write_sandbox_config(emulated.EmulatedAccount.kept(tmp_path), tmp_path / "c.json", "http://web")
        firsts.append(json.loads((tmp_path / "c.json").read_text())["telegram"]["settings"]["first_message_id"])
    assert firsts[0] < firsts[1]


def test_the_supervising_process_stays_small() -> None:
    """It carries no ORM and no bot, though it serves the inspector."""
    script = (
        "import sys, app.commands.up, app.inspector; print({'tortoise', 'aiogram', 'anthropic'} & set(sys.modules))"
    )
    told = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, check=True, text=True)
    assert told.stdout.strip() == "set()"
