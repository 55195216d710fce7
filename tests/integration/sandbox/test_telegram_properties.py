"""Properties of Telegram's parse modes: what aiogram writes, the emulator reads back."""

import contextlib
import string

from aiogram.types import MessageEntity
from aiogram.utils.text_decorations import html_decoration, markdown_decoration
from hypothesis import given
from hypothesis import strategies as st

from sandbox.telegram.errors import ApiError
from sandbox.telegram.formatting import Formatted, trimmed, units
from sandbox.telegram.html_mode import parse_html
from sandbox.telegram.markdown_mode import parse_markdown

TEXT = st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), max_size=40)
WORDS = st.text(alphabet=string.ascii_letters + "éã😀<&>*_.!-", min_size=1, max_size=20)
KIND = st.sampled_from(["bold", "italic", "underline", "strikethrough", "spoiler", "code"])


@given(TEXT)
def test_escaped_html_is_plain(text: str) -> None:
    """Text escaped for HTML comes back as it was, without entities."""
    assert Formatted(text) == parse_html(html_decoration.quote(text))


@given(TEXT)
def test_escaped_markdown_is_plain(text: str) -> None:
    """Text escaped for MarkdownV2 comes back as it was, without entities."""
    assert Formatted(text) == parse_markdown(markdown_decoration.quote(text))


@given(WORDS, WORDS, WORDS, KIND)
def test_html_entities_come_back(before: str, marked: str, after: str, kind: str) -> None:
    """What aiogram marks in HTML is marked at the same place."""
    entity = MessageEntity(type=kind, offset=units(before), length=units(marked))
    read = parse_html(html_decoration.unparse(before + marked + after, [entity]))
    assert (before + marked + after, {"type": kind, "offset": entity.offset, "length": entity.length}) == (
        read.text,
        read.entities[0],
    )


@given(WORDS, WORDS, WORDS, KIND)
def test_markdown_entities_come_back(before: str, marked: str, after: str, kind: str) -> None:
    """What aiogram marks in MarkdownV2 is marked at the same place."""
    entity = MessageEntity(type=kind, offset=units(before), length=units(marked))
    read = parse_markdown(markdown_decoration.unparse(before + marked + after, [entity]))
    assert (before + marked + after, {"type": kind, "offset": entity.offset, "length": entity.length}) == (
        read.text,
        read.entities[0],
    )


@given(st.text(alphabet="<b>/i a&;\"'=`*_~|[]()!>\\\n", max_size=30))
def test_any_markup_is_read_or_refused(source: str) -> None:
    """No markup crashes a parser; what is read lies within the text."""
    for parse in (parse_html, parse_markdown):
        with contextlib.suppress(ApiError):
            read = trimmed(parse(source))
            ends = [int(str(e["offset"])) + int(str(e["length"])) for e in read.entities]
            assert all(end <= units(read.text) for end in ends)
