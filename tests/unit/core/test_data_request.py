"""A lead who asks for his data, and talk that only sounds like it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.data_request import Asked, RequestKind, asked_in, due_by
from tests.unit.core.data_request_corpus import ASKED, TALK, WITH_MORE


@pytest.mark.parametrize(("text", "kind"), [(text, kind) for kind, texts in ASKED.items() for text in texts])
def test_what_is_asked_is_heard(text: str, kind: RequestKind) -> None:
    """In either language, however it is put; nothing else is said, so nothing else is to be answered."""
    assert asked_in(text) == Asked(kind, alone=True)


@pytest.mark.parametrize("text", TALK)
def test_talk_is_talk(text: str) -> None:
    """Data of things, data of other places, data that he gives himself, and what is not to be done."""
    assert asked_in(text) is None


@pytest.mark.parametrize(("text", "kind"), WITH_MORE)
def test_what_is_asked_besides_is_not_lost(text: str, kind: RequestKind) -> None:
    """Whoever wants to know something else too gets an answer to it."""
    assert asked_in(text) == Asked(kind, alone=False)


def test_it_is_due_in_fifteen_days() -> None:
    """As the law counts for a full declaration."""
    assert due_by(datetime(2026, 3, 1, 12, tzinfo=UTC)) == datetime(2026, 3, 16, 12, tzinfo=UTC)


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    """Whatever stands there, and soon."""
    asked_in(text)
