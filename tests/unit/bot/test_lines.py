"""What was said, as messages that Telegram takes."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import takewhile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lines import Relayed, relayed, viewed
from bot.pieces import LONGEST, shown_units
from bot.texts import Catalogs, Html
from core.domain.conversation import Author
from core.domain.ids import uuid7
from core.services.scenes import SpokenLine
from sandbox.telegram.formatting import units
from sandbox.telegram.html_mode import parse_html

TEXT = Catalogs.load().of("pt-BR")
WHO = Html("<b>D&#x27;Ávila &amp; Filhos</b>")
_SIGNS = st.sampled_from(["a", "é", "😀", " ", "\n", "&", "<", "'", "palavra "])


def _line(words: str, seq: int = 1, author: Author = Author.LEAD) -> SpokenLine:
    return SpokenLine(uuid7(), seq, author, "text", words, datetime(2026, 11, 25, 9, 30, tzinfo=UTC), member="Ana")


def _relay(lines: list[SpokenLine], who: Html | None = None) -> list[Relayed]:
    """Every message that it takes."""
    made: list[Relayed] = []
    parts = 0
    while lines:
        made.append(relayed(lines, TEXT, who, parts))
        parts = made[-1].parts
        lines = lines[len(made[-1].told) :]
    return made


def _read(message: Relayed) -> str:
    return _text(message.html)


def _text(html: Html) -> str:
    return str(parse_html(html).text)


@pytest.mark.parametrize("words", ["d'água " * 500, "1 < 2 && 3 > 2 " * 200, '"' * 4000])
def test_signs_that_are_escaped_take_no_more_room_than_others(words: str) -> None:
    """Telegram counts what is read: a long text with an apostrophe is shown whole, in one message."""
    (message,) = _relay([_line(words.strip())])
    assert _read(message) == f"👤 {words.strip()}"


def test_in_a_burst_every_message_is_whole() -> None:
    """The second is as long as the first may be."""
    first, second = "primeiro " * 200, "segundo " * 200
    (message,) = _relay([_line(first), _line(second, 2)])
    assert _read(message) == f"👤 {first.strip()}\n👤 {second.strip()}"


def test_emoji_count_as_telegram_counts_them() -> None:
    """Two units each: what has 2,100 takes two messages, and none is torn."""
    messages = _relay([_line("😀" * 2100)])
    assert "".join(_read(one).removeprefix("👤 ") for one in messages) == "😀" * 2100
    assert [units(_read(one)) <= LONGEST for one in messages] == [True, True]


@given(st.lists(st.lists(_SIGNS, min_size=1, max_size=60), min_size=1, max_size=5), st.sampled_from([WHO, None]))
def test_whatever_is_said_is_shown_whole_and_in_order(said: list[list[str]], who: Html | None) -> None:
    """Every message is one that Telegram takes, and together they hold every word; only the last part tells the line."""
    lines = [_line("".join(signs) * 90, seq) for seq, signs in enumerate(said, 1)]
    messages = _relay(lines, who)
    assert all(units(_read(one)) <= LONGEST for one in messages)
    assert [line.seq for one in messages for line in one.told] == [line.seq for line in lines]
    shown = "".join("".join(_read(one).removeprefix("D'Ávila & Filhos\n").split()) for one in messages)
    assert shown.replace("👤", "") == "".join("".join(line.text.split()) for line in lines)


def test_each_part_says_whose_it_is() -> None:
    """A colleague's long words: his name stands before every part, the lead's above it."""
    messages = _relay([_line("palavra " * 1500, author=Author.ATTENDANT)], WHO)
    assert [_read(one).split(": ")[0] for one in messages] == ["D'Ávila & Filhos\n🙋 Ana"] * 3


def test_a_part_that_is_there_is_not_shown_again() -> None:
    """What comes next is what is behind it."""
    line = _line("palavra " * 1500)
    parts = [relayed([line], TEXT, None, shown) for shown in range(3)]
    assert [(one.parts, len(one.told)) for one in parts] == [(1, 0), (2, 0), (0, 1)]


def test_words_that_were_made_shorter_meanwhile_end() -> None:
    """More parts are there than it has now: its last one is shown, and it is told."""
    message = relayed([_line("palavra " * 600)], TEXT, None, 7)
    assert (message.parts, len(message.told)) == (0, 1)


def test_a_view_shows_the_newest_message_whole_and_says_what_it_cuts() -> None:
    """Older ones end in an ellipsis where there is more of them."""
    view = _text(viewed("Ana", [_line("palavra " * 100), _line("palavra " * 1500, 2)], TEXT))
    assert view.count("palavra") == 75 + 1500
    assert view.count("…") == 1


def test_a_view_says_that_there_is_more_above_it() -> None:
    """What one message of Telegram does not hold is left out, the oldest first."""
    view = viewed("Ana", [_line(f"{seq:02d} " * 200, seq) for seq in range(20)], TEXT)
    assert _text(view).splitlines()[:2] == ["Ana", "… há mensagens anteriores"]
    assert shown_units(view) <= LONGEST
    assert "\N{BUST IN SILHOUETTE} 19 19" in view


def test_a_view_of_little_shows_all_of_it() -> None:
    """And says so of nothing."""
    assert "…" not in viewed("Ana", [_line("Oi"), _line("Alguém aí?", 2)], TEXT)


def test_an_endless_name_leaves_room_for_words() -> None:
    """However long what stands above them, there are parts of words, and an end of them."""
    messages = list(takewhile(lambda one: one.parts < 100, _relay([_line("palavra " * 600)], Html("x" * 4000))))
    assert [line.seq for one in messages for line in one.told] == [1]


def test_tags_take_nothing() -> None:
    """And an escaped sign takes one."""
    assert shown_units("<b>a</b> &amp; &#x27;😀") == len("a & '") + 2


def test_what_nobody_asked_for_is_marked() -> None:
    """Whoever looks at a conversation sees which of the AI's words were a follow-up."""
    asked = _line("Custa R$ 120,00.", author=Author.AI)
    html = viewed("Ana", [asked, replace(asked, text="Ainda posso ajudar?", unasked=True)], TEXT)
    assert "🤖 Custa R$ 120,00." in _text(html)
    assert "🔁 Retomada: Ainda posso ajudar?" in _text(html)
