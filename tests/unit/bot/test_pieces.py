"""Long texts in messages that Telegram takes."""

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from bot.pieces import LONGEST, pieces
from bot.texts import Html
from sandbox.telegram.formatting import units
from sandbox.telegram.html_mode import parse_html

_SIGNS = st.sampled_from(["a", "é", "😀", " ", "\n", "&", "<", "'"])
_WORDS = st.lists(st.text(_SIGNS, max_size=40), max_size=30).map(lambda parts: "".join(parts) * 12)


def _read(text: str) -> str:
    return re.sub(r"\s+", "", text)


@given(st.lists(st.tuples(_WORDS, st.sampled_from(["b", "i", "code", ""])), max_size=4))
def test_every_piece_is_whole_html_and_nothing_is_lost(parts: list[tuple[str, str]]) -> None:
    """Whatever stands in the text, and however long: each piece is taken by Telegram, and together they say it all."""
    text = "\n".join(f"<{tag}>{html.escape(words)}</{tag}>" if tag else html.escape(words) for words, tag in parts)
    cut = pieces(Html(text))
    read = [parse_html(piece).text for piece in cut]
    assert _read("".join(read)) == _read("\n".join(words for words, _ in parts))
    assert all(units(piece) <= LONGEST for piece in read)


def test_a_tag_that_is_open_at_a_cut_is_opened_again() -> None:
    """Both sides show it as it was."""
    cut = pieces(Html("<b>" + "\n".join("linha" for _ in range(1000)) + "</b>"))
    assert [(piece[:3], piece[-4:]) for piece in cut] == [("<b>", "</b>")] * 2


def test_what_fits_stays_as_it_is() -> None:
    """To the last sign."""
    text = Html("x" * LONGEST)
    assert pieces(text) == [text]
