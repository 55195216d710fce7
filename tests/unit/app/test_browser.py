"""The browser for the browser tests."""

from pathlib import Path

import pytest

from app import browser


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Something that can be run."""
    made = tmp_path / "chromium"
    made.write_text("#!/bin/sh\n")
    made.chmod(0o755)
    return made


def test_one_on_the_path_is_found(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its usual name."""
    monkeypatch.delenv(browser.VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(program.parent))
    assert browser.find_browser() == str(program)


def test_a_named_one_that_is_not_there_is_none(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever names one means that one and no other."""
    monkeypatch.setenv("PATH", str(program.parent))
    monkeypatch.setenv(browser.VARIABLE, "/nowhere/chrome")
    assert browser.find_browser() is None


def test_without_the_right_to_install_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is tried, and it is said."""
    monkeypatch.delenv(browser.VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("app.browser._ELSEWHERE", ())
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert browser.install_browser() is False
