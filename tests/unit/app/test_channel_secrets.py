"""Where the secrets of a new account come from."""

import io
import sys

import pytest

from app.channel_secrets import SecretSource, secret_source
from core.domain.errors import BadRequest

TOKEN = {"access_token": "META_ACCESS_TOKEN"}
BOTH = {"app_secret": "META_APP_SECRET", "verify_token": "META_VERIFY_TOKEN"}


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own say nothing here."""
    for variable in (*TOKEN.values(), *BOTH.values()):
        monkeypatch.delenv(variable, raising=False)


def piped(monkeypatch: pytest.MonkeyPatch, text: str) -> SecretSource:
    """What a pipe brings."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    return secret_source(stdin=True)


def test_a_stream_gives_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """A JSON object by name."""
    assert piped(monkeypatch, '{"access_token": "t\\n"}').all_of(TOKEN) == {"access_token": "t"}


@pytest.mark.parametrize("text", ["", "hush", '["hush"]', '{"access_token": ["hush"]}'])
def test_a_stream_of_something_else_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """In words that do not quote it."""
    with pytest.raises(BadRequest) as raised:
        piped(monkeypatch, text)
    assert "hush" not in str(raised.value)


def test_variables_give_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the stream does not."""
    monkeypatch.setenv("META_ACCESS_TOKEN", "t")
    assert SecretSource(prompts=False).all_of(TOKEN) == {"access_token": "t"}


def test_what_nobody_gives_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With its variable."""
    monkeypatch.setenv("META_APP_SECRET", "s")
    with pytest.raises(BadRequest, match=r"^missing: verify_token \(META_VERIFY_TOKEN\)$"):
        SecretSource(prompts=False).all_of(BOTH)


def test_none_may_be_given() -> None:
    """Where they stand already."""
    assert SecretSource(prompts=False).all_or_none_of(BOTH) is None


def test_some_may_not_be_given() -> None:
    """Sealed together, they are changed together."""
    with pytest.raises(BadRequest, match="together"):
        SecretSource({"app_secret": "s"}, prompts=False).all_or_none_of(BOTH)


def test_what_is_optional_is_never_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is taken where it stands, and nobody is asked for it."""
    monkeypatch.setenv("META_APP_SECRET", "s")
    assert SecretSource(prompts=True).those_given(BOTH) == {"app_secret": "s"}


def test_they_are_not_in_the_repr() -> None:
    """A traceback shows none."""
    assert "hush" not in repr(SecretSource({"access_token": "hush"}))
