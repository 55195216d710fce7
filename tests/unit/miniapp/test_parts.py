"""What requests are made of: what passes is what the database can hold, and nothing else raises but as a fault."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from core.domain.lead_filter import LeadPlace, LeadSort
from miniapp.api.cursor import CursorInvalid, _sealed, lead_cursor, lead_place, moment_place
from miniapp.api.parts import Moment, PageQuery, Storable, cursor_after


class _Asked(BaseModel):
    text: Storable = ""
    at: Moment = datetime(2026, 1, 1, tzinfo=UTC)


@given(st.text())
def test_what_passes_can_be_stored(text: str) -> None:
    """Everything but NUL and halves of characters."""
    assert _Asked(text=text).text == text if "\0" not in text else True


@pytest.mark.parametrize("text", ["\0", "a\0b", "\ud800", "é\udfff"])
def test_what_nothing_can_hold_is_a_fault(text: str) -> None:
    """Told as one."""
    with pytest.raises(ValidationError):
        _Asked(text=text)


def test_a_moment_is_one_in_every_zone() -> None:
    """The database knows fewer of them than people write."""
    told = _Asked.model_validate_strings({"at": "2026-01-01T00:00:00-20:54"}).at
    assert (told, told.utcoffset()) == (datetime(2026, 1, 1, 20, 54, tzinfo=UTC), timedelta(0))


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-01-01T00:00:00"])
def test_what_stands_in_no_calendar_is_a_fault(at: str) -> None:
    """Nor does a time without a zone."""
    with pytest.raises(ValidationError):
        _Asked.model_validate_strings({"at": at})


@given(st.uuids())
def test_a_cursor_comes_back(row_id: UUID) -> None:
    """As the row that it was made of."""
    assert PageQuery.model_validate_strings({"cursor": cursor_after(row_id)}).cursor == row_id


@given(st.text())
def test_no_text_breaks_a_cursor(text: str) -> None:
    """It is one, or it is told that it is none."""
    try:
        PageQuery.model_validate_strings({"cursor": text})
    except ValidationError:
        return
    assert len(text.rstrip("=")) == 22


@given(st.text(), st.sampled_from(LeadSort))
def test_no_text_breaks_a_place_among_leads(text: str, sort: LeadSort) -> None:
    """Nor one among moments."""
    for read in (lambda: lead_place(sort, text), lambda: moment_place(text)):
        with pytest.raises(CursorInvalid):
            read()


@pytest.mark.parametrize(
    ("sort", "key"),
    [
        (LeadSort.SCORE, "101"),
        (LeadSort.SCORE, "9" * 40),
        (LeadSort.SCORE, "-1"),
        (LeadSort.RECENT, "now"),
        (LeadSort.RECENT, "2026-01-01T00:00:00"),
        (LeadSort.CREATED, "0001-01-01T00:00:00+14:00"),
        (LeadSort.NAME, "a\0b"),
    ],
)
def test_a_forged_place_is_none(sort: LeadSort, key: str) -> None:
    """However well it is wrapped."""
    with pytest.raises(CursorInvalid):
        lead_place(sort, _sealed(sort.value, key, str(uuid4())))


def test_a_place_is_good_for_its_order_alone() -> None:
    """A list that is sorted anew begins anew."""
    cursor = lead_cursor(LeadSort.SCORE, LeadPlace("40", uuid4()))
    with pytest.raises(CursorInvalid):
        lead_place(LeadSort.NAME, cursor)
