"""What a text step says to one lead: the variables, and the sentence that closes up where there is no name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.follow_up_words import VARIABLES, first_name, unknown_variables, words_for

_PIECES = st.sampled_from(["{nome}", "{negocio}", "Oi", ", ", " ", "!", "?", "\n", "tudo bem", "{", "}", "é"])


def _said(text: str, name: str | None) -> str:
    return words_for(text, name=name, business="Clínica Sorriso")


@pytest.mark.parametrize(
    ("text", "named", "nameless"),
    [
        ("Oi, {nome}! Tudo bem?", "Oi, Ana! Tudo bem?", "Oi! Tudo bem?"),
        ("Oi {nome}, tudo bem?", "Oi Ana, tudo bem?", "Oi, tudo bem?"),
        ("Oi, {nome}, tudo bem?", "Oi, Ana, tudo bem?", "Oi, tudo bem?"),
        ("{nome}, ainda posso ajudar?", "Ana, ainda posso ajudar?", "Ainda posso ajudar?"),
        ("{nome}! Última vaga.", "Ana! Última vaga.", "Última vaga."),
        ("Olá {nome}", "Olá Ana", "Olá"),
        ("Então {nome} vamos marcar?", "Então Ana vamos marcar?", "Então vamos marcar?"),
        ("Bom dia.\n{nome}, tudo certo?", "Bom dia.\nAna, tudo certo?", "Bom dia.\nTudo certo?"),
        ("Aqui é da {negocio}.", "Aqui é da Clínica Sorriso.", "Aqui é da Clínica Sorriso."),
        ("{ Nome } e {NEGÓCIO}", "Ana e Clínica Sorriso", "E Clínica Sorriso"),
        ("Sem variáveis { aqui }? Não: só {", "Sem variáveis { aqui }? Não: só {", "Sem variáveis { aqui }? Não: só {"),
    ],
)
def test_variables_stand_for_what_is_known(text: str, named: str, nameless: str) -> None:
    """With a name and without one the sentence reads as somebody would write it."""
    assert (_said(text, "Ana Souza"), _said(text, None)) == (named, nameless)


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Ana Souza", "Ana"),
        ("ana", "Ana"),
        ("MARIA CLARA", "Maria"),
        ("Jean-Luc Picard", "Jean-Luc"),
        ("D’Ávila", "D’Ávila"),
        ("João,", "João"),
        ("", ""),
        (None, ""),
        ("+55 19 99999-0000", ""),
        ("😀 Ana", ""),
        ("loja_123", ""),
        ("http://x.example", ""),
        ("a" * 31, ""),
    ],
)
def test_a_first_name_is_a_name(name: str | None, called: str) -> None:
    """What people give themselves on a channel is often none: a number, a smile, a shop's address."""
    assert first_name(name) == called


def test_unknown_variables_are_told() -> None:
    """As they are written; what has no pair of braces is no variable."""
    assert unknown_variables("Oi {name}, {nome}, {{1}} e {") == ["name", "1"]


@given(st.lists(_PIECES, max_size=12).map("".join), st.sampled_from(["Ana", "", None, "123"]))
def test_no_variable_is_left_and_nothing_is_lost(text: str, name: str | None) -> None:
    """Whatever stands around them; without a name no gap is left where it would be."""
    said = _said(text, name)
    assert not any(f"{{{variable}}}" in said for variable in VARIABLES)
    assert "\x00" not in said
    assert said.count("Clínica Sorriso") == text.count("{negocio}")
