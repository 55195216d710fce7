"""One machine: given settings win, one run a project, what a killed run left is ended."""

import base64
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from app import emulated, running
from app.embedded.processes import Identity
from app.local import Servers, end_left_behind, given_settings, only_run, secret_key, web_port
from core.domain.errors import ConfigurationError, Unavailable


def _identity(pid: int) -> Identity:
    identity = Identity.of(pid)
    assert identity is not None
    return identity


def test_given_servers_are_not_embedded(tmp_path: Path) -> None:
    """DATABASE_URL and REDIS_URL win: nothing is started."""
    servers = Servers(tmp_path, {"DATABASE_URL": "postgresql://x", "REDIS_URL": "redis://x"})
    servers.start()

    assert (servers.environment, list(tmp_path.iterdir())) == ({}, [])


def test_an_empty_value_counts_as_not_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line left as it is in .env.example changes nothing."""
    (tmp_path / ".env").write_text("DATABASE_URL=\nREDIS_URL=redis://file\nWEB_PORT=1\n")
    monkeypatch.setenv("WEB_PORT", "2")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)

    given = given_settings(tmp_path / ".env")

    assert ("DATABASE_URL" in given, given["REDIS_URL"], given["WEB_PORT"]) == (False, "redis://file", "2")


def test_a_second_run_of_the_project_is_refused(tmp_path: Path) -> None:
    """Two runs would start two servers on the same data."""
    with only_run(tmp_path), pytest.raises(Unavailable, match="already runs"), only_run(tmp_path):
        pass


def test_children_of_a_killed_run_are_ended(tmp_path: Path) -> None:
    """Their numbers were kept; the next run ends them before it starts its own."""
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    running.save(running.Running(Identity(1, 0.0)).with_child("worker", _identity(child.pid)), tmp_path)

    assert (end_left_behind(tmp_path), child.wait(5) != 0) == (["worker"], True)
    assert child.stdin is not None
    child.stdin.close()


def test_a_stranger_with_a_childs_number_is_left_alone(tmp_path: Path) -> None:
    """Numbers are used again: the start time tells the processes apart."""
    stranger = Identity(os.getpid(), 1.0)
    running.save(running.Running(Identity(1, 0.0)).with_child("worker", stranger), tmp_path)

    assert end_left_behind(tmp_path) == []


def test_the_secret_key_is_made_once(tmp_path: Path) -> None:
    """Stored credentials open only with the key that sealed them."""
    first = secret_key(tmp_path)

    assert (secret_key(tmp_path), len(base64.b64decode(first))) == (first, 32)


def test_a_port_that_was_asked_for_is_not_replaced(tmp_path: Path) -> None:
    """Whoever names a port gets that one, or is told who to ask."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"port {port} is taken"):
            web_port(tmp_path, {}, port)


def test_the_usual_port_is_replaced_when_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two projects run side by side; each keeps its replacement."""
    monkeypatch.setattr("app.local.is_free", lambda *_place: False)

    assert web_port(tmp_path, {}, None) == web_port(tmp_path, {}, None)


def test_the_emulated_accounts_secrets_are_made_once(tmp_path: Path) -> None:
    """The demo tenant's sealed token stays the one that the emulator accepts."""
    account = emulated.EmulatedAccount.kept(tmp_path)

    assert (emulated.EmulatedAccount.kept(tmp_path), account.app_secret != account.access_token) == (account, True)


def test_the_emulated_account_is_found_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`demo-data` runs in a process of its own and reads the file that `up` names."""
    account = emulated.EmulatedAccount.kept(tmp_path)
    monkeypatch.setenv(emulated.FILE_VARIABLE, str(emulated.file_of(tmp_path)))

    assert emulated.EmulatedAccount.named_by_environment() == account


def test_a_run_is_current_while_its_supervisor_lives(tmp_path: Path) -> None:
    """`say` must not talk to a run that is gone."""
    running.save(running.Running(_identity(os.getpid())), tmp_path)
    alive = running.current(tmp_path)
    running.save(running.Running(Identity(os.getpid(), 1.0)), tmp_path)

    assert (alive is not None, running.current(tmp_path)) == (True, None)
