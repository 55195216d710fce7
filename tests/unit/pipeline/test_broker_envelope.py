"""The envelope reads back what it wrote and refuses all else with a reason."""

import uuid
from contextlib import suppress

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.envelope import Envelope, UnreadableError, decode, encode

_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=4),
    max_leaves=10,
)
_kwargs = st.dictionaries(st.text("abcdef_", min_size=1, max_size=8), _json, max_size=4)


@given(st.text("abc_", min_size=1, max_size=20), _kwargs)
def test_reads_back_what_it_wrote(task: str, kwargs: dict[str, object]) -> None:
    """Decoding an encoded call gives the call."""
    assert decode(encode(task, kwargs, entry_id="x")) == Envelope(task=task, id="x", kwargs=kwargs)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    """Whatever the bytes, there is an envelope or a refusal, and no other error."""
    with suppress(UnreadableError):
        decode(raw)


@given(_json)
def test_any_json_is_read_or_refused(body: object) -> None:
    """Whatever the JSON, there is an envelope or a reason, and no other error."""
    with pytest.raises(UnreadableError):
        decode(orjson.dumps(body))


@given(_kwargs, st.sampled_from(["v", "task", "id", "kwargs"]), _json)
def test_a_changed_key_is_never_misread(kwargs: dict[str, object], key: str, value: object) -> None:
    """An envelope with one key replaced is refused, or holds exactly what the key says."""
    body = {"v": 1, "task": "turn", "id": "x", "kwargs": kwargs} | {key: value}
    try:
        read = decode(orjson.dumps(body))
    except UnreadableError:
        return
    assert {"v": 1, "task": read.task, "id": read.id, "kwargs": read.kwargs} == body


def test_ids_are_written_as_text() -> None:
    """A UUID argument travels as its text."""
    key = uuid.UUID(int=7)
    assert decode(encode("turn", {"conversation_id": key})).kwargs == {"conversation_id": str(key)}


def test_every_entry_has_an_id_of_its_own() -> None:
    """Two entries of the same call differ in their id."""
    assert decode(encode("turn", {})).id != decode(encode("turn", {})).id
