"""The file of named queries."""

import re

import pytest

from db.named_sql import queries, query


def test_an_unknown_name_is_an_error() -> None:
    """A slip in a query's name fails, it does not run something else."""
    with pytest.raises(KeyError):
        query("no_such_query")


@pytest.mark.parametrize("name", sorted(queries()))
def test_each_query_says_what_it_is_for(name: str) -> None:
    """A query begins with its purpose."""
    assert query(name).startswith("-- ")


@pytest.mark.parametrize("name", sorted(queries()))
def test_each_query_is_one_statement(name: str) -> None:
    """One statement, closed at its end: what follows would not run."""
    statement = "\n".join(line for line in query(name).splitlines() if not line.startswith("--"))
    assert statement.count(";") == 1
    assert statement.endswith(";")


@pytest.mark.parametrize("name", sorted(queries()))
def test_placeholders_have_no_gaps(name: str) -> None:
    """$1, $2, … without a hole: a value too many would be sent unread."""
    used = {int(number) for number in re.findall(r"\$(\d+)", query(name))}
    assert used == set(range(1, len(used) + 1))
