"""Texts longer than a channel takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.splitting import split_text

_TEXTS = st.text(alphabet=st.sampled_from("ab ç.!,\n\u0301\U0001f469\u200d\U0001f3fd😀"), max_size=120)
_UNITS = st.sampled_from(["characters", "bytes", "utf16"])


def _size(text: str, unit: str) -> int:
    return {"characters": len(text), "bytes": len(text.encode()), "utf16": len(text.encode("utf-16-le")) // 2}[unit]


@given(_TEXTS, st.integers(4, 40), _UNITS)
def test_every_piece_fits(text: str, limit: int, unit: str) -> None:
    """No piece is longer than the channel takes, and none is blank."""
    assert all(0 < _size(piece, unit) <= limit and piece.strip() for piece in split_text(text, limit, unit))


@given(_TEXTS, st.integers(4, 40), _UNITS)
def test_nothing_but_white_space_is_lost(text: str, limit: int, unit: str) -> None:
    """Joined again, the pieces hold every visible character in its order."""
    assert "".join("".join(split_text(text, limit, unit)).split()) == "".join(text.split())


@given(_TEXTS, _UNITS)
def test_what_fits_stays_whole(text: str, unit: str) -> None:
    """A text within the limit is one message, as it is."""
    assert split_text(text, 1000, unit) == ([text.strip()] if text.strip() else [])


@pytest.mark.parametrize(
    ("text", "limit", "pieces"),
    [
        ("Bom dia! Tudo bem? Sim.", 12, ["Bom dia!", "Tudo bem?", "Sim."]),
        ("um, dois, três", 9, ["um, dois,", "três"]),
        ("primeira linha\n\nsegunda linha", 20, ["primeira linha", "segunda linha"]),
        ("palavra comprida demais", 10, ["palavra", "comprida", "demais"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
    ],
)
def test_cut_at_the_best_place(text: str, limit: int, pieces: list[str]) -> None:
    """Sentences before clauses, clauses before words, words before letters."""
    assert split_text(text, limit) == pieces


def test_an_accent_stays_with_its_letter() -> None:
    """A cut within a word does not part what is read as one character."""
    assert split_text("aaae\u0301bbb", 4) == ["aaa", "e\u0301bb", "b"]


def test_an_emoji_family_is_not_torn() -> None:
    """People joined by zero-width joiners stay together."""
    family = "\U0001f469\u200d\U0001f469\u200d\U0001f467"
    assert split_text(f"xxx{family}", 6) == ["xxx", family]


@pytest.mark.parametrize(("limit", "unit"), [(0, "characters"), (3, "bytes"), (10, "lines")])
def test_impossible_limits_are_refused(limit: int, unit: str) -> None:
    """A limit that some character does not fit into, and a unit nobody knows, are errors."""
    with pytest.raises(ValueError, match=r"limit|measured"):
        split_text("x", limit, unit)
