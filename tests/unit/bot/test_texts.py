"""What the bot says: complete in both languages, and HTML that Telegram reads."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from bot.texts import Catalogs, Html, language_of
from core.domain.errors import ConfigurationError, RevezaError
from sandbox.telegram.html_mode import parse_html

_BOT = Path(__file__).resolve().parents[3] / "bot"
_CATALOGS = Catalogs.load()
_STRINGS = {language: _CATALOGS.of(language)._strings for language in _CATALOGS.languages}
IDS = sorted(_STRINGS["pt-BR"])


def _names(string: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(string) if name is not None}


def _pattern(node: ast.expr) -> str | None:
    """What a string in the code may be; in one that is put together, anything may stand for what is put in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.escape(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(re.escape(str(one.value)) if isinstance(one, ast.Constant) else r"[\w.]+" for one in node.values)
    return None


def _expressions() -> Iterator[tuple[str, ast.expr]]:
    """Everything in the bot's code, with its place."""
    for path in _BOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.expr):
                yield f"{path.name}:{node.lineno}", node


def _asked() -> Iterator[tuple[str, str]]:
    """Where a text is asked for by its id, and the id."""
    for place, node in _expressions():
        if isinstance(node, ast.Call) and node.args and _is_text(node.func):
            first = node.args[0]
            for one in (first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,):
                pattern = _pattern(one)
                if pattern is not None:
                    yield place, pattern


def _is_text(function: ast.expr) -> bool:
    """``text(…)``, ``ask.text(…)``, ``text.plain(…)``."""
    if isinstance(function, ast.Attribute) and function.attr == "plain":
        return True
    return (isinstance(function, ast.Name) and function.id == "text") or (
        isinstance(function, ast.Attribute) and function.attr == "text"
    )


def test_both_languages_have_the_same_texts() -> None:
    """Whatever can be said is said in both."""
    assert sorted(_STRINGS["en"]) == IDS


@pytest.mark.parametrize("msgid", IDS)
def test_both_languages_take_the_same_values(msgid: str) -> None:
    """What is filled in in one is filled in in the other."""
    assert _names(_STRINGS["en"][msgid]) == _names(_STRINGS["pt-BR"][msgid])


@pytest.mark.parametrize("language", sorted(_STRINGS))
@pytest.mark.parametrize("msgid", IDS)
def test_every_text_is_html_that_telegram_reads(language: str, msgid: str) -> None:
    """Whatever the values are: they are escaped."""
    string = _STRINGS[language][msgid]
    values = dict.fromkeys(_names(string), 'a < b & "c" \'>')
    assert parse_html(_CATALOGS.of(language)(msgid, **values)).text.strip()


def test_every_text_that_is_asked_for_exists() -> None:
    """Wherever the code names one."""
    lost = [place for place, pattern in _asked() if not any(re.fullmatch(pattern, msgid) for msgid in IDS)]
    assert lost == []


def test_every_text_is_used() -> None:
    """None is left from what the bot once said. Those of errors are named by the errors' codes."""
    found = {_pattern(node) for _, node in _expressions()}
    patterns = [re.compile(pattern) for pattern in found if pattern is not None and "." in pattern]
    codes = {f"error.{one.code}" for one in _errors(RevezaError)}
    assert [one for one in IDS if one not in codes and not any(p.fullmatch(one) for p in patterns)] == []


def _errors(kind: type[RevezaError]) -> Iterator[type[RevezaError]]:
    yield kind
    for one in kind.__subclasses__():
        yield from _errors(one)


def test_every_refusal_has_its_words() -> None:
    """What a person may be told, when he is refused something, is told in his words."""
    refusals = {one.code for one in _errors(RevezaError) if one.status < 500 and one.__module__ == "core.domain.errors"}
    assert sorted(code for code in refusals if f"error.{code}" not in IDS) == []


def test_values_are_escaped_unless_they_are_html() -> None:
    """A lead's name cannot become a link."""
    text = _CATALOGS.of("en")
    escaped = text("group.linked_already", tenant="<b>&")
    assert escaped == "This group belongs to <b>&lt;b&gt;&amp;</b> already."
    assert "<i>x</i>" in text("group.linked_already", tenant=Html("<i>x</i>"))


def test_plain_texts_take_values_as_they_are() -> None:
    """A button shows what it is given."""
    assert _CATALOGS.of("en").plain("switch.toast", tenant="A & B") == "Now: A & B"


@pytest.mark.parametrize(
    ("code", "language"),
    [(None, "pt-BR"), ("", "pt-BR"), ("pt-br", "pt-BR"), ("pt", "pt-BR"), ("en-GB", "en"), ("de", "en")],
)
def test_a_language_that_telegram_tells_is_one_that_we_speak(code: str | None, language: str) -> None:
    """Portuguese where nothing is told; English for whom we do not understand."""
    assert (language_of(code), _CATALOGS.of(language_of(code)).language) == (language, language)


def _locale(folder: Path, **files: str) -> Path:
    place = folder / "en" / "LC_MESSAGES"
    place.mkdir(parents=True)
    for name, content in files.items():
        (place / f"{name}.po").write_text(content)
    return folder


def test_the_files_of_a_language_are_read_together(tmp_path: Path) -> None:
    """Each holds a part of what is said."""
    folder = _locale(tmp_path, one='msgid "a.b"\nmsgstr "A"\n', two='msgid "c.d"\nmsgstr "C"\n')
    text = Catalogs.load(folder).of("en")
    assert (text("a.b"), text("c.d"), "a.b" in text, "x" in text) == ("A", "C", True, False)


@pytest.mark.parametrize("second", ['msgid "a.b"\nmsgstr "B"\n', 'msgid "c.d"\nmsgstr ""\n', 'msgid "broken\n'])
def test_a_file_that_cannot_be_used_stops_the_start(tmp_path: Path, second: str) -> None:
    """An id that is there twice, one without a text, one that cannot be read."""
    folder = _locale(tmp_path, one='msgid "a.b"\nmsgstr "A"\n', two=second)
    with pytest.raises(ConfigurationError):
        Catalogs.load(folder)
