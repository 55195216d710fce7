"""What ``reveza up`` is made of: an emulator for each real setting that is missing, and a page over them."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from app import emulated
from app.run_plan import RunPlan, plan_run
from app.running import PROJECT
from core.domain.errors import ConfigurationError


def planned(folder: Path, given: Mapping[str, str], *, sandbox: bool = True) -> RunPlan:
    """What a run with these settings is made of."""
    return plan_run(folder, given, {}, port=None, sandbox=sandbox)


def test_with_nothing_given_everything_is_emulated(tmp_path: Path) -> None:
    """Each child is led to the emulators, the bot's token among it."""
    plan = planned(tmp_path, {})
    places = {"META_GRAPH_URL", "INSTAGRAM_GRAPH_URL", "ZAPI_URL", "ANTHROPIC_BASE_URL", "TELEGRAM_API_URL"}
    assert (set(plan.emulators), plan.page is not None) == (set(emulated.REPLACED_BY), True)
    assert places | {"ANTHROPIC_API_KEY", "TELEGRAM_BOT_TOKEN"} <= set(plan.environment)


@pytest.mark.parametrize(("emulator", "setting"), emulated.REPLACED_BY.items())
def test_a_real_setting_replaces_its_emulator(tmp_path: Path, emulator: str, setting: str) -> None:
    """One by one; the others stay, and the demo data is told which there are."""
    plan = planned(tmp_path, {setting: "given"})
    assert set(emulated.REPLACED_BY) - set(plan.emulators) == {emulator}
    assert setting not in plan.environment
    assert set(plan.environment[emulated.EMULATORS_VARIABLE].split(",")) == set(plan.emulators)


def test_the_page_opens_the_panel_where_telegram_is_emulated(tmp_path: Path) -> None:
    """The emulated BotFather knows where it is, the bot tells it too, and the page may frame it."""
    plan = planned(tmp_path, {})
    [bot] = json.loads((tmp_path / "sandbox.json").read_text())["telegram"]["bots"]
    assert (bot["main_web_app_url"], plan.environment["PUBLIC_URL"]) == (f"{plan.web}/miniapp/", plan.web)
    assert plan.page in plan.environment["MINIAPP_FRAMED_BY"].split()
    real = planned(tmp_path, {"TELEGRAM_BOT_TOKEN": "given"})
    assert real.environment.keys() & {"PUBLIC_URL", "MINIAPP_FRAMED_BY"} == set()


def test_with_all_given_there_is_no_sandbox(tmp_path: Path) -> None:
    """And no page."""
    plan = planned(tmp_path, dict.fromkeys(emulated.REPLACED_BY.values(), "given"))
    assert (plan.emulators, plan.page) == ({}, None)


def test_no_sandbox_means_none(tmp_path: Path) -> None:
    """Whatever is missing."""
    plan = planned(tmp_path, {}, sandbox=False)
    assert (plan.emulators, plan.page) == ({}, None)


def test_emulators_are_refused_in_production(tmp_path: Path) -> None:
    """They are no place for real leads."""
    with pytest.raises(ConfigurationError, match="--no-sandbox"):
        planned(tmp_path, {"REVEZA_ENV": "production"})


def test_the_page_stays_where_it_is(tmp_path: Path) -> None:
    """A page that is open finds the next run."""
    assert planned(tmp_path, {}).page == planned(tmp_path, {}).page


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
