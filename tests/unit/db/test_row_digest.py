"""What rows add up to."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from db.backup.row_digest import RowDigest

_ROWS = st.lists(st.binary(max_size=20).map(lambda row: row.replace(b"\n", b" ")), max_size=20)


def _digest(content: bytes, piece: int) -> RowDigest:
    digest = RowDigest()
    for place in range(0, len(content), piece):
        digest.add(content[place : place + piece])
    return digest


def _text(rows: list[bytes]) -> bytes:
    return b"".join(row + b"\n" for row in rows)


@given(_ROWS, st.integers(1, 30), st.randoms())
def test_neither_pieces_nor_order_matter(rows: list[bytes], piece: int, random: Random) -> None:
    """The same rows add up to the same, however they are cut and wherever they lie."""
    shuffled = sorted(rows, key=lambda _: random.random())
    found, other = _digest(_text(rows), piece), _digest(_text(shuffled), 7)
    assert (found.rows, found.value, found.is_whole) == (len(rows), other.value, True)


@given(_ROWS.filter(bool))
def test_a_row_less_is_another_sum(rows: list[bytes]) -> None:
    """And so is a row twice."""
    whole = _digest(_text(rows), 9)
    assert _digest(_text(rows[1:]), 9).value != whole.value
    assert _digest(_text([*rows, rows[0]]), 9).value != whole.value


def test_half_a_row_is_no_row() -> None:
    """What ends without a row's end was cut off."""
    digest = _digest(b"one\ntwo", 3)
    assert (digest.rows, digest.is_whole) == (1, False)
