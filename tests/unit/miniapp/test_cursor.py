"""Cursors: what comes back is what was given out, and nothing else is one."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.lead_filter import LeadPlace, LeadSort
from miniapp.api.cursor import CursorInvalid, lead_cursor, lead_place, moment_cursor, moment_place

MOMENTS = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 the zone is given beside
NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
KEYS = {
    LeadSort.RECENT: MOMENTS.map(datetime.isoformat),
    LeadSort.CREATED: MOMENTS.map(datetime.isoformat),
    LeadSort.SCORE: st.integers(0, 100).map(str),
    LeadSort.NAME: NAMES,
}


@given(st.data(), st.sampled_from(LeadSort), st.uuids())
def test_a_place_comes_back(data: st.DataObject, sort: LeadSort, lead_id: UUID) -> None:
    """In every order, whatever a lead is called."""
    place = LeadPlace(data.draw(KEYS[sort]), lead_id)
    assert lead_place(sort, lead_cursor(sort, place)) == place


@given(MOMENTS, st.from_regex(r"[a-z][0-9a-f-]{36}", fullmatch=True))
def test_a_moment_comes_back(at: datetime, place: str) -> None:
    """With the place in it."""
    assert moment_place(moment_cursor(at, place)) == (place, at)


@given(st.sampled_from(LeadSort), st.text(max_size=60) | st.text("abcdefWyJz0123456789-_", max_size=60))
def test_anything_else_is_none(sort: LeadSort, cursor: str) -> None:
    """Whatever is sent is a place of this order or refused, never an error of ours."""
    for read in (lambda: lead_place(sort, cursor), lambda: moment_place(cursor)):
        try:
            read()
        except CursorInvalid:
            continue


@pytest.mark.parametrize("sort", LeadSort)
def test_one_order_is_not_another(sort: LeadSort) -> None:
    """A cursor is good where it was given out."""
    others = [one for one in LeadSort if one is not sort]
    cursor = lead_cursor(sort, LeadPlace("2026-01-01 00:00:00+00:00", UUID(int=1)))
    for other in others:
        with pytest.raises(CursorInvalid):
            lead_place(other, cursor)


def test_no_cursor_is_the_beginning() -> None:
    """Of lists and of timelines."""
    assert (lead_place(LeadSort.NAME, None), moment_place(None)) == (None, None)
