"""Tables for spreadsheets: read back as they were, and never run."""

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.spreadsheet import defused, table, table_lines

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"))


@pytest.mark.parametrize(("locale", "line"), [("pt-BR", "Ana;3;1,50;\r\n"), ("en", "Ana,3,1.50,\r\n")])
def test_a_language_has_its_separators(locale: str, line: str) -> None:
    """In Portuguese the comma belongs to numbers."""
    assert table_lines([("Ana", 3, Decimal("1.50"), None)], locale) == line


def test_a_file_says_that_it_is_utf_8() -> None:
    """By the mark that spreadsheets look for."""
    assert table([("Olá",)], "pt-BR").encode() == b"\xef\xbb\xbfOl\xc3\xa1\r\n"


@pytest.mark.parametrize("cell", ["=1+1", "+55", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_formulas_are_text(cell: str) -> None:
    """Whatever spreadsheets would run begins with a mark."""
    assert defused(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Ana", "1+1", " =1", "'x", "5511912345678"])
def test_the_rest_is_as_it_is(cell: str) -> None:
    """What begins like text stays."""
    assert defused(cell) == cell


@pytest.mark.parametrize(("locale", "separator"), [("pt-BR", ";"), ("en", ",")])
@given(rows=st.lists(st.lists(CELLS, min_size=1, max_size=4).filter(lambda row: row != [""]), max_size=4))
def test_what_is_written_is_read(rows: list[list[str]], locale: str, separator: str) -> None:
    """Separators, quotes and line ends in cells part nothing, and no cell is a formula."""
    read = list(csv.reader(io.StringIO(table_lines(rows, locale), newline=""), delimiter=separator))
    assert read == [[defused(cell) for cell in row] for row in rows]
