"""Tables for spreadsheets: nothing in them runs, and nothing gets lost."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniapp.api.csv_export import defused, lines

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@pytest.mark.parametrize("cell", ["=1+1", "+55", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_formulas_are_text(cell: str) -> None:
    """Whatever spreadsheets would run begins with a mark."""
    assert defused(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Ana", "1+1", " =1", "'x", "5511912345678"])
def test_the_rest_is_as_it_is(cell: str) -> None:
    """What begins like text stays."""
    assert defused(cell) == cell


@given(st.lists(st.lists(CELLS, min_size=1, max_size=4).filter(lambda row: row != [""]), max_size=4))
def test_what_is_written_is_read(rows: list[list[str]]) -> None:
    """Commas, quotes and line ends in cells part nothing."""
    read = list(csv.reader(io.StringIO(lines(rows), newline="")))
    assert read == [[defused(cell) for cell in row] for row in rows]
