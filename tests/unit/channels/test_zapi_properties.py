"""Whatever JSON comes, the Z-API parser neither crashes nor gives what cannot be stored."""

import copy
import dataclasses
import json
from pathlib import Path
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.payload import LONGEST_ID
from channels.zapi_content import _READERS
from channels.zapi_envelope import read_delivery
from core.domain.events import InboundEvent
from tests.unit.channels.zapi_api import ANA, ANA_LID

_FIXTURES = Path(__file__).parents[2] / "fixtures" / "channels" / "zapi"
_SHAPES = [
    json.loads(path.with_name(path.name.replace(".expected", "")).read_bytes())
    for path in sorted(_FIXTURES.glob("*.expected.json"))
]
_NAMES = sorted({name for shape in _SHAPES for name in shape} | set(_READERS) | {"message", "value", "caption"})
_TYPES = ["ReceivedCallback", "MessageStatusCallback", "DeliveryCallback", "PresenceChatCallback"]
_WORDS = st.sampled_from([*_NAMES, *_TYPES, ANA, ANA_LID, "1-group", "", "1790000000000", "\x00", "\ud800"])
_LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text() | _WORDS
)
_JSON = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_WORDS | st.text(max_size=3), inner, max_size=5),
    max_leaves=20,
)


def _check(body: bytes) -> list[InboundEvent]:
    events = read_delivery(body)
    for event in events:
        orjson.dumps({**dataclasses.asdict(event), "raw": event.raw.decode()})
        assert "\x00" not in (event.text or "") + (event.external_id or "") + event.variant
        assert len(event.external_id or "") <= LONGEST_ID
        json.loads(event.raw)
    return events


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(_WORDS, _JSON, max_size=6) | st.lists(_JSON, max_size=3))
def test_random_json_never_crashes(body: object) -> None:
    """Any object or list gives at least one event, and events that can be written."""
    assert _check(json.dumps(body).encode())


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_mutated_deliveries_never_crash(data: st.DataObject) -> None:
    """Real shapes with something else in up to three places still give events."""
    body: dict[str, Any] = copy.deepcopy(data.draw(st.sampled_from(_SHAPES)))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from([body, *(part for part in body.values() if isinstance(part, dict))]))
        place[data.draw(st.sampled_from([*place, *_NAMES]))] = data.draw(_JSON)
    assert _check(json.dumps(body).encode())


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(_SHAPES), st.lists(st.text(min_size=1, max_size=5), max_size=6))
def test_a_slice_gives_its_event_again(shape: dict[str, Any], ids: list[str]) -> None:
    """The bytes that are kept of an event are that event and no other."""
    for event in _check(json.dumps({**shape, "ids": ids}).encode()):
        assert [dataclasses.replace(event, raw=b"")] == [
            dataclasses.replace(again, raw=b"") for again in read_delivery(event.raw)
        ]
