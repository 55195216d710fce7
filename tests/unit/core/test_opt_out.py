"""Who wants to be left alone is understood, and nobody else is."""

import unicodedata
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.opt_out import Wish, WishKind, wish_in
from tests.unit.core.opt_out_corpus import LEAVES, RETURNS, STAYS, WITH_A_QUESTION


def _not_so(texts: Sequence[str], kind: WishKind | None) -> list[str]:
    return [text for text in texts if (wish.kind if (wish := wish_in(text)) else None) is not kind]


def test_every_wish_to_leave_is_understood() -> None:
    """All of the corpus: short words and sentences, misspelt, shouted, with emoji, in two languages."""
    assert _not_so(LEAVES, WishKind.LEAVE) == []


def test_nothing_else_is_taken_for_one() -> None:
    """Pain that is to stop, cars, waiting lists, appointments and complaints are talk like any other."""
    assert _not_so(STAYS, None) == []


def test_the_wish_to_return_is_understood() -> None:
    """Said alone it counts; inside other words it does not."""
    assert _not_so(RETURNS, WishKind.RETURN) == []


@pytest.mark.parametrize("text", WITH_A_QUESTION)
def test_a_question_beside_it_is_seen(text: str) -> None:
    """Whoever asks something in the same breath is to have an answer too."""
    assert wish_in(text) == Wish(WishKind.LEAVE, alone=False)


@pytest.mark.parametrize(
    "text", ["PARAR", "pare de me mandar mensagem", "tem como parar de mandar mensagem?", "me tira da lista por favor"]
)
def test_a_bare_wish_asks_nothing(text: str) -> None:
    """Courtesies and the words in which it is asked for are nothing to answer."""
    assert wish_in(text) == Wish(WishKind.LEAVE, alone=True)


def test_the_corpus_says_each_thing_once() -> None:
    """Its size is what it seems to be, and nothing is on two sides."""
    whole = [*LEAVES, *STAYS, *RETURNS, *WITH_A_QUESTION]
    assert (len(whole), len(LEAVES) >= 150, len(STAYS) >= 150) == (len(set(whole)), True, True)


_PLAIN = st.sampled_from([text for text in LEAVES if len(text) < 60])


@given(_PLAIN, st.sampled_from([str.upper, str.lower, str.title]))
def test_capitals_change_nothing(text: str, how: object) -> None:
    """However it is shouted."""
    assert callable(how)
    wish = wish_in(how(text))
    assert wish is not None


@given(_PLAIN)
def test_accents_change_nothing(text: str) -> None:
    """Composed, decomposed or left out: phones write all three."""
    bare = "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one))
    read = {wish_in(form) for form in (text, bare, unicodedata.normalize("NFD", text))}
    assert len(read) == 1


@given(_PLAIN, st.text(alphabet="😡🙏🛑❌👍\U0001f3fd\ufe0f ", max_size=6), st.text(alphabet="😡🙏🛑!. ", max_size=6))
def test_pictures_around_it_change_nothing(text: str, before: str, after: str) -> None:
    """They are no words."""
    wish = wish_in(f"{before}{text}{after}")
    assert wish is not None


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    """Nothing a lead may write makes it fail."""
    assert wish_in(text) is None or isinstance(wish_in(text), Wish)


@given(
    st.lists(
        st.sampled_from(["de ", "para ", "mais ", "me ", "nao ", "sua ", "mensagem ", "\n", "a" * 50]), max_size=400
    )
)
def test_it_is_read_quickly(parts: list[str]) -> None:
    """Words made to keep a rule busy are read like others (the deadline of the test is the claim)."""
    wish_in("".join(parts))
