"""The table of leads, in the words of who opens it."""

import pytest

from miniapp.api.csv_export import COLUMNS, table_words, written_phone


@pytest.mark.parametrize(("language", "name"), [("pt-BR", "Nome"), ("en", "Name"), ("fr", "Name")])
def test_headings_are_in_the_readers_language(language: str, name: str) -> None:
    """Each column has one."""
    words = table_words(language)
    assert (words.heading["name"], set(words.heading)) == (name, set(COLUMNS))


def test_languages_have_the_same_words() -> None:
    """No value is shown by its code in one of them alone."""
    here, there = table_words("pt-BR").value, table_words("en").value
    assert {name: set(values) for name, values in here.items()} == {name: set(values) for name, values in there.items()}


@pytest.mark.parametrize(
    ("digits", "written"),
    [("5511912345678", "55 11 91234-5678"), ("551132345678", "55 11 3234-5678"), ("14155550100", "14155550100")],
)
def test_numbers_of_telephones_stay_text(digits: str, written: str) -> None:
    """Brazilian ones, which have so many digits that a spreadsheet would round them."""
    assert written_phone(digits) == written
